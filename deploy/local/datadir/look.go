package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// State is how a data directory stands, as it is seen from outside.
type State struct {
	Path    string
	Missing bool   // there is none
	Fault   error  // ErrNewer, ErrForeign: no program may open it
	Held    bool   // a program runs on it
	Holder  string // its process id, as far as it is known
	Free    uint64 // bytes of room on its disk
	// FreeKnown tells whether the system says how much room there is.
	FreeKnown bool
}

// Look looks at a data directory beside the program and changes nothing.
func Look(path string) (State, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return State{}, fmt.Errorf("data directory: %w", err)
	}
	s := State{Path: path}
	if _, err := os.Stat(filepath.Join(path, versionFile)); errors.Is(err, fs.ErrNotExist) {
		s.Missing = true
		return s, nil
	}
	d := &Dir{path: path}
	if s.Fault = d.checkFormat(); s.Fault != nil && !errors.Is(s.Fault, ErrNewer) && !errors.Is(s.Fault, ErrForeign) {
		return s, s.Fault
	}
	if s.Free, s.FreeKnown, err = freeBytes(path); err != nil {
		return s, fmt.Errorf("data directory %s: %w", path, err)
	}
	// Only a directory that says it is held is tried, and only shared: a program
	// that starts at this moment must not find it taken.
	pid, err := os.ReadFile(filepath.Join(path, pidFile))
	if err != nil {
		return s, nil //nolint:nilerr // nobody runs on it
	}
	lock := flock.New(filepath.Join(path, lockFile))
	free, err := lock.TryRLock()
	if err != nil {
		return s, fmt.Errorf("data directory %s: %w", path, err)
	}
	if s.Held = !free; s.Held {
		s.Holder = strings.TrimSpace(string(pid))
	}
	return s, lock.Close()
}
