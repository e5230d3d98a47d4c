package keyaccounts

import (
	"sync"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// what is due on a sheet is told once however many processes look at once; of
// two files that became one only the sheet that goes on fires, and one that ended
// fires nothing.
func TestSheetsFireOnce(t *testing.T) {
	var clock sync.Mutex
	now := instant.Time(1_800_000_000_000)
	begin := now
	engine, err := sqlite.Open(t.Context(), t.TempDir()+"/k.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	k, err := New(t.Context(), Config{Engine: engine, Policy: policytest.Holder(t, func(s *policy.Sections) {
		s.KeyAccounts.ActWithin, s.KeyAccounts.CheckEvery = policy.D("3d"), policy.D("90d")
	}),
		Clock: func() instant.Time { clock.Lock(); defer clock.Unlock(); return now }})
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := k.view()
	if err != nil {
		t.Fatal(err)
	}
	sheet := func(id, customer string, since, ended instant.Time) {
		t.Helper()
		o := catalogue.KeyAccount{Customer: customer, Manager: "manager", Since: since, EndedAt: ended, Gaps: []catalogue.KeyAccountGap{{ID: "data", State: "unchecked"}}, Indicators: []catalogue.KeyAccountIndicator{}}
		if _, err := k.commit(t.Context(), store.New(id, Body{Belonging: holdings.Belonging{Customer: customer}, Account: o}), "", v, since, &catalogue.KeyAccountChanged{After: o, Changed: "designated"}); err != nil {
			t.Fatal(err)
		}
	}
	sheet("c1", "c1", begin, 0)
	sheet("merged", "c1", begin.Add(-time.Hour), 0) // an older one, of a file that turned out to be c1
	sheet("ended", "c2", begin, begin)
	look := func(at time.Duration, asked, late bool) {
		t.Helper()
		clock.Lock()
		now = begin.Add(at)
		clock.Unlock()
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, err := k.Due(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for id, fires := range map[string]bool{"c1": true, "merged": false, "ended": false} {
			d, err := k.docs.Get(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if g := d.Body.Account.Gaps[0]; (g.AskedAt != 0) != (fires && asked) || (g.LateAt != 0) != (fires && late) {
				t.Errorf("after %v %s: %+v", at, id, g)
			}
			want := int64(1)
			for _, done := range []bool{asked, late} {
				if done {
					want++
				}
			}
			if fires && d.Version != want {
				t.Errorf("after %v %s changed %d times, want %d", at, id, d.Version, want)
			}
		}
	}
	day := 24 * time.Hour
	look(3*day-time.Millisecond, false, false)
	look(3*day, true, false)
	look(3*day, true, false)
	look(6*day, true, true)
	look(80*day, true, true)
}
