package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// checkRoom asks the disk, and then writes: a quota or a read-only disk shows
// only when something is written.
func checkRoom(path string, minFree uint64) error {
	free, known, err := freeBytes(path)
	if err != nil {
		return fmt.Errorf("data directory %s: cannot ask the disk for its free space: %w", path, err)
	}
	if known && free < minFree {
		return fmt.Errorf("%w: the disk of %s has %d MiB left and liuke needs at least %d MiB to start: free some space or choose another directory with --data",
			ErrFull, path, free>>20, minFree>>20)
	}
	probe := filepath.Join(path, lockFile+".probe")
	defer os.Remove(probe) //nolint:errcheck // a leftover probe is overwritten next time
	if err := writeProbe(probe); err != nil {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			return fmt.Errorf("%w: nothing more can be written to %s: %w", ErrFull, path, err)
		}
		return writable(path, err)
	}
	return nil
}

func writeProbe(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // Sync has told
	if _, err := f.Write(make([]byte, 64<<10)); err != nil {
		return err
	}
	return f.Sync()
}
