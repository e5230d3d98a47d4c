package backtest_test

import (
	"testing"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/shared/instant"
)

const day = 24 * time.Hour

var begin = instant.Of(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))

func at(days int) instant.Time { return begin.Add(time.Duration(days) * day) }

func episode(start, end int, o backtest.Outcome) backtest.Episode {
	e := backtest.Episode{Start: at(start), End: at(end), Outcome: o}
	for d := start + 1; d < end; d++ {
		e.Moments = append(e.Moments, backtest.Moment{At: at(d), X: []float64{float64(d - start)}})
	}
	return e
}

func after(days float64) backtest.Rule {
	return func(m backtest.Moment) bool { return m.X[0] >= days }
}

// D-8: lead time, recall, precision and false alarms of a rule, counted by hand.
func TestScore(t *testing.T) {
	episodes := []backtest.Episode{
		episode(0, 100, backtest.Lost), episode(0, 100, backtest.Lost), episode(0, 40, backtest.Lost), // confirmed by a person before the rule would warn
		episode(0, 60, backtest.Kept), episode(0, 51, backtest.Kept), episode(0, 50, backtest.Kept), episode(0, 90, backtest.Censored),
	}
	b := backtest.Score("50 days", episodes, after(50))
	if b.Episodes != 6 || b.Censored != 1 || b.Losses != 3 || b.Warned != 4 || b.Hits != 2 {
		t.Fatalf("%+v", b)
	}
	if b.LeadDays != 50 || b.Recall != 2.0/3 || b.Precision != 0.5 || b.FalseAlarms != 0.5 || b.KeptWarned != 2.0/3 || b.ThirtyBefore != 2.0/3 || b.HundredTwo != 0 {
		t.Errorf("%+v", b)
	}
	if none := backtest.Score("never", episodes, after(1000)); none.Warned != 0 || none.FalseAlarms != 0 || none.Recall != 0 || none.LeadDays != 0 {
		t.Errorf("%+v", none)
	}
}

// Right-censoring: an episode counts only if its outcome could be known by then, whichever way it went.
func TestSplitIsHonestAboutWhatIsNotKnown(t *testing.T) {
	lostAfter := 30 * day
	for name, c := range map[string]struct {
		e           backtest.Episode
		train, test bool
	}{
		"known exactly at the split":                         {episode(20, 50, backtest.Lost), true, false},
		"not known a day before the split":                   {episode(21, 51, backtest.Lost), false, false},
		"kept soon, but had it been lost nobody would know":  {episode(21, 25, backtest.Kept), false, false},
		"begins at the split":                                {episode(50, 55, backtest.Kept), false, true},
		"known exactly at the end":                           {episode(70, 100, backtest.Lost), false, true},
		"kept before the end, its likes not known":           {episode(71, 75, backtest.Kept), false, false},
		"not known at the end":                               {episode(80, 100, backtest.Censored), false, false},
		"kept before the split, known whichever way it went": {episode(0, 10, backtest.Kept), true, false},
	} {
		train, test := backtest.Split([]backtest.Episode{c.e}, at(50), at(100), lostAfter)
		if len(train) == 1 != c.train || len(test) == 1 != c.test {
			t.Errorf("%s: train %d, test %d", name, len(train), len(test))
		}
	}
}
