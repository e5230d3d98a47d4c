package standing_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// now is a Monday morning in Shanghai; days are counted back from it.
var now = instant.Of(time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC))

const day = 24 * time.Hour

func ago(days float64) instant.Time { return now.Add(-time.Duration(days * float64(day))) }

func book(t testing.TB, change ...func(*policy.Sections)) *policy.View {
	t.Helper()
	s := policy.Defaults()
	for _, c := range change {
		c(&s)
	}
	if wrong := policy.Validate(s); len(wrong) > 0 {
		t.Fatalf("%+v", wrong)
	}
	v, err := policy.NewView(&policy.Book{Version: 3, Sections: s}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var number int

// entry makes an entry with an id of its own.
func entry(kind string, at instant.Time, direction string) catalogue.TimelineEntry {
	number++
	return catalogue.TimelineEntry{ID: fmt.Sprintf("t:%05d", number), Customer: "c", Kind: kind, OccurredAt: at, RecordedAt: at, Direction: direction}
}

func order(at instant.Time, yuan int64) catalogue.TimelineEntry {
	e := entry(catalogue.EntryOrder, at, catalogue.Inbound)
	amount := money.Of(yuan*100, "CNY")
	e.Amount = &amount
	return e
}

func rating(at instant.Time, of100 float64) catalogue.TimelineEntry {
	e := entry(catalogue.EntryFeedback, at, catalogue.Inbound)
	e.Numbers = map[string]float64{"normalised": of100}
	return e
}

func history(entries ...catalogue.TimelineEntry) *standing.History {
	h := &standing.History{}
	for _, e := range entries {
		h.Add(e)
	}
	return h
}

func signal(s catalogue.Standing, rule string) (catalogue.Signal, bool) {
	i := slices.IndexFunc(s.Signals, func(x catalogue.Signal) bool { return x.Rule == rule })
	if i < 0 {
		return catalogue.Signal{}, false
	}
	return s.Signals[i], true
}

func assess(t testing.TB, h *standing.History, at instant.Time) catalogue.Standing {
	return standing.Assess(h, standing.By(book(t), standing.File{}), at)
}

// drawn makes entries of all kinds, out of order, some of the future.
func drawn(t *rapid.T) []catalogue.TimelineEntry {
	kinds := []string{"order", "call", "mail", "visit", "login", "usage", "complaint", "case", "feedback", "survey", "quote", "payment", "contract", "inquiry", "deal", "standing", "outreach"}
	statuses := []string{"", "won", "signed", "closed", "pressed", "compared", "cancelled"}
	n := rapid.IntRange(1, 60).Draw(t, "entries")
	var out []catalogue.TimelineEntry
	for i := range n {
		at := ago(float64(rapid.IntRange(-40, 700).Draw(t, "days"))).Add(time.Duration(rapid.IntRange(0, 86_399).Draw(t, "second")) * time.Second)
		amount := money.Of(int64(rapid.IntRange(0, 100_000).Draw(t, "amount")), "CNY")
		out = append(out, catalogue.TimelineEntry{ID: fmt.Sprintf("e%d", i), Customer: "c", Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), OccurredAt: at, RecordedAt: now,
			Direction: rapid.SampledFrom([]string{catalogue.Inbound, catalogue.Outbound, catalogue.Neither}).Draw(t, "direction"), Amount: &amount,
			Contact: rapid.SampledFrom([]string{"", "li", "wu"}).Draw(t, "contact"), Ref: &catalogue.Subject{Kind: catalogue.KindCase, ID: rapid.SampledFrom([]string{"k1", "k2"}).Draw(t, "case")},
			Data: map[string]string{"status": rapid.SampledFrom(statuses).Draw(t, "status"), "feature": rapid.SampledFrom([]string{"", "export"}).Draw(t, "feature"),
				"ends_at": ago(float64(rapid.IntRange(-90, 90).Draw(t, "ends"))).String()},
			Numbers: map[string]float64{"normalised": float64(rapid.IntRange(0, 100).Draw(t, "score")), "days_late": float64(rapid.IntRange(-5, 60).Draw(t, "late")),
				"core": 4, "core_used": float64(rapid.IntRange(0, 4).Draw(t, "used"))}})
	}
	return out
}

// entries told in any order and any number of times over give the
// same history and the same standing, late and future ones included.
func TestAnyOrderAndRepetitionIsTheSame(t *testing.T) {
	v := book(t)
	rapid.Check(t, func(t *rapid.T) {
		entries := drawn(t)
		a := history(entries...)
		again := append(slices.Clone(entries), entries...)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		b := history(again...)
		same(t, a, b)
		for _, e := range again {
			if b.Add(e) {
				t.Fatalf("%s told again changed the history", e.ID)
			}
		}
		// Two halves that were told apart are the whole.
		half, rest := history(entries[:len(entries)/2]...), history(entries[len(entries)/2:]...)
		half.Merge(*rest)
		same(t, a, half)
		s := standing.By(v, standing.File{})
		same(t, standing.Assess(a, s, now), standing.Assess(b, s, now))
	})
}

// A history is bounded and still the same in any order: the newest are kept, and
// when the customer began is known for ever.
func TestHistoryIsBounded(t *testing.T) {
	var all []catalogue.TimelineEntry
	for i := range 3000 {
		all = append(all, order(ago(3000-float64(i)), 1), entry(catalogue.EntryCall, ago(3000-float64(i)), catalogue.Outbound))
	}
	a := history(all...)
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	b := history(all...)
	same(t, a, b)
	if a.Size() != 1000 || a.FirstOrder != ago(3000) {
		t.Fatalf("%d marks, first order %s", a.Size(), a.FirstOrder)
	}
	for _, e := range all {
		if a.Add(e) {
			t.Fatal("an entry that is no longer kept changed the history when told again")
		}
	}
}

// between an assessment and its next check nothing changes by time alone,
// and later entries are not seen before their time.
func TestNothingChangesBeforeTheNextCheck(t *testing.T) {
	v := book(t)
	rapid.Check(t, func(t *rapid.T) {
		h, s := history(drawn(t)...), standing.By(v, standing.File{})
		at := ago(float64(rapid.IntRange(0, 300).Draw(t, "as of")))
		is := standing.Assess(h, s, at)
		until := is.NextCheckAt
		if until == 0 {
			until = at.Add(500 * day)
		}
		if until <= at {
			t.Fatalf("next check at %s, now is %s", until, at)
		}
		for range 12 {
			look := at + instant.Time(rapid.Int64Range(0, int64(until-at-1)).Draw(t, "later"))
			if changed := standing.Changed(&is, standing.Assess(h, s, look)); len(changed) > 0 {
				t.Fatalf("%v changed at %s, before the next check at %s", changed, look, is.NextCheckAt)
			}
		}
	})
}

// A score is from 0 to 100, and its parts add up to it.
func TestScoresAddUp(t *testing.T) {
	v := book(t)
	rapid.Check(t, func(t *rapid.T) {
		s := standing.Assess(history(drawn(t)...), standing.By(v, standing.File{}), now)
		points, most := 0.0, 0.0
		for _, p := range s.Parts {
			points, most = points+p.Points, most+p.Most
			if p.Says.Zh == "" || p.Says.En == "" {
				t.Fatalf("%s does not explain itself", p.Input)
			}
		}
		if s.Health < 0 || s.Health > 100 || len(s.Parts) > 0 && (abs(points-float64(s.Health)) > 1.2 || abs(most-100) > 0.6) {
			t.Fatalf("%d of parts %f of %f", s.Health, points, most)
		}
	})
}

func abs(v float64) float64 { return max(v, -v) }

func same(t interface{ Fatalf(string, ...any) }, a, b any) {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Fatalf("differ:\n%s\n%s", x, y)
	}
}
