// Package freeport owns how a TCP port is found for a program that opens its
// listener itself, some time later: an inner service of Temporal, an engine, a
// program under test that is killed and started again.
package freeport

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

// Ports below those that systems hand out to outgoing connections and to whoever
// asks for any port: until the program listens, and while it is down, nobody
// else may get its port.
const (
	lowest  = 18000
	highest = 32000
)

// Loopback is the host that programs under test listen on.
const Loopback = "127.0.0.1"

// held are the locks of the ports that this process was given. They end with it.
var (
	heldMu sync.Mutex
	held   []*flock.Flock
)

// Find gives n ports of a host that nobody listens on, and that no other process
// of this machine finds while this one lives.
func Find(host string, n int) ([]int, error) {
	heldMu.Lock()
	defer heldMu.Unlock()
	dir := locks()
	var found []int
	for range 100 * (n + 1) {
		if len(found) == n {
			return found, nil
		}
		port := lowest + rand.IntN(highest-lowest)
		lock, mine := take(dir, port)
		if !mine {
			_ = lock.Close()
			continue
		}
		if !free(host, port) {
			_ = lock.Unlock()
			continue
		}
		held = append(held, lock)
		found = append(found, port)
	}
	return nil, fmt.Errorf("no %d free ports between %d and %d on %q", n, lowest, highest, host)
}

// Addresses gives n loopback addresses as Find gives ports.
func Addresses(n int) ([]string, error) {
	ports, err := Find(Loopback, n)
	if err != nil {
		return nil, err
	}
	at := make([]string, n)
	for i, p := range ports {
		at[i] = Address(p)
	}
	return at, nil
}

// Address of a loopback port.
func Address(port int) string { return net.JoinHostPort(Loopback, strconv.Itoa(port)) }

// locks is the directory of the locks, which users of one machine share.
func locks() string {
	dir := filepath.Join(os.TempDir(), "liuke-ports")
	_ = os.MkdirAll(dir, 0o777)
	_ = os.Chmod(dir, 0o777|os.ModeSticky) // for other users too; theirs if they made it
	return dir
}

// take locks a port against other processes. Where nothing can be locked, a port
// that is free is still a port that is free: only who looks in the same moment may find it as well.
func take(dir string, port int) (lock *flock.Flock, mine bool) {
	lock = flock.New(filepath.Join(dir, strconv.Itoa(port)))
	mine, err := lock.TryLock()
	return lock, mine || err != nil
}

func free(host string, port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	return err == nil && l.Close() == nil
}
