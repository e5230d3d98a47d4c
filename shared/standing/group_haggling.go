package standing

import (
	"liuke.dev/shared/policy"
)

// haggling is group 3: who presses the price again and again and sends no order
// (价格压得极低但迟迟不回单, R-108).
func haggling(e *eye) (finding, bool) {
	g := e.s.Rules.Groups
	w, _ := e.window(policy.CheckWeekly, g.PressesOf, policy.Duration{}, 0)
	from := w.from
	if newest, ordered := last(e.orders); ordered {
		from = max(from, newest.At+1)
	}
	list := e.since(e.of(Presses), from)
	newest, pressed := last(list)
	if !pressed || len(list) < g.Presses || e.at < e.s.view.After(newest.At, g.OrderWithin) {
		return finding{}, false
	}
	return finding{recent: float64(len(list)), baseline: float64(g.Presses), window: w, evidence: list,
		says: e.words("压价%d次，仍未下单", "pressed the price %d times and has not ordered", len(list))}, true
}
