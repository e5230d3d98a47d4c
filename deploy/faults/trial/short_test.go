//go:build !engines

package trial

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/moment"
	"liuke.dev/shared/programtest"
)

// The rows of the table that tell most, on the embedded engines. The
// whole table is go run ./deploy/faults.
func TestTheProgramLosesNothingAndDoesNothingTwiceWhateverFails(t *testing.T) {
	short(t, "embedded", 4*time.Minute)
}

// After a row that was not tried to its end nothing is armed any more: a program that
// stopped itself with nobody waiting for it would fail all rows after it.
func TestARowThatWasNotTriedToItsEndLeavesNothingArmed(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	dir := t.TempDir()
	binary, _, err := programtest.Build(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	one, err := OpenEmbedded(ctx, binary, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close() //nolint:errcheck // what ends in disorder was tried before
	broke := pausedAt(program, moment.AfterCommit)
	broke.do = func(context.Context, *Trial) (time.Time, error) {
		return time.Time{}, errors.New("the row broke off")
	}
	results, whole, err := one.Run(ctx, []Fault{broke}, Plan{Seed: 1, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 1 || results[0].Well() || !whole.Well() {
		t.Errorf("%+v, %+v", results, whole)
	}
	if slices.ContainsFunc(one.Office.Env, func(v string) bool { return strings.HasPrefix(v, "LIUKE_AT=") }) {
		t.Errorf("still armed: %q", one.Office.Env)
	}
}
