package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/shared/store"
)

func openHere(t *testing.T) *engine {
	t.Helper()
	opened, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	return opened.(*engine)
}

func TestAStoreWhoseWriterHangsDoesNotAnswer(t *testing.T) {
	e := openHere(t)
	if err := e.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	held := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		held <- e.writer.do(context.Background(), false, func(*conn) error { close(begun); <-release; return nil })
	}()
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := e.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ping of a store that cannot write: %v", err)
	}
	close(release)
	if err := errors.Join(<-held, e.Ping(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestAfterAFailedWriteThePingWrites(t *testing.T) {
	e := openHere(t)
	away := errors.Join(store.ErrUnavailable, errors.New("disk full"))
	if err := e.writer.do(t.Context(), false, func(*conn) error { return away }); !errors.Is(err, store.ErrUnavailable) {
		t.Fatal(err)
	}
	if !e.writer.failed.Load() {
		t.Fatal("the failure was not noted")
	}
	if err := e.Ping(t.Context()); err != nil {
		t.Errorf("the disk has room again: %v", err)
	}
	if e.writer.failed.Load() {
		t.Error("a write went well, and the store is still said to fail")
	}
}
