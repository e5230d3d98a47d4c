package standing

import (
	"math"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// Full is the full mark of a health score.
const Full = 100

// reading of an input: what was measured, why, by what.
type measured struct {
	value    float64
	says     lang.Text
	evidence []Mark
}

// inputs are how each input of a model is measured; false: the customer has no
// data of it, and it does not count.
var inputs = map[string]func(*eye, policy.HealthInput) (measured, bool){
	policy.InputActivity: activity, policy.InputOrders: orderFrequency, policy.InputAmount: purchaseAmount, policy.InputRecency: orderRecency,
	policy.InputPayment: paymentCycle, policy.InputComplaints: complaintRecord, policy.InputSatisfied: satisfaction, policy.InputInteraction: interaction,
	policy.InputUsage: usageDepth, policy.InputResponse: responseSpeed,
}

// health scores the customer from 0 to 100, the full mark where there is nothing
// to judge by, and says what each input gave.
func (e *eye) health() (int, []catalogue.HealthPart) {
	parts := []catalogue.HealthPart{}
	weights, sum := 0, 0
	for _, in := range e.s.Model.Inputs {
		m, known := inputs[in.Input](e, in)
		if !known || in.Weight == 0 {
			continue
		}
		score := scored(m.value, in)
		weights, sum = weights+in.Weight, sum+in.Weight*score
		p := catalogue.HealthPart{Input: in.Input, Score: score, Weight: in.Weight}
		if !e.quiet {
			p.Name, p.Measured, p.Says, p.Evidence = in.Name, rounded(m.value), m.says, e.evidence(m.evidence)
		}
		parts = append(parts, p)
	}
	if weights == 0 {
		return Full, parts
	}
	for i := range parts {
		parts[i].Points = rounded(float64(parts[i].Weight*parts[i].Score) / float64(weights))
		parts[i].Most = rounded(float64(parts[i].Weight*Full) / float64(weights))
	}
	return (2*sum + weights) / (2 * weights), parts
}

// scored puts what was measured on the line from zero to full.
func scored(value float64, in policy.HealthInput) int {
	s := Full * (value - float64(in.Zero)) / float64(in.Full-in.Zero)
	return int(math.Floor(min(max(s, 0), Full) + 0.5))
}

// rounded keeps one decimal.
func rounded(v float64) float64 { return math.Round(v*10) / 10 }

// monthEnds gives the health at the last n month ends, the oldest first; fewer if
// the customer was not known by then.
func (e *eye) monthEnds(n int) []catalogue.MonthHealth {
	var out []catalogue.MonthHealth
	for i := n - 1; i >= 0; i-- {
		end := e.s.grid.month(e.at, -i)
		if e.began() == 0 || e.began() >= end {
			continue
		}
		score, _ := see(e.h, e.s, end-1, true).health()
		out = append(out, catalogue.MonthHealth{At: end, Health: score, Version: e.s.Model.Label()})
	}
	return out
}

// HealthAt gives the score as of an instant by a model, and what each input gave:
// what back-tests of models ask for.
func HealthAt(h *History, s Settings, at instant.Time) (int, []catalogue.HealthPart) {
	return see(h, &s, at, false).health()
}
