package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"liuke.dev/deploy/engines/process"
)

// owner is whom the server runs as: PostgreSQL refuses to run as root.
func owner() (*process.User, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root and there is no other user for it: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	return &process.User{UID: uint32(uid), GID: uint32(gid)}, err
}

// place gives the data directory in dir. Where its owner may not go, as into
// root's home, it lies in the directory for temporary files instead, and dir
// holds a link to it.
func place(dir string, who *process.User) (string, error) {
	data, err := filepath.Abs(filepath.Join(dir, "postgres"))
	if err != nil {
		return "", err
	}
	if there, err := filepath.EvalSymlinks(data); err == nil {
		return there, nil
	}
	if err := errors.Join(os.RemoveAll(data), os.MkdirAll(dir, 0o755)); err != nil { // a link to nothing
		return "", err
	}
	if who == nil {
		return data, os.Mkdir(data, 0o700)
	}
	if !open(dir) {
		away, err := os.MkdirTemp("", "liuke-postgres-")
		if err != nil {
			return "", err
		}
		return away, errors.Join(os.Symlink(away, data), os.Chown(away, int(who.UID), int(who.GID)))
	}
	return data, errors.Join(os.Mkdir(data, 0o700), os.Chown(data, int(who.UID), int(who.GID)))
}

// open tells whether everybody may pass through a directory and all above it.
// Those of a test in the directory for temporary files are opened to that end.
func open(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		if info.Mode()&0o001 != 0 {
			continue
		}
		if !strings.HasPrefix(dir, filepath.Clean(os.TempDir())+string(filepath.Separator)) || os.Chmod(dir, info.Mode().Perm()|0o011) != nil {
			return false
		}
	}
	return true
}
