package standing

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"slices"
)

// activityFall sees that a customer does less than it used to, by days on which it
// did anything: looked at weekly, a fall of 30 percent or more asks for a
// proactive revisit (活跃度下降, R-088, C-14).
func activityFall(e *eye, r policy.SignalRule) (finding, bool) {
	var all []Mark
	if !e.quiet {
		for _, list := range [][]Mark{e.orders, e.of(Inbound), e.of(Logins)} {
			all = append(all, list...)
		}
		slices.SortFunc(all, order)
	}
	return e.fell(r, e.began(), lang.T("活跃度", "activity"), all, func(from, to instant.Time) (float64, int) {
		n := e.activeDays(from, to)
		return float64(n), n
	})
}
