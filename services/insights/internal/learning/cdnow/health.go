package cdnow

import (
	"fmt"
	"io"
	"time"

	"liuke.dev/services/insights/internal/learning"
	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/orders"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
)

// HealthTrial is the shipped health model with the record as it sees it.
type HealthTrial struct {
	Old         policy.HealthModel
	Train, Test []backtest.Episode
}

// LookHealthy has the record looked at by the inputs of the shipped health model: the
// orders become entries of a timeline, and everything else is as in a company.
func LookHealthy(customers []orders.Customer, lostAfter time.Duration) (HealthTrial, error) {
	v, err := policy.NewView(&policy.Book{Version: 1, Sections: policy.Defaults()}, 1)
	if err != nil {
		return HealthTrial{}, err
	}
	t := HealthTrial{Old: v.Sections.Health.For("")}
	probe := learning.Probe(v, t.Old)
	var all []backtest.Episode
	for _, c := range customers {
		all = append(all, learning.Episodes(recordOf(c), probe, learning.Terms{LostAfter: lostAfter, Until: Until})...)
	}
	t.Train, t.Test = backtest.Split(all, Until.Add(-lostAfter-testFor), Until, lostAfter)
	return t, nil
}

func recordOf(c orders.Customer) learning.Record {
	r := learning.Record{Customer: c.ID, Seen: Until}
	for i, o := range c.Orders {
		a := money.Of(o.Minor, "USD")
		r.History.Add(catalogue.TimelineEntry{ID: fmt.Sprintf("cdnow:%s-%d", c.ID, i), Customer: c.ID, Kind: catalogue.EntryOrder, Source: "cdnow", OccurredAt: o.At, RecordedAt: o.At,
			Direction: catalogue.Inbound, Amount: &a})
	}
	return r
}

// reportHealth writes what the health model makes of the record.
func reportHealth(w io.Writer, customers []orders.Customer) error {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("\n### The health model of the policy, lost after 180 days\n\n")
	p("Looked at weekly, by the product's own rules over the inputs that orders alone can feed.\n\n")
	p("| rule | losses | lead, median days (quartiles) | recall | precision | false alarms | kept customers warned of |\n|---|---|---|---|---|---|---|\n")
	line := func(name string, b backtest.Board) {
		p("| %s | %d | %.0f (%.0f to %.0f) | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", name, b.Losses, b.LeadDays, b.LeadQuarter, b.LeadThreeQ, 100*b.Recall, 100*b.Precision, 100*b.FalseAlarms, 100*b.KeptWarned)
	}
	t, err := LookHealthy(customers, 180*day)
	if err != nil {
		return err
	}
	line("90 days without an order", Plain(90, t.Test))
	line(fmt.Sprintf("%s, below %d (shipped)", t.Old.Label(), t.Old.LowBelow), backtest.Score("", t.Test, learning.Warns(t.Old)))
	weights := ""
	for _, chance := range []float64{0.6, 0.65, 0.7} {
		l, err := learning.Learn(t.Old, t.Train, chance)
		if err != nil {
			return err
		}
		line(fmt.Sprintf("%s, below %d (from a chance of %.0f %%)", l.Model.Label(), l.Model.LowBelow, 100*chance), backtest.Score("", t.Test, learning.Warns(l.Model)))
		weights = ""
		for _, in := range l.Model.Inputs {
			weights += fmt.Sprintf(" %s %d", in.Input, in.Weight)
		}
	}
	p("\nLearnt weights:%s.\n", weights)
	return nil
}
