package process

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/gofrs/flock"
)

// Ports below those that Linux hands out to outgoing connections: an engine
// that is started again must find its port free.
const (
	lowest  = 20000
	highest = 32000
)

// held are the locks of the ports that this process has handed out.
var (
	heldMu sync.Mutex
	held   []*flock.Flock
)

// Ports gives n loopback ports that nobody listens on and that no other process
// is given while this one lives.
func Ports(n int) ([]int, error) {
	dir := filepath.Join(os.TempDir(), "liuke-ports")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	_ = os.Chmod(dir, 0o777|os.ModeSticky) // for other users too; theirs if they made it
	heldMu.Lock()
	defer heldMu.Unlock()
	var ports []int
	for range 100 * (n + 1) {
		if len(ports) == n {
			return ports, nil
		}
		port := lowest + rand.IntN(highest-lowest)
		lock := flock.New(filepath.Join(dir, strconv.Itoa(port)))
		if mine, err := lock.TryLock(); err != nil || !mine {
			continue
		}
		if !free(port) {
			_ = lock.Unlock()
			continue
		}
		held = append(held, lock)
		ports = append(ports, port)
	}
	return nil, fmt.Errorf("no %d free ports between %d and %d", n, lowest, highest)
}

// PortsOr gives the ports that were asked for, or n free ones.
func PortsOr(asked []int, n int) ([]int, error) {
	if len(asked) == n {
		return asked, nil
	}
	if len(asked) > 0 {
		return nil, fmt.Errorf("%d ports are needed, not %d", n, len(asked))
	}
	return Ports(n)
}

func free(port int) bool {
	l, err := net.Listen("tcp", Address(port))
	return err == nil && l.Close() == nil
}

// Address of a loopback port.
func Address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
