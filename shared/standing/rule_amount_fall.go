package standing

import (
	"fmt"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// amountFall sees that a customer buys less (交易金额下降, R-086): a smaller amount,
// a smaller volume, or a pause far beyond its usual order cycle; that the price
// was pressed meanwhile is said with it. The worst of them decides.
func amountFall(e *eye, r policy.SignalRule) (finding, bool) {
	worst, found := e.fell(r, e.bought(), lang.T("交易金额", "amount ordered"), e.orders, e.amounts)
	if found {
		worst.recent, worst.baseline = worst.recent/100, worst.baseline/100 // minor units
		worst.says = e.words("交易金额下降：近%[1]d天%[2]s，按自身以往应为%[3]s", "the amount ordered fell: %[2]s in %[1]d days, where its own past lets expect %[3]s",
			inDays(r.Window), figure(worst.recent), figure(worst.baseline))
	}
	volume, less := e.fell(r, e.bought(), lang.T("采购量", "volume"), e.orders, e.units)
	if less && (!found || volume.severe && !worst.severe) {
		worst, found = volume, true
	}
	if pause, paused := e.pause(r); paused && (!found || pause.severe && !worst.severe) {
		worst, found = pause, true
	}
	if n := len(e.since(e.of(Presses), worst.window.from)); found && n > 0 && !e.quiet {
		worst.says.Zh += fmt.Sprintf("；期间压价%d次", n)
		worst.says.En += fmt.Sprintf("; the price was pressed %d times meanwhile", n)
	}
	return worst, found
}

// units sums the pieces of orders.
func (e *eye) units(from, to instant.Time) (float64, int) {
	sum, n := int64(0), 0
	for _, o := range between(e.orders, from, to) {
		if o.Units > 0 {
			sum, n = sum+o.Units, n+1
		}
	}
	return float64(sum), n
}

// pause sees that buying paused: twice the usual time between orders is a
// warning at a fall of 50 percent, and so on, as of the beginning of the week.
func (e *eye) pause(r policy.SignalRule) (finding, bool) {
	gap, known := e.usualGap()
	if !known || len(e.orders) < max(r.Least, 1)+1 {
		return finding{}, false
	}
	newest, _ := last(e.orders)
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	since := e.s.grid.anchor(r.Check, e.at) - newest.At
	if since <= e.s.length(r.Window)/2 {
		return finding{}, false // a short cycle is what order frequency judges
	}
	left := 100 * float64(gap) / float64(since)
	if left > float64(100-max(r.Warning, 50)) {
		return finding{}, false
	}
	day := float64(dayLength / e.s.grid.speed)
	return finding{severe: r.Severe > 0 && left <= float64(100-r.Severe)/2, recent: float64(since) / day, baseline: float64(gap) / day, window: w, evidence: []Mark{newest},
		says: e.words("采购暂停：距上次下单%s天，通常间隔%s天", "buying paused: %s days since the last order, usually %s between them", figure(float64(since)/day), figure(float64(gap)/day))}, true
}
