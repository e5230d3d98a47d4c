// Package objectstest holds the contract that every object store passes.
package objectstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/objects"
)

// big is larger than a part of an upload in parts.
const big = 11 << 20

// Run holds a store against the contract.
func Run(t *testing.T, s objects.Store) {
	t.Run("what was put is given", func(t *testing.T) { roundTrip(t, s) })
	t.Run("large objects", func(t *testing.T) { large(t, s) })
	t.Run("another object replaces the first whole", func(t *testing.T) { replaced(t, s) })
	t.Run("nothing half written", func(t *testing.T) { interrupted(t, s) })
	t.Run("removed", func(t *testing.T) { removed(t, s) })
	t.Run("keys", func(t *testing.T) { keys(t, s) })
	t.Run("many at once", func(t *testing.T) { together(t, s) })
}

func put(t *testing.T, s objects.Store, key string, content io.Reader) objects.Stored {
	t.Helper()
	stored, err := s.Put(t.Context(), key, "text/plain", content)
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return stored
}

func get(t *testing.T, s objects.Store, key string) []byte {
	t.Helper()
	r, size, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	if int64(len(b)) != size {
		t.Errorf("%s: %d bytes, said to be %d", key, len(b), size)
	}
	return b
}

func roundTrip(t *testing.T, s objects.Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "客户合同", strings.Repeat("x", 100_000)} {
		stored := put(t, s, "a/round/trip.txt", strings.NewReader(text))
		m := objects.Measure(strings.NewReader(text))
		if _, err := io.Copy(io.Discard, m); err != nil {
			t.Fatal(err)
		}
		if stored != m.Stored() {
			t.Errorf("stored %+v, want %+v", stored, m.Stored())
		}
		if got := string(get(t, s, "a/round/trip.txt")); got != text {
			t.Errorf("got %d bytes, want %d", len(got), len(text))
		}
	}
}

func large(t *testing.T, s objects.Store) {
	content := bytes.Repeat([]byte("0123456789abcdef"), big/16)
	if stored := put(t, s, "large", bytes.NewReader(content)); stored.Size != big {
		t.Errorf("stored %d bytes, want %d", stored.Size, big)
	}
	if !bytes.Equal(get(t, s, "large"), content) {
		t.Error("another content")
	}
}

func replaced(t *testing.T, s objects.Store) {
	put(t, s, "replaced", strings.NewReader("a long first content"))
	put(t, s, "replaced", strings.NewReader("second"))
	if got := string(get(t, s, "replaced")); got != "second" {
		t.Errorf("got %q", got)
	}
}

var errBroken = errors.New("the sender went away")

// interrupted puts contents that fail after some bytes, few and many.
func interrupted(t *testing.T, s objects.Store) {
	put(t, s, "kept", strings.NewReader("as it was"))
	for _, n := range []int{0, 10, big} {
		for _, key := range []string{"kept", "never"} {
			content := io.MultiReader(bytes.NewReader(make([]byte, n)), broken{})
			if _, err := s.Put(t.Context(), key, "", content); !errors.Is(err, errBroken) {
				t.Errorf("%d bytes: %v, want the error of the content", n, err)
			}
		}
		if _, err := s.Put(t.Context(), "never", "", objects.Limit(bytes.NewReader(make([]byte, n+1)), int64(n))); !errors.Is(err, objects.ErrTooLarge) {
			t.Errorf("%d bytes too many by one: %v", n, err)
		}
	}
	if got := string(get(t, s, "kept")); got != "as it was" {
		t.Errorf("got %q", got)
	}
	if _, _, err := s.Open(t.Context(), "never"); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("half an object is there: %v", err)
	}
	if stored, err := s.Put(t.Context(), "exact", "", objects.Limit(strings.NewReader("12345"), 5)); err != nil || stored.Size != 5 {
		t.Errorf("exactly the limit: %+v, %v", stored, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, "never", "", strings.NewReader("x")); err == nil {
		t.Error("an end that was asked for is not heeded")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func removed(t *testing.T, s objects.Store) {
	put(t, s, "gone/soon", strings.NewReader("x"))
	for range 2 {
		if err := s.Remove(t.Context(), "gone/soon"); err != nil {
			t.Errorf("remove: %v", err)
		}
	}
	if _, _, err := s.Open(t.Context(), "gone/soon"); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("open what was removed: %v", err)
	}
}

func keys(t *testing.T, s objects.Store) {
	for _, key := range []string{"", "/", "/a", "a/", "a//b", "../a", "a/../b", ".hidden", "a b", "客户", strings.Repeat("k", objects.MaxKey+1)} {
		_, err := s.Put(t.Context(), key, "", strings.NewReader("x"))
		_, _, opened := s.Open(t.Context(), key)
		for _, err := range []error{err, opened, s.Remove(t.Context(), key)} {
			if !errors.Is(err, objects.ErrBadKey) {
				t.Errorf("%.20q: %v", key, err)
			}
		}
	}
}

func together(t *testing.T, s objects.Store) {
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			key := fmt.Sprintf("together/%d", i/2) // two at a time put the same
			if _, err := s.Put(t.Context(), key, "", strings.NewReader(key)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range 6 {
		if key := fmt.Sprintf("together/%d", i); string(get(t, s, key)) != key {
			t.Errorf("%s has another content", key)
		}
	}
}
