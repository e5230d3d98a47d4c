package programtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Addresses are where a program listens.
type Addresses struct {
	HTTP, Kafka, Temporal, TemporalUI string
}

// Ports below those that the system gives to outgoing connections: while the
// program is down nobody else may get them.
const lowestPort, highestPort = 18000, 31000

// FreeAddresses gives four loopback addresses on which nobody listens.
func FreeAddresses() (Addresses, error) {
	free, err := freeAddresses(4)
	if err != nil {
		return Addresses{}, err
	}
	return Addresses{HTTP: free[0], Kafka: free[1], Temporal: free[2], TemporalUI: free[3]}, nil
}

func freeAddresses(n int) ([]string, error) {
	var free []string
	for range 1000 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(lowestPort+rand.IntN(highestPort-lowestPort)))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		// Held until all are chosen, so that no port comes twice.
		defer l.Close() //nolint:errcheck // nothing was sent
		if free = append(free, address); len(free) == n {
			return free, nil
		}
	}
	return nil, errors.New("programtest: no free ports")
}

// URL gives the origin of the API.
func (a Addresses) URL() string { return "http://" + a.HTTP }

func (a Addresses) flags() []string {
	return []string{"--http", a.HTTP, "--kafka", a.Kafka, "--temporal", a.Temporal, "--temporal-ui", a.TemporalUI}
}

// String names all addresses.
func (a Addresses) String() string {
	return fmt.Sprintf("http %s, kafka %s, temporal %s, ui %s", a.HTTP, a.Kafka, a.Temporal, a.TemporalUI)
}
