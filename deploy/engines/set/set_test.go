//go:build engines

package set_test

import (
	"testing"
	"time"

	"liuke.dev/deploy/engines/kafka"
	"liuke.dev/deploy/engines/set"
)

// Everything starts on an empty directory, answers, stops, and starts again on
// what it left behind.
func TestASetStartsAnswersAndStartsAgain(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		begin := time.Now()
		s, err := set.Start(t.Context(), dir, set.Options{Kafka: kafka.Options{Nodes: 3}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Kill() })
		t.Logf("up after %s: %q", time.Since(begin), s.Environment())
		if err := s.Ready(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if s.Ready(t.Context()) == nil {
			t.Error("stopped engines answer")
		}
	}
}
