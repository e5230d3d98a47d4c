package trial

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// fewest rows are tried however slow the machine is: with fewer a green run says little.
const fewest = 6

// short tries the short rows of a set, as many as can be begun within a time but
// not fewer than a number: those of some targets first, the others in an order that chance decides,
// so that a slow machine tries others another day.
func short(t *testing.T, engines string, within time.Duration, first ...string) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("LIUKE_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("LIUKE_SEED: %v", err)
		}
	}
	t.Logf("LIUKE_SEED=%d repeats the chances of this run", seed)
	begun := time.Now()
	end := begun.Add(20 * time.Minute)
	if deadline, ok := t.Deadline(); ok && deadline.Add(-30*time.Second).Before(end) {
		end = deadline.Add(-30 * time.Second) // processes are ended before the test is
	}
	ctx, cancel := context.WithDeadline(t.Context(), end)
	defer cancel()
	for _, g := range Sets()[engines].Choose(func(_ Group, f Fault) bool { return f.Short }) {
		chance := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // chances that can be repeated
		chance.Shuffle(len(g.Faults), func(i, j int) { g.Faults[i], g.Faults[j] = g.Faults[j], g.Faults[i] })
		slices.SortStableFunc(g.Faults, func(a, b Fault) int { return rank(first, b) - rank(first, a) })
		results, whole, err := Try(ctx, g, t.TempDir(), Plan{Seed: seed, End: begun.Add(within), Least: fewest, Log: t.Logf})
		if err != nil {
			t.Error(err)
		}
		if least := min(fewest, len(g.Faults)); len(results) < least {
			t.Errorf("%s: %d rows were tried, not even %d", g.Name, len(results), least)
		}
		for _, r := range append(results, whole) {
			for _, one := range r.Findings {
				t.Errorf("%s: %s", r.Name(), one)
			}
		}
	}
}

// rank is higher for what comes first.
func rank(first []string, f Fault) int {
	if at := slices.Index(first, f.Target); at >= 0 {
		return len(first) - at
	}
	return 0
}

// Rows are told apart by their names, and every set has some that CI tries.
func TestRowsHaveNamesOfTheirOwn(t *testing.T) {
	for name, set := range Sets() {
		seen, shorts := map[string]bool{}, 0
		for _, g := range set {
			for _, f := range g.Faults {
				row := g.Name + ": " + f.Name()
				if seen[row] {
					t.Errorf("%s is there twice", row)
				}
				if seen[row] = true; f.Short {
					shorts++
				}
				if f.do == nil {
					t.Errorf("%s does nothing", row)
				}
			}
		}
		if len(seen) < 40 || shorts < 5 {
			t.Errorf("%s: %d rows, %d of them short", name, len(seen), shorts)
		}
	}
}
