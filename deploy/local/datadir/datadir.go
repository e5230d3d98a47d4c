// Package datadir owns the one directory in which the all-in-one program keeps
// everything: one program at a time, one known format, room on the disk.
//
//	VERSION    number of the directory's format
//	LOCK, PID  held and written by the running program
//	store/     documents and facts
//	kafka/     the broker's logs
//	temporal/  the journeys
//	keys/      signing keys
//	objects/   files that are kept with customers
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Format is the newest directory format that this program reads and the one it writes.
const Format = 1

// MinFree is how much room the disk must have at start: enough for a day's
// work of a small office, so that nobody starts a day that cannot be saved.
const MinFree = 256 << 20

const (
	versionFile = "VERSION"
	lockFile    = "LOCK"
	pidFile     = "PID"
)

// Errors that Open wraps.
var (
	ErrInUse   = errors.New("data directory is in use")
	ErrNewer   = errors.New("data directory is newer than this program")
	ErrForeign = errors.New("not a data directory of liuke")
	ErrFull    = errors.New("disk is full")
)

// Dir is a data directory held by this process.
type Dir struct {
	path string
	lock *flock.Flock
}

// Open creates or opens the directory and holds it until Close or the end of the process.
func Open(path string) (*Dir, error) { return open(path, MinFree) }

func open(path string, minFree uint64) (*Dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("data directory %s cannot be made (choose another with --data): %w", path, err)
	}
	d := &Dir{path: path, lock: flock.New(filepath.Join(path, lockFile))}
	if err := d.hold(); err != nil {
		return nil, err
	}
	if err := d.prepare(minFree); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Dir) hold() error {
	held, err := d.lock.TryLock()
	if err != nil {
		return fmt.Errorf("data directory %s cannot be locked (is it writable? choose another with --data): %w", d.path, err)
	}
	if !held {
		return fmt.Errorf("%w: %s is held by a running liuke%s: stop that one or choose another directory with --data", ErrInUse, d.path, d.holder())
	}
	return nil
}

// holder names the process that holds the directory, as far as it is known.
func (d *Dir) holder() string {
	pid, err := os.ReadFile(filepath.Join(d.path, pidFile))
	if err != nil {
		return ""
	}
	return " (process " + strings.TrimSpace(string(pid)) + ")"
}

func (d *Dir) prepare(minFree uint64) error {
	if err := d.checkFormat(); err != nil {
		return err
	}
	if err := checkRoom(d.path, minFree); err != nil {
		return err
	}
	if err := d.writeFormat(); err != nil {
		return writable(d.path, err)
	}
	for _, sub := range []string{d.Store(), d.Kafka(), d.Temporal(), d.Keys()} {
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return writable(d.path, err)
		}
	}
	return writable(d.path, os.WriteFile(filepath.Join(d.path, pidFile), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600))
}

func (d *Dir) checkFormat() error {
	text, err := os.ReadFile(filepath.Join(d.path, versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return d.checkEmpty()
	}
	if err != nil {
		return fmt.Errorf("data directory %s: %w", d.path, err)
	}
	format, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || format < 1 {
		return fmt.Errorf("%w: %s holds %q where a format number belongs", ErrForeign, filepath.Join(d.path, versionFile), string(text))
	}
	if format > Format {
		return fmt.Errorf("%w: %s has format %d, this program knows formats up to %d: run the newer program, or choose another directory with --data",
			ErrNewer, d.path, format, Format)
	}
	return nil
}

// checkEmpty keeps the program from spreading its files over somebody else's directory.
func (d *Dir) checkEmpty() error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return fmt.Errorf("data directory %s: %w", d.path, err)
	}
	for _, e := range entries {
		if name := e.Name(); name != lockFile && name != pidFile && name != versionFile+".new" {
			return fmt.Errorf("%w: %s has no %s file but holds %q: choose an empty directory with --data", ErrForeign, d.path, versionFile, name)
		}
	}
	return nil
}

func (d *Dir) writeFormat() error {
	final := filepath.Join(d.path, versionFile)
	if _, err := os.Stat(final); err == nil {
		return nil
	}
	f, err := os.OpenFile(final+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, Format)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(final+".new", final)
}

func writable(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("data directory %s cannot be written: %w", path, err)
}

// Path is the directory itself, absolute.
func (d *Dir) Path() string { return d.path }

// Store is where documents and facts are.
func (d *Dir) Store() string { return filepath.Join(d.path, "store") }

// Kafka is where the broker's logs are.
func (d *Dir) Kafka() string { return filepath.Join(d.path, "kafka") }

// Temporal is where the journeys are.
func (d *Dir) Temporal() string { return filepath.Join(d.path, "temporal") }

// Keys is where signing keys are.
func (d *Dir) Keys() string { return filepath.Join(d.path, "keys") }

// Close lets go of the directory.
func (d *Dir) Close() error {
	if !d.lock.Locked() {
		return nil
	}
	// The lock is what counts; a PID file left behind only names a dead process.
	_ = os.Remove(filepath.Join(d.path, pidFile))
	return d.lock.Unlock()
}
