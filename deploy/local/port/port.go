// Package port owns what is said about addresses that the all-in-one program
// listens on: whether one is free, and what to do when it is not.
package port

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"liuke.dev/shared/freeport"
)

// Listen opens a TCP listener; its error names the address, what it was for
// and the flag that chooses another one.
func Listen(address, purpose, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, explain(err, address, purpose, flag)
	}
	return l, nil
}

// Check says whether an address can be listened on, for engines that open
// their listeners themselves and end the process when they cannot.
func Check(address, purpose, flag string) error {
	l, err := Listen(address, purpose, flag)
	if err != nil {
		return err
	}
	return l.Close()
}

func explain(err error, address, purpose, flag string) error {
	_, number, splitErr := net.SplitHostPort(address)
	switch {
	case splitErr != nil:
		return fmt.Errorf("%q is not an address for %s (wanted host:port, set with %s): %w", address, purpose, flag, splitErr)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %s for %s (%s) is in use by another program or a second liuke: stop that one or choose another address with %s: %w",
			number, purpose, address, flag, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %s for %s (%s) may not be opened by this user: choose a port above 1023 with %s: %w", number, purpose, address, flag, err)
	default:
		return fmt.Errorf("cannot listen on %s for %s (set with %s): %w", address, purpose, flag, err)
	}
}

// Split gives host and port of an address. A port of 0 becomes one that is free now.
func Split(address, purpose, flag string) (host string, number int, err error) {
	if err := Check(address, purpose, flag); err != nil {
		return "", 0, err
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	if number, err = strconv.Atoi(text); err != nil {
		if number, err = net.LookupPort("tcp", text); err != nil {
			return "", 0, err
		}
	}
	if number == 0 {
		free, err := freeport.Find(host, 1)
		if err != nil {
			return "", 0, err
		}
		number = free[0]
	}
	return host, number, nil
}
