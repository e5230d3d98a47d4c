// Package programtest runs the real all-in-one program as a child process, the
// way a newcomer does: builds it, starts it on a data directory, sets the
// company up, calls its API, reads its facts, kills it and starts it again.
// End-to-end tests and the benchmarks stand on it.
package programtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// BinaryEnv names a built program to be used instead of building one.
const BinaryEnv = "LIUKE_BINARY"

// Root finds the root of the project from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("programtest: no go.work above the working directory")
		}
		dir = parent
	}
}

// Build builds the program into a directory and tells how long that took.
func Build(ctx context.Context, into string) (binary string, took time.Duration, err error) {
	if named := os.Getenv(BinaryEnv); named != "" {
		binary, err = filepath.Abs(named)
		return binary, 0, err
	}
	root, err := Root()
	if err != nil {
		return "", 0, err
	}
	binary = filepath.Join(into, "liuke")
	begin := time.Now()
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "./deploy/local")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", 0, fmt.Errorf("go build ./deploy/local: %w\n%s", err, out)
	}
	return binary, time.Since(begin), nil
}
