package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// finding is what a rule of early signs found.
type finding struct {
	severe           bool
	recent, baseline float64
	window           window
	says             lang.Text
	evidence         []Mark
}

// signals are the rules of early signs by name, each in a file of its own.
var signals = map[string]func(*eye, policy.SignalRule) (finding, bool){
	policy.SignalOrderFall: orderFrequencyFall, policy.SignalRevisitFall: revisitFall, policy.SignalContactFall: contactFrequencyFall,
	policy.SignalContactChange: contactChange, policy.SignalColdNeed: coldNeed, policy.SignalAmountFall: amountFall, policy.SignalCooperationFall: cooperationFall,
	policy.SignalActivityFall: activityFall, policy.SignalSatisfaction: satisfactionFall, policy.SignalUsageFall: usageFall, policy.SignalSlowResponse: slowResponse,
	policy.SignalComplaints: complaintsUp, policy.SignalRemarks: repeatedRemarks, policy.SignalContactChanges: frequentContactChange,
	policy.SignalRenewal: renewalUnsettled, policy.SignalComparison: priceComparison,
}

// signals gives the early signs that hold, in the order of the policy.
func (e *eye) signals() []catalogue.Signal {
	out := []catalogue.Signal{}
	for _, r := range e.s.Rules.Signals {
		rule := signals[r.Rule]
		if rule == nil {
			continue
		}
		f, found := rule(e, r)
		if !found {
			continue
		}
		s := catalogue.Signal{Rule: r.Rule, Severity: catalogue.SignalWarning}
		if f.severe {
			s.Severity = catalogue.SignalSevere
		}
		if !e.quiet {
			s.Says, s.Action, s.Cause = f.says, r.Action, e.cause(r.Rule)
			s.From, s.To, s.Recent, s.Baseline, s.Evidence = f.window.from, f.window.to, rounded(f.recent), rounded(f.baseline), e.evidence(f.evidence)
		}
		out = append(out, s)
	}
	return out
}

// fell judges a fall against the customer's own baseline: 30 percent or more is a
// warning, 50 or more severe, as shipped (C-14).
func (e *eye) fell(r policy.SignalRule, start instant.Time, what lang.Text, list []Mark, count func(from, to instant.Time) (float64, int)) (finding, bool) {
	w, comparable := e.window(r.Check, r.Window, r.Baseline, start)
	if !comparable {
		return finding{}, false
	}
	base, n := count(w.base, w.from)
	if n < max(r.Least, 1) || base <= 0 {
		return finding{}, false
	}
	recent, _ := count(w.from, w.to+1)
	long := e.s.length(r.Window)
	left := w.fraction(recent, base, long)
	if left > float64(100-r.Warning) {
		return finding{}, false
	}
	f := finding{severe: r.Severe > 0 && left <= float64(100-r.Severe), recent: recent, baseline: w.expected(base, long), window: w, evidence: e.lately(list, w)}
	f.says = e.words("%[1]s下降%[3]s%%：近%[4]d天%[5]s，按自身以往应为%[6]s", "%[2]s fell by %[3]s%%: %[5]s in %[4]d days, where its own past lets expect %[6]s",
		what.Zh, what.En, figure(100-left), inDays(r.Window), figure(recent), figure(f.baseline))
	return f, true
}

// reach is how far back a rule looks, its baseline included.
func (e *eye) reach(r policy.SignalRule) instant.Time {
	return e.s.grid.anchor(r.Check, e.at) - e.s.length(r.Window) - e.s.length(r.Baseline)
}

// lately gives what shows a fall: what is in the window, or if there is nothing
// the last before it.
func (e *eye) lately(list []Mark, w window) []Mark {
	if in := between(list, w.from, w.to+1); len(in) > 0 {
		return in
	}
	before := upTo(list, w.from)
	return before[max(0, len(before)-3):]
}

// countIn counts the marks of a list.
func countIn(list []Mark) func(from, to instant.Time) (float64, int) {
	return func(from, to instant.Time) (float64, int) {
		n := len(between(list, from, to))
		return float64(n), n
	}
}

// reached judges a number of cases.
func reached(r policy.SignalRule, n int) (severe, found bool) {
	return r.Severe > 0 && n >= r.Severe, n >= r.Warning
}
