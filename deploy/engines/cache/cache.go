// Package cache owns what engines need and what is made once per machine: jars,
// compiled classes, programs. It is kept in LIUKE_ENGINES_CACHE or in the
// user's cache directory, never in the source tree.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Dir is the cache.
func Dir() (string, error) {
	if dir := os.Getenv("LIUKE_ENGINES_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory (LIUKE_ENGINES_CACHE names one): %w", err)
	}
	return filepath.Join(dir, "liuke-engines"), nil
}

// Name tells contents apart: the name and a digest of what it is made from.
func Name(name string, from ...[]byte) string {
	h := sha256.New()
	for _, part := range from {
		h.Write(part) //nolint:errcheck // a hash never fails
	}
	return name + "-" + hex.EncodeToString(h.Sum(nil)[:6])
}

// Once gives the directory of that name in the cache. If it is not there, fill
// makes its contents, once, however many processes ask; one that dies half way
// leaves nothing behind that another would take for whole.
func Once(ctx context.Context, name string, fill func(dir string) error) (string, error) {
	root, err := Dir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	unlock, err := Lock(ctx, name)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	half := dir + ".half"
	if err := os.RemoveAll(half); err != nil {
		return "", err
	}
	if err := os.MkdirAll(half, 0o755); err != nil {
		return "", err
	}
	if err := fill(half); err != nil {
		return "", err
	}
	return dir, os.Rename(half, dir)
}

// Lock keeps all other processes from the same name until unlock.
func Lock(ctx context.Context, name string) (unlock func(), err error) {
	root, err := Dir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(root, name+".lock"))
	if mine, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil || !mine {
		return nil, fmt.Errorf("%s is being made by another process: %w", name, err)
	}
	return func() { _ = lock.Unlock() }, nil
}
