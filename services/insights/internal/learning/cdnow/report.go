package cdnow

import (
	"fmt"
	"io"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/fit"
	"liuke.dev/services/insights/internal/learning/orders"
	"liuke.dev/shared/instant"
)

const day = 24 * time.Hour

// testFor is how long the test period is from which episodes may begin.
const testFor = 91 * day

// Trial is a model fitted on what was known at an instant, and tried on what began later.
type Trial struct {
	LostAfter   time.Duration
	SplitAt     instant.Time
	Train, Test []backtest.Episode
	Rows        int
	Model       fit.Model
}

// Try fits and splits. The model sees nothing that began, or was decided, after the split.
func Try(customers []orders.Customer, lostAfter time.Duration) (Trial, error) {
	t := Trial{LostAfter: lostAfter, SplitAt: Until.Add(-lostAfter - testFor)}
	terms := orders.Terms{LostAfter: lostAfter, SeenUntil: Until, Every: day}
	var all []backtest.Episode
	for _, c := range customers {
		all = append(all, orders.Episodes(c, terms)...)
	}
	t.Train, t.Test = backtest.Split(all, t.SplitAt, Until, lostAfter)
	rows := Rows(t.Train)
	t.Rows = len(rows)
	var err error
	t.Model, err = fit.Logistic(rows, fit.Options{Penalty: 10, NonNegative: []int{0, 1, 6}})
	return t, err
}

// weekly is which daily moments are learnt from: neighbouring days say the same.
const weekly = 7

// Rows gives the rows that a model learns from.
func Rows(train []backtest.Episode) []fit.Row {
	var rows []fit.Row
	for _, e := range train {
		for i := weekly - 1; i < len(e.Moments); i += weekly {
			rows = append(rows, fit.Row{X: e.Moments[i].X, Lost: e.Outcome == backtest.Lost})
		}
	}
	return rows
}

// Plain scores the rule of so many days without an order.
func Plain(days int, of []backtest.Episode) backtest.Board {
	first := orders.Plain(days)
	return backtest.Timed(fmt.Sprintf("%d days without an order", days), of, first)
}

// At scores the model that warns from a chance of loss on.
func (t Trial) At(chance float64, of []backtest.Episode) backtest.Board {
	return backtest.Score(fmt.Sprintf("learnt, from a chance of %.0f %%", 100*chance), of, func(m backtest.Moment) bool { return t.Model.Chance(m.X) >= chance })
}

// Report writes the tables of docs/learning.md.
func Report(w io.Writer, r io.Reader) error {
	customers, lines, err := Read(r)
	if err != nil {
		return err
	}
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("%d customers, %d orders, on %s the record ends.\n", len(customers), lines, Until.String()[:10])
	for _, days := range []int{180, 120} {
		back, gone := Returned(customers, time.Duration(days)*day)
		t, err := Try(customers, time.Duration(days)*day)
		if err != nil {
			return err
		}
		p("\n### Lost after %d days without an order\n\n", days)
		p("Split at %s. Learnt from %d times between orders (%d weekly moments); tried on %d that began later. Of %d silences of so long, %d ended with another order before the record did.\n\n",
			t.SplitAt.String()[:10], len(t.Train), t.Rows, len(t.Test), gone, back)
		p("| column | weight |\n|---|---|\n| (constant) | %+.3f |\n", t.Model.Bias)
		for j, n := range orders.Names {
			p("| %s | %+.3f |\n", n.En, t.Model.Weights[j])
		}
		p("\n| rule | period | losses | lead, median days (quartiles) | recall | precision | false alarms | kept customers warned of |\n|---|---|---|---|---|---|---|---|\n")
		for _, period := range []struct {
			name string
			of   []backtest.Episode
		}{{"learnt from", t.Train}, {"tried on", t.Test}} {
			boards := []backtest.Board{Plain(60, period.of), Plain(90, period.of)}
			for _, c := range []float64{0.6, 0.65, 0.7, 0.75, 0.8, 0.85} {
				boards = append(boards, t.At(c, period.of))
			}
			for _, b := range boards {
				p("| %s | %s | %d | %.0f (%.0f to %.0f) | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", b.Name, period.name, b.Losses, b.LeadDays, b.LeadQuarter, b.LeadThreeQ,
					100*b.Recall, 100*b.Precision, 100*b.FalseAlarms, 100*b.KeptWarned)
			}
		}
	}
	return reportHealth(w, customers)
}

// Returned counts the silences that the record shows for at least so long, and those
// of them that ended with an order after all: a loss is what the policy calls one, not for ever.
func Returned(customers []orders.Customer, lostAfter time.Duration) (back, all int) {
	for _, c := range customers {
		for i, o := range c.Orders {
			lost := o.At.Add(lostAfter)
			again := i+1 < len(c.Orders)
			switch {
			case Until.Before(lost), again && c.Orders[i+1].At.Before(lost):
			case again:
				back, all = back+1, all+1
			default:
				all++
			}
		}
	}
	return back, all
}
