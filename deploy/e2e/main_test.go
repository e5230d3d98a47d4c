package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/programtest"
)

// binary is the program, built once for all tests.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "liuke-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	if binary, _, err = programtest.Build(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	end, err := prepare(context.Background(), dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer end()
	return m.Run()
}

// leeway is how many times as long a machine may take that others work on.
const leeway = 2

// bounded gives a context that ends before go test gives up, so that children
// are ended and the failure says what was waited for.
func bounded(t *testing.T, most time.Duration) context.Context {
	t.Helper()
	end := time.Now().Add(leeway * slower * most)
	if deadline, ok := t.Deadline(); ok && deadline.Add(-15*time.Second).Before(end) {
		end = deadline.Add(-15 * time.Second)
	}
	ctx, cancel := context.WithDeadline(t.Context(), end)
	t.Cleanup(cancel)
	return ctx
}

// open starts the program with a company in it and ends it with the test.
func open(ctx context.Context, t *testing.T, env ...string) *programtest.Office {
	t.Helper()
	o, err := opened(ctx, filepath.Join(t.TempDir(), "data"), env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		o.Close()
		if t.Failed() {
			show(t, o)
		} else if err := drop(context.WithoutCancel(ctx), o); err != nil {
			t.Log(err) // what others left behind is no failure of this test
		}
	})
	return o
}

// show prints once what a program printed last. Who fails after a long wait calls it
// before, so that the reason is the last thing to be read.
func show(t *testing.T, o *programtest.Office) {
	t.Helper()
	if _, before := shown.LoadOrStore(o, true); !before {
		t.Logf("the program printed last:\n%s", o.Printed(printed))
	}
}

var shown sync.Map // of offices

// follow ends a stream with the test, which fails for facts that cannot be read.
func follow(t *testing.T, s *programtest.Stream) *programtest.Stream {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		for _, left := range s.Unreadable() {
			t.Errorf("a fact that no consumer can read: %s", left)
		}
	})
	return s
}

// rest waits, unless the test ends before.
func rest(ctx context.Context, t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	case <-time.After(d):
	}
}

// until waits for something to hold.
func until(ctx context.Context, t *testing.T, what string, holds func() bool) {
	t.Helper()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("not in time: %s", what)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// read gets a page.
func read(ctx context.Context, t *testing.T, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %v\n%.300s", address, answer.StatusCode, err, text)
	}
	return string(text)
}
