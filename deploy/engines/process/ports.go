package process

import (
	"fmt"

	"liuke.dev/shared/freeport"
)

// PortsOr gives the loopback ports that were asked for, or n free ones.
func PortsOr(asked []int, n int) ([]int, error) {
	if len(asked) == n {
		return asked, nil
	}
	if len(asked) > 0 {
		return nil, fmt.Errorf("%d ports are needed, not %d", n, len(asked))
	}
	return freeport.Find(freeport.Loopback, n)
}
