package standing

import (
	"liuke.dev/shared/policy"
)

// satisfactionFall sees that ratings are below the bound, 70 of 100 as shipped:
// looked at monthly, it asks for an improvement plan (反馈满意度降低, R-090, C-07).
func satisfactionFall(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	list := e.since(e.of(Ratings), w.from)
	if len(list) < max(r.Least, 1) {
		return finding{}, false
	}
	mean := meanOf(list)
	return finding{severe: mean < float64(r.Severe), recent: mean, baseline: float64(r.Warning), window: w, evidence: list,
		says: e.words("满意度%s分，低于%d分", "satisfaction is %s, below %d", figure(mean), r.Warning)}, mean < float64(r.Warning)
}
