package standing

import (
	"liuke.dev/shared/policy"
)

// complaintsUp sees more complaints than before: as many as the policy
// says, and more than the customer's own past lets expect.
func complaintsUp(e *eye, r policy.SignalRule) (finding, bool) {
	w, comparable := e.window(r.Check, r.Window, r.Baseline, e.began())
	all := e.of(Complaints)
	list := e.since(all, w.from)
	severe, found := reached(r, len(list))
	expected := 0.0
	if comparable {
		expected = w.expected(float64(len(between(all, w.base, w.from))), e.s.length(r.Window))
	}
	return finding{severe: severe, recent: float64(len(list)), baseline: expected, window: w, evidence: list,
		says: e.words("近%[1]d天投诉%[2]d起，以往同期%[3]s起", "%[2]d complaints in %[1]d days, %[3]s in such a time before", inDays(r.Window), len(list), figure(expected))}, found && float64(len(list)) > expected
}
