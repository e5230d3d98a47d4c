//go:build engines

package set_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"liuke.dev/deploy/engines/process"
	"liuke.dev/deploy/engines/set"
)

// What start leaves running is found, asked, mended, stopped and forgotten by
// others: each step reads what the one before wrote down.
func TestEnginesLeftRunningAreFoundMendedStoppedAndForgotten(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() { _ = set.Clean(dir) })
	o := set.Options{Only: []string{set.Kafka, set.Mongo, set.Postgres}}
	first, err := set.Leave(t.Context(), dir, o)
	must(t, err)
	if len(first) != 3 || len(set.Environment(first)) != 3 {
		t.Fatalf("%+v, %q", first, set.Environment(first))
	}
	answering(t, dir, 3)

	must(t, find(t, first, set.Kafka).Kill())
	answering(t, dir, 2)
	second, err := set.Leave(t.Context(), dir, o)
	must(t, err)
	answering(t, dir, 3)
	for i, r := range second {
		if r.Address != first[i].Address {
			t.Errorf("%s moved from %s to %s", r.Name, first[i].Address, r.Address)
		}
		if same := r.ID == first[i].ID; same != (r.Kind != set.Kafka) {
			t.Errorf("%s is the same process: %v", r.Name, same)
		}
	}

	must(t, set.Stop(dir))
	answering(t, dir, 0)
	must(t, set.Clean(dir))
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 1 || left[0].Name() != "engines.lock" {
		t.Errorf("left behind: %v", left)
	}
}

func TestAnUnknownEngineIsRefused(t *testing.T) {
	if _, err := set.Start(t.Context(), t.TempDir(), set.Options{Only: []string{"oracle"}}); err == nil {
		t.Error("it was started")
	}
}

// answering counts the engines of a directory that answer, as anybody can.
func answering(t *testing.T, dir string, want int) {
	t.Helper()
	all, err := set.Load(dir)
	must(t, err)
	n := 0
	var errs []error
	for _, r := range all {
		err := r.Process().Ready(t.Context())
		if err == nil {
			n++
		}
		errs = append(errs, err)
	}
	if n != want {
		t.Errorf("%d engines answer, wanted %d: %v", n, want, errors.Join(errs...))
	}
}

func find(t *testing.T, all []set.Record, kind string) *process.Process {
	t.Helper()
	i := slices.IndexFunc(all, func(r set.Record) bool { return r.Kind == kind })
	if i < 0 {
		t.Fatalf("no %s in %+v", kind, all)
	}
	return all[i].Process()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
