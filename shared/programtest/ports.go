package programtest

import (
	"fmt"

	"liuke.dev/shared/freeport"
)

// Addresses are where a program listens.
type Addresses struct {
	HTTP, Kafka, Temporal, TemporalUI string
}

// FreeAddresses gives four loopback addresses on which nobody listens.
func FreeAddresses() (Addresses, error) {
	free, err := freeport.Addresses(4)
	if err != nil {
		return Addresses{}, err
	}
	return Addresses{HTTP: free[0], Kafka: free[1], Temporal: free[2], TemporalUI: free[3]}, nil
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
