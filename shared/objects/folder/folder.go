// Package folder keeps objects as files of one directory of this machine.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"liuke.dev/shared/objects"
)

// unfinished is where objects lie until they are whole; no key begins with a dot.
const unfinished = ".unfinished"

type store struct{ root *os.Root }

// abandoned is how old what lies unfinished must be to be removed: no upload lasts
// that long, and other processes may be putting objects here.
const abandoned = 24 * time.Hour

// Open opens or makes the directory. What an interrupted Put left long ago is removed.
func Open(dir string) (objects.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	s := &store{root}
	if err := s.clear(time.Now().Add(-abandoned)); err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	return s, nil
}

func (s *store) clear(before time.Time) error {
	if err := s.root.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	left, err := fs.ReadDir(s.root.FS(), unfinished)
	if err != nil {
		return err
	}
	for _, f := range left {
		if info, err := f.Info(); err != nil || info.ModTime().After(before) {
			continue // finished meanwhile, or still on its way
		}
		if err := ignore(s.root.Remove(filepath.Join(unfinished, f.Name())), fs.ErrNotExist); err != nil {
			return err
		}
	}
	return nil
}

// Put writes aside, syncs, and moves the whole file to its place.
func (s *store) Put(ctx context.Context, key, _ string, content io.Reader) (objects.Stored, error) {
	if err := objects.CheckKey(key); err != nil {
		return objects.Stored{}, err
	}
	path := filepath.FromSlash(key)
	if err := s.root.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return objects.Stored{}, away(err)
	}
	aside, f, err := s.aside()
	if err != nil {
		return objects.Stored{}, away(err)
	}
	stored, err := write(ctx, f, content)
	if err == nil {
		if err = s.root.Rename(aside, path); err == nil {
			err = s.sync(filepath.Dir(path))
		}
		err = away(err)
	}
	if err != nil {
		return objects.Stored{}, errors.Join(err, ignore(s.root.Remove(aside), fs.ErrNotExist))
	}
	return stored, nil
}

func (s *store) aside() (string, *os.File, error) {
	for n := 0; ; n++ {
		name := filepath.Join(unfinished, fmt.Sprintf("%d-%d", os.Getpid(), n))
		f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return name, f, err
		}
	}
}

func write(ctx context.Context, f *os.File, content io.Reader) (objects.Stored, error) {
	m := objects.Measure(interruptible{ctx, content})
	_, err := io.Copy(f, m)
	if err == nil {
		err = away(f.Sync())
	}
	return m.Stored(), errors.Join(err, away(f.Close()))
}

// interruptible ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r interruptible) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// sync makes a new name in a directory last.
func (s *store) sync(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *store) Open(_ context.Context, key string) (io.ReadCloser, int64, error) {
	if err := objects.CheckKey(key); err != nil {
		return nil, 0, err
	}
	f, err := s.root.Open(filepath.FromSlash(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("%w: %s", objects.ErrNotFound, key)
	}
	if err != nil {
		return nil, 0, away(err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%w: %s", objects.ErrNotFound, key)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func (s *store) Remove(_ context.Context, key string) error {
	if err := objects.CheckKey(key); err != nil {
		return err
	}
	return away(ignore(s.root.Remove(filepath.FromSlash(key)), fs.ErrNotExist))
}

func (s *store) Ping(context.Context) error {
	_, err := s.root.Stat(".")
	return away(err)
}

func away(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", objects.ErrUnavailable, err)
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}
