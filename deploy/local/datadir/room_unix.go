//go:build linux || darwin

package datadir

import "golang.org/x/sys/unix"

func freeBytes(path string) (free uint64, known bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false, err
	}
	return s.Bavail * uint64(s.Bsize), true, nil //nolint:gosec,unconvert // the types differ by system
}
