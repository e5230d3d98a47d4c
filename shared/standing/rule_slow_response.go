package standing

import (
	"liuke.dev/shared/policy"
)

// slowResponse sees that we answer the needs a customer raises too slowly
// (需求响应速度, R-092).
func slowResponse(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	hours, list := e.responses(w.from)
	if len(list) < max(r.Least, 1) {
		return finding{}, false
	}
	return finding{severe: r.Severe > 0 && hours >= float64(r.Severe), recent: hours, baseline: float64(r.Warning), window: w, evidence: list,
		says: e.words("需求平均%s小时才响应", "needs are answered after %s hours on average", figure(hours))}, hours >= float64(r.Warning)
}
