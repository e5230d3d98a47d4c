package standing

import (
	"liuke.dev/shared/policy"
)

// frequentContactChange sees that the people whom one deals with change often.
func frequentContactChange(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	list := e.changes(w.from)
	severe, found := reached(r, len(list))
	return finding{severe: severe, recent: float64(len(list)), baseline: float64(r.Warning), window: w, evidence: list,
		says: e.words("近%[1]d天关键联系人变动%[2]d次", "key contacts changed %[2]d times in %[1]d days", inDays(r.Window), len(list))}, found
}
