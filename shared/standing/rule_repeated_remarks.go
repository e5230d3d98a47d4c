package standing

import (
	"liuke.dev/shared/policy"
)

// repeatedRemarks sees remarks about one and the same feature again and again.
func repeatedRemarks(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	by := map[string][]Mark{}
	var most []Mark // of the feature with most remarks, the first of those with as many
	for _, m := range e.since(e.of(Remarks), w.from) {
		by[m.Of] = append(by[m.Of], m)
		if len(by[m.Of]) > len(most) {
			most = by[m.Of]
		}
	}
	severe, found := reached(r, len(most))
	if !found {
		return finding{}, false
	}
	return finding{severe: severe, recent: float64(len(most)), baseline: float64(r.Warning), window: w, evidence: most,
		says: e.words("同一功能被反复提及%d次：%s", "one feature was remarked on %d times: %s", len(most), most[0].Of)}, true
}
