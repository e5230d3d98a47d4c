package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"slices"
)

// revisits are the kinds of entries by which we revisit a customer.
var revisits = []string{catalogue.EntryFollowUp, catalogue.EntryVisit, catalogue.EntryCall, catalogue.EntryMeeting, catalogue.EntryCare}

// revisitFall sees that we revisit a customer less often than we used to
// (回访次数减少, R-082).
func revisitFall(e *eye, r policy.SignalRule) (finding, bool) {
	var list []Mark
	for _, m := range e.of(Outbound) {
		if slices.Contains(revisits, m.Kind) {
			list = append(list, m)
		}
	}
	return e.fell(r, e.began(), lang.T("回访次数", "revisits"), list, countIn(list))
}
