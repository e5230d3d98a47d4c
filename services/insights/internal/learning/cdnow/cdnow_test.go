package cdnow_test

import (
	"strings"
	"testing"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/cdnow"
	"liuke.dev/services/insights/internal/learning/orders"
	"liuke.dev/shared/instant"
)

// A line that is not an order is refused, with its number.
func TestReadRefusesWhatIsNoOrder(t *testing.T) {
	for name, line := range map[string]string{"a field too few": "00004 0001 19970101 2", "no date": "00004 0001 19971301 2 29.33", "no number": "00004 0001 19970101 two 29.33",
		"no amount": "00004 0001 19970101 2 29.333"} {
		_, _, err := cdnow.Read(strings.NewReader(" 00004 0001 19970101  2   29.33\n" + line))
		if err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// drawn are customers who order in a rhythm of their own and some of whom stop for
// good: 400 days, on which the trial must find what was put in.
func drawn() []orders.Customer {
	var out []orders.Customer
	for i := range 600 {
		gap, n := 10+i%40, 3+i%7
		if i%3 == 0 {
			n = 60 // never stops
		}
		c := orders.Customer{ID: string(rune('a' + i%26))}
		at := cdnow.Until.Add(-time.Duration(545-i%90) * 24 * time.Hour)
		for range n {
			if !at.Before(cdnow.Until) {
				break
			}
			c.Orders = append(c.Orders, orders.Order{At: at, Minor: 1000})
			at = at.Add(time.Duration(gap) * 24 * time.Hour)
		}
		out = append(out, c)
	}
	return out
}

// D-8: on customers with rhythms of their own the learnt rule warns earlier than the
// plain one, at no more false alarms.
func TestLearntBeatsPlainWhereThereIsARhythm(t *testing.T) {
	trial, err := cdnow.Try(drawn(), 120*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if len(trial.Test) < 100 {
		t.Fatalf("%d episodes to try on", len(trial.Test))
	}
	plain, learnt := cdnow.Plain(90, trial.Test), trial.At(0.9, trial.Test)
	if learnt.LeadDays <= plain.LeadDays || learnt.Recall < 0.9 || learnt.FalseAlarms > 0.1 {
		t.Errorf("plain %+v\nlearnt %+v", plain, learnt)
	}
	for _, e := range trial.Train {
		if trial.SplitAt.Before(e.Start.Add(trial.LostAfter)) {
			t.Fatalf("learnt from %+v, of which nobody knew at %s", e.Start, trial.SplitAt)
		}
	}
}

// The plain rule warns at exactly so many days, and not of an order at that instant.
func TestPlain(t *testing.T) {
	start := instant.Of(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for days, warned := range map[int]bool{89: false, 90: false, 91: true} {
		_, got := orders.Plain(90)(backtest.Episode{Start: start, End: start.Add(time.Duration(days) * 24 * time.Hour)})
		if got != warned {
			t.Errorf("next order after %d days: warned %t", days, got)
		}
	}
}
