package standing

import (
	"liuke.dev/shared/policy"
)

// coldNeed sees quotes and samples of which the customer says nothing (需求模糊、
// 反馈冷淡, R-085): no word and no order within the policy's time, and none since.
func coldNeed(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	answered := e.answered()
	var cold []Mark
	for _, q := range e.since(e.of(Quotes), w.from) {
		if q.At > answered && e.at >= e.s.view.After(q.At, r.Within) {
			cold = append(cold, q)
		}
	}
	severe, found := reached(r, len(cold))
	return finding{severe: severe, recent: float64(len(cold)), baseline: float64(r.Warning), window: w, evidence: cold,
		says: e.words("%d份报价或样品没有回音", "%d quotes or samples were not answered", len(cold))}, found
}
