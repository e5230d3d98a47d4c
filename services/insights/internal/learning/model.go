package learning

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/fit"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// Health scores inputs by a model, to the point as package standing does; the full
// mark where nothing is known.
func Health(m policy.HealthModel, x []float64) int {
	weights, sum := 0, 0
	for _, in := range m.Inputs {
		if s := x[slices.Index(policy.HealthInputs, in.Input)]; s != Unknown {
			weights, sum = weights+in.Weight, sum+in.Weight*int(s)
		}
	}
	if weights == 0 {
		return standing.Full
	}
	return (2*sum + weights) / (2 * weights)
}

// Warns is the rule of a model: the score is low.
func Warns(m policy.HealthModel) backtest.Rule {
	return func(at backtest.Moment) bool { return Health(m, at.X) < m.LowBelow }
}

// more are inputs that a company may not have in its model yet: a fit tries them, too.
var more = []policy.HealthInput{
	{Input: policy.InputActivity, Name: lang.T("客户活跃度", "Activity"), Window: policy.D("56d"), Baseline: policy.D("168d"), Least: 4, Full: 90},
	{Input: policy.InputOrders, Name: lang.T("成交频次", "Order frequency"), Window: policy.D("84d"), Baseline: policy.D("252d"), Least: 3, Full: 90},
	{Input: policy.InputAmount, Name: lang.T("购买金额", "Purchase amount"), Window: policy.D("84d"), Baseline: policy.D("252d"), Least: 3, Full: 90},
	{Input: policy.InputRecency, Name: lang.T("最近一次下单", "Last order"), Window: policy.D("365d"), Zero: 300, Full: 100},
	{Input: policy.InputPayment, Name: lang.T("支付周期", "Payment cycle"), Window: policy.D("180d"), Zero: 45},
	{Input: policy.InputComplaints, Name: lang.T("投诉记录", "Complaints"), Window: policy.D("90d"), Zero: 4},
	{Input: policy.InputSatisfied, Name: lang.T("满意度", "Satisfaction"), Window: policy.D("180d"), Zero: 30, Full: 90},
	{Input: policy.InputInteraction, Name: lang.T("互动频次", "Interaction"), Window: policy.D("56d"), Baseline: policy.D("168d"), Least: 4, Full: 90},
	{Input: policy.InputUsage, Name: lang.T("使用深度", "Depth of use"), Window: policy.D("60d"), Full: 80},
	{Input: policy.InputResponse, Name: lang.T("需求响应速度", "Speed of response"), Window: policy.D("90d"), Zero: 72, Full: 4},
}

// Probe gives the settings that measure every input there is: as the model has it,
// or as it would be added.
func Probe(v *policy.View, m policy.HealthModel) standing.Settings {
	s := standing.By(v, standing.File{})
	s.Model = policy.HealthModel{ID: m.ID, Version: m.Version, Inputs: nil}
	for _, name := range policy.HealthInputs {
		s.Model.Inputs = append(s.Model.Inputs, input(m, name, 1))
	}
	return s
}

// input gives an input as the model has it, or as it would be added, with a weight.
func input(m policy.HealthModel, name string, weight int) policy.HealthInput {
	for _, list := range [][]policy.HealthInput{m.Inputs, more} {
		if i := slices.IndexFunc(list, func(in policy.HealthInput) bool { return in.Input == name }); i >= 0 {
			in := list[i]
			in.Weight = weight
			return in
		}
	}
	return policy.HealthInput{Input: name, Weight: weight}
}

// ErrNothing says that no input tells lost customers from others.
var ErrNothing = errors.New("learning: no input tells lost customers from others")

// ErrNever says that no score is so low that a loss is as likely as asked.
var ErrNever = errors.New("learning: no score is so low that a loss is as likely as asked")

// Learnt is a model with what it was learnt from.
type Learnt struct {
	Model  policy.HealthModel
	Rows   int
	Chance float64 // of a loss at the threshold, as learnt
}

// Learn makes a new version of a model from episodes: weights of the inputs from a
// logistic regression of whether the customer was lost on how far each input is from
// its full mark, and the threshold from which on a loss is as likely as asked. That
// an input is not known is a column of its own in the regression, so that it does not
// blur what the input says where it is known; the model that comes out of it leaves
// unknown inputs out, as every health model does.
func Learn(old policy.HealthModel, train []backtest.Episode, chance float64) (Learnt, error) {
	rows := rowsOf(train)
	all := make([]int, len(policy.HealthInputs))
	for i := range all {
		all[i] = i
	}
	m, err := fit.Logistic(rows, fit.Options{Penalty: 10, NonNegative: all})
	if err != nil {
		return Learnt{}, err
	}
	out := old
	out.Version, out.Inputs = old.Version+1, nil
	total := 0.0
	for _, w := range m.Weights[:len(policy.HealthInputs)] {
		total += w
	}
	if total <= 0 {
		return Learnt{}, ErrNothing
	}
	for i, name := range policy.HealthInputs {
		weight := int(math.Round(100 * m.Weights[i] / total))
		if weight > 0 || slices.ContainsFunc(old.Inputs, func(in policy.HealthInput) bool { return in.Input == name }) {
			out.Inputs = append(out.Inputs, input(old, name, weight))
		}
	}
	if out.LowBelow, err = threshold(out, train, chance); err == nil && out.LowBelow == 0 {
		err = ErrNever
	}
	return Learnt{Model: out, Rows: len(rows), Chance: chance}, err
}

func rowsOf(train []backtest.Episode) []fit.Row {
	var rows []fit.Row
	for _, e := range train {
		for _, m := range e.Moments {
			x := make([]float64, 2*len(m.X))
			for i, s := range m.X {
				if s == Unknown {
					x[len(m.X)+i] = 1
				} else {
					x[i] = 1 - s/standing.Full
				}
			}
			rows = append(rows, fit.Row{X: x, Lost: e.Outcome == backtest.Lost})
		}
	}
	return rows
}

// judges tells whether a model has anything to judge a customer by.
func judges(m policy.HealthModel, x []float64) bool {
	return slices.ContainsFunc(m.Inputs, func(in policy.HealthInput) bool {
		return in.Weight > 0 && x[slices.Index(policy.HealthInputs, in.Input)] != Unknown
	})
}

// threshold is the lowest score at which a loss is less likely than asked, of
// customers whom the model can judge: the full mark of others says nothing.
func threshold(m policy.HealthModel, train []backtest.Episode, chance float64) (int, error) {
	var rows []fit.Row
	for _, e := range train {
		for _, look := range e.Moments {
			if !judges(m, look.X) {
				continue
			}
			rows = append(rows, fit.Row{X: []float64{float64(standing.Full - Health(m, look.X))}, Lost: e.Outcome == backtest.Lost})
		}
	}
	line, err := fit.Logistic(rows, fit.Options{Penalty: 1, NonNegative: []int{0}})
	if err != nil {
		return 0, err
	}
	for low := 0; low <= standing.Full; low++ {
		if line.Chance([]float64{float64(standing.Full - low)}) < chance {
			return low, nil
		}
	}
	return standing.Full, nil
}

// Says puts a board into the sentence of the scoreboard.
func Says(label string, b backtest.Board) lang.Text {
	return lang.T(fmt.Sprintf("%s 会在 %.0f%% 的流失发生前提前 %.0f 天（中位数）预警，误报 %.0f%%", label, 100*b.Recall, b.LeadDays, 100*b.FalseAlarms),
		fmt.Sprintf("%s would have warned %.0f days before %.0f %% of the losses, with %.0f %% false alarms", label, b.LeadDays, 100*b.Recall, 100*b.FalseAlarms))
}
