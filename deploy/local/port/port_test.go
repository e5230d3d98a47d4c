package port

import (
	"net"
	"strings"
	"testing"
)

func TestAPortInUseIsNamedWithItsFlag(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = Check(l.Addr().String(), "the broker", "--kafka")
	if err == nil {
		t.Fatal("a port in use was taken for free")
	}
	_, number, _ := net.SplitHostPort(l.Addr().String())
	for _, want := range []string{"port " + number, "the broker", "--kafka", "in use"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestANonsenseAddressIsNamedWithItsFlag(t *testing.T) {
	err := Check("nonsense", "the broker", "--kafka")
	if err == nil || !strings.Contains(err.Error(), "--kafka") || !strings.Contains(err.Error(), "host:port") {
		t.Errorf("got %v", err)
	}
}

func TestPortZeroBecomesAFreePort(t *testing.T) {
	host, number, err := Split("127.0.0.1:0", "the broker", "--kafka")
	if err != nil || host != "127.0.0.1" || number == 0 {
		t.Errorf("got %s %d %v", host, number, err)
	}
}
