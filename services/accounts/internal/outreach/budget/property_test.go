package budget_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// D-9: whatever four departments ask for, hold, call, take back and let pass, no
// day and no seven days hold more contacts that we decided about than the policy
// allows; nothing leaves at night, before its time, twice, or after it was taken back.
func TestBudgetIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom([]string{"", "Europe/London", "America/New_York", "Pacific/Auckland"}).Draw(rt, "zone")
		r := rules(t, zone, func(s *policy.Sections) {
			s.Outreach.PerDay = rapid.IntRange(1, 3).Draw(rt, "per day")
			s.Outreach.PerWeek = s.Outreach.PerDay + rapid.IntRange(0, 4).Draw(rt, "more a week")
			s.Outreach.AnswerWithin = policy.Duration{}
		})
		b, now := budget.Budget{}, at(t, "2026-03-05 12:00")
		left, gone, from := map[string]instant.Time{}, map[string]bool{}, map[string]instant.Time{}
		perDay, recorded := map[int64]int{}, map[int64]int{}
		for i := range rapid.IntRange(1, 60).Draw(rt, "steps") {
			now += instant.Time(rapid.Int64Range(0, 2*int64(day)).Draw(rt, "passes"))
			id := fmt.Sprint(i)
			s := ask(id, rapid.SampledFrom([]string{"sales", "service", "product", "operations"}).Draw(rt, "department"))
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0, 1:
				s.From = now + instant.Time(rapid.Int64Range(-int64(day), 9*int64(day)).Draw(rt, "from"))
				if b.Take(s, rapid.Bool().Draw(rt, "refuse"), now, r).Granted {
					from[id] = s.From
				}
			case 2:
				s.By = "p" + id
				if got := b.Hold(s, now, r); got.Granted && rapid.Bool().Draw(rt, "calls") {
					b.Record(budget.Slot{ID: "call" + id, At: now, By: s.By}, now, r)
					perDay[r.Day(now)]++
				}
			case 3:
				if len(from) > 0 {
					taken := rapid.SampledFrom(slices.Sorted(keys(from))).Draw(rt, "taken back")
					if _, sent := left[taken]; !sent {
						b.Release(taken, now, r)
						gone[taken] = true
					}
				}
			case 4:
				b.Record(budget.Slot{ID: "r" + id, At: now}, now, r)
				recorded[r.Day(now)]++
			}
			for _, id := range b.Spend(now, r) {
				_, twice := left[id]
				if twice || gone[id] || now < from[id] || r.Awake(now) != now {
					rt.Fatalf("%s leaves at %s: twice %v, withdrawn %v, meant for %s", id, r.Local(now), twice, gone[id], r.Local(from[id]))
				}
				left[id] = now
				perDay[r.Day(now)]++
				// What people did on their own counts against what we still decide.
				if perDay[r.Day(now)]+recorded[r.Day(now)] > max(r.PerDay, recorded[r.Day(now)]) {
					rt.Fatalf("day %d: %d of ours, %d of people's", r.Day(now), perDay[r.Day(now)], recorded[r.Day(now)])
				}
			}
			if b.Open && len(b.Untold) == 0 && b.Next < now {
				for _, s := range b.Slots {
					if s.State == budget.Waiting && s.At < now {
						rt.Fatalf("%s is overdue", s.ID)
					}
				}
			}
		}
		for d := range perDay {
			sum := 0
			for i := range int64(7) {
				sum += perDay[d+i]
			}
			if sum > r.PerWeek {
				rt.Fatalf("from day %d on %d contacts in seven days, allowed %d", d, sum, r.PerWeek)
			}
		}
	})
}

func keys(m map[string]instant.Time) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
