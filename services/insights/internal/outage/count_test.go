package outage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

const nine = instant.Time(1772355600000) // 2026-03-01T09:00:00Z

func at(minutes int) instant.Time { return nine.Add(time.Duration(minutes) * time.Minute) }

func owes(id string, due int) catalogue.Obligation {
	return catalogue.Obligation{ID: id, Rule: "idle.0", Due: at(due)}
}

// decides makes a decision; fired are due minutes by id that fire now, of which
// those more than a minute late say so.
func decides(minute int, fired, pending []catalogue.Obligation) catalogue.Decided {
	d := catalogue.Decided{At: at(minute), Pending: pending, Owner: "wang"}
	for _, o := range fired {
		d.Fired = append(d.Fired, catalogue.Fired{Obligation: o, At: d.At, Late: d.At.Sub(o.Due) > time.Minute})
	}
	return d
}

type list = []catalogue.Obligation

// What became of obligations around an outage from 60 to 120 minutes past nine.
func TestCount(t *testing.T) {
	window := Window{at(60), at(120)}
	a, b := owes("a", 70), owes("b", 80)
	for name, c := range map[string]struct {
		decisions []catalogue.Decided
		want      Counts
	}{
		"nothing was due":                        {[]catalogue.Decided{decides(0, nil, list{owes("x", 200)})}, Counts{}},
		"due before, or after":                   {[]catalogue.Decided{decides(0, nil, list{owes("x", 59), owes("y", 120)}), decides(59, list{owes("x", 59)}, list{owes("y", 120)}), decides(121, list{owes("y", 120)}, nil)}, Counts{}},
		"fired once it was back":                 {[]catalogue.Decided{decides(0, nil, list{a, b}), decides(121, list{a, b}, nil)}, Counts{Due: 2, Fired: 2, Late: 2}},
		"fired in time: another part was down":   {[]catalogue.Decided{decides(0, nil, list{a, b}), decides(70, list{a}, list{b}), decides(80, list{b}, nil)}, Counts{Due: 2, Fired: 2}},
		"still waiting":                          {[]catalogue.Decided{decides(0, nil, list{a, b}), decides(121, list{a}, list{b})}, Counts{Due: 2, Fired: 1, Late: 1, Open: 1}},
		"never woke":                             {[]catalogue.Decided{decides(0, nil, list{a})}, Counts{Due: 1, Open: 1}},
		"settled by a follow-up read first":      {[]catalogue.Decided{decides(0, nil, list{a}), decides(121, nil, list{owes("c", 900)})}, Counts{Due: 1, Settled: 1}},
		"settled before it was due":              {[]catalogue.Decided{decides(0, nil, list{a}), decides(65, nil, nil), decides(121, nil, nil)}, Counts{}},
		"postponed before it was due":            {[]catalogue.Decided{decides(0, nil, list{a}), decides(65, nil, list{owes("a", 90)}), decides(121, list{owes("a", 90)}, nil)}, Counts{Due: 1, Fired: 1, Late: 1}},
		"postponed after it was due":             {[]catalogue.Decided{decides(0, nil, list{a}), decides(121, nil, list{owes("a", 300)})}, Counts{Due: 1, Settled: 1}},
		"armed and due while nobody decided":     {[]catalogue.Decided{decides(0, nil, nil), decides(121, list{a}, nil)}, Counts{Due: 1, Fired: 1, Late: 1}},
		"a journey that began after it was back": {[]catalogue.Decided{decides(121, list{a}, nil)}, Counts{Due: 1, Fired: 1, Late: 1}},
		"fired twice":                            {[]catalogue.Decided{decides(0, nil, list{a}), decides(121, list{a}, nil), decides(122, list{a}, nil)}, Counts{Due: 1, Fired: 1, Late: 1, Doubled: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got := window.count("deal/d1", c.decisions)
			if got.Counts != c.want {
				t.Errorf("%+v, want %+v", got.Counts, c.want)
			}
			if int64(len(got.late)) != c.want.Late || int64(len(got.open)) != c.want.Open || int64(len(got.doubled)) != c.want.Doubled {
				t.Errorf("named: %d late, %d open, %d doubled", len(got.late), len(got.open), len(got.doubled))
			}
		})
	}
}

func TestLatenessIsMeasured(t *testing.T) {
	got := Window{at(60), at(120)}.count("deal/d1", []catalogue.Decided{decides(0, nil, list{owes("a", 70)}), decides(121, list{owes("a", 70)}, nil)})
	p := got.late[0]
	if p.LateMS != (51*time.Minute).Milliseconds() || p.FiredAt != at(121) || p.Owner != "wang" || p.Journey != "deal/d1" || p.Times != 1 || got.lastFired != at(121) {
		t.Errorf("%+v", p)
	}
}

// fate is what truly happened to an obligation.
type fate struct {
	o            catalogue.Obligation
	armed, ended int  // minutes; it was pending from one to before the other
	fired        bool // at its end; otherwise a fact settled it
}

// Whatever happens, the count from decisions agrees with what was made to happen.
func TestCountAgreesWithWhatHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.SliceOfNDistinct(rapid.IntRange(-200, 400), 1, 12, rapid.ID[int]).Draw(t, "decisions")
		slices.Sort(minutes)
		var fates []fate
		for n := range rapid.IntRange(0, 8).Draw(t, "obligations") {
			i := rapid.IntRange(0, len(minutes)-1).Draw(t, "armed")
			j := rapid.IntRange(i+1, len(minutes)).Draw(t, "ended")
			f := fate{armed: minutes[i], ended: 1_000, o: owes(fmt.Sprint("o", n), rapid.IntRange(-150, 450).Draw(t, "due"))}
			if j < len(minutes) {
				f.ended = minutes[j]
				f.fired = at(f.ended) >= f.o.Due // a rule fires nothing before its time
			}
			fates = append(fates, f)
		}
		window := Window{at(60), at(120)}
		var want Counts
		for _, f := range fates {
			if !window.holds(f.o.Due) || at(f.ended) < f.o.Due {
				continue
			}
			want.Due++
			switch {
			case f.ended == 1_000:
				want.Open++
			case f.fired:
				want.Fired++
				if at(f.ended).Sub(f.o.Due) > time.Minute {
					want.Late++
				}
			default:
				want.Settled++
			}
		}
		var decisions []catalogue.Decided
		for _, m := range minutes {
			var fired, pending list
			for _, f := range fates {
				switch {
				case f.armed <= m && m < f.ended:
					pending = append(pending, f.o)
				case f.ended == m && f.fired:
					fired = append(fired, f.o)
				}
			}
			decisions = append(decisions, decides(m, fired, pending))
		}
		if got := window.count("deal/d1", decisions).Counts; got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}
