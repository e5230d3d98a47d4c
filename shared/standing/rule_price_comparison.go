package standing

import (
	"liuke.dev/shared/policy"
)

// priceComparison sees that our quotes are compared with others' again and again
// (报价被频繁比价, R-096).
func priceComparison(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	list := e.since(e.of(Compared), w.from)
	severe, found := reached(r, len(list))
	return finding{severe: severe, recent: float64(len(list)), baseline: float64(r.Warning), window: w, evidence: list,
		says: e.words("近%[1]d天报价被比价%[2]d次", "quotes were compared with others' %[2]d times in %[1]d days", inDays(r.Window), len(list))}, found
}
