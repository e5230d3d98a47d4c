package freeport

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestPortsAreGivenOnce(t *testing.T) {
	seen := map[int]bool{}
	for range 20 {
		ports, err := Find(Loopback, 3)
		if err != nil || len(ports) != 3 {
			t.Fatal(ports, err)
		}
		for _, port := range ports {
			if seen[port] {
				t.Errorf("port %d came twice", port)
			}
			seen[port] = true
		}
	}
}

// Whoever lets the system choose a port, or dials somewhere, never gets one of these.
func TestPortsAreNotThoseThatTheSystemHandsOut(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		text = []byte("49152 65535") // where there is no such file: IANA's range
	}
	from, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil {
		t.Fatal(err)
	}
	if highest > from {
		t.Errorf("ports up to %d are found, the system hands out those from %d on", highest, from)
	}
}

const child = "LIUKE_FREEPORT_TAKE"

// A port that another process was given is taken, though nobody listens on it yet.
func TestPortsAreGivenToOneProcess(t *testing.T) {
	if port := os.Getenv(child); port != "" {
		n, _ := strconv.Atoi(port)
		if _, mine := take(locks(), n); mine {
			t.Fatal("the port of another process was free")
		}
		return
	}
	ports, err := Find(Loopback, 1)
	if err != nil {
		t.Fatal(err)
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPortsAreGivenToOneProcess$")
	other.Env = append(os.Environ(), child+"="+strconv.Itoa(ports[0]))
	if out, err := other.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWithoutAPlaceForLocksPortsAreFoundAsWell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", file) // in which nothing can be made
	if ports, err := Find(Loopback, 2); err != nil || len(ports) != 2 {
		t.Errorf("%v %v", ports, err)
	}
}

func TestAPortInUseIsNotFree(t *testing.T) {
	l, err := net.Listen("tcp", Address(0))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing was sent
	if free(Loopback, l.Addr().(*net.TCPAddr).Port) {
		t.Error("a port in use was taken for free")
	}
}

func TestAddressesAreOfLoopback(t *testing.T) {
	at, err := Addresses(3)
	if err != nil || len(at) != 3 {
		t.Fatal(at, err)
	}
	if slices.ContainsFunc(at, func(a string) bool { return !strings.HasPrefix(a, "127.0.0.1:") }) {
		t.Error(at)
	}
}
