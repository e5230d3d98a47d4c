// Package trust holds what the system says of a customer against what the customer
// does (系统数据与实际行为双向验证, R-042): each contradiction is a finding, listed with
// the customer and over all customers, until the two agree again or somebody says
// why it is right as it is.
//
// The rules are pure functions over the customer's board, one file each. They say,
// too, when time alone will change what they find, so that nothing is ever scanned.
package trust

import (
	"cmp"
	"slices"
	"time"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// eye is what a rule sees and says.
type eye struct {
	board.Board
	policy.DataTrust
	now   instant.Time
	found []board.Finding
	next  instant.Time
}

// rules are all rules, in the order in which findings are shown.
var rules = []func(*eye){negotiationSilent, wonWithoutOrder, promiseOverdue, deciderLeft, withoutConsent, boughtAfterLoss}

// Judge gives the findings that hold, and the first instant at which passing time
// alone changes them; zero: never.
func Judge(b board.Board, s policy.DataTrust, now instant.Time) ([]board.Finding, instant.Time) {
	e := &eye{Board: b, DataTrust: s, now: now}
	for _, rule := range rules {
		rule(e)
	}
	slices.SortStableFunc(e.found, func(x, y board.Finding) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Key(), y.Key()))
	})
	return e.found, e.next
}

// past tells whether more than d has passed since an instant; if it is still to
// pass, it is remembered when. A rule that is switched off never finds anything.
func (e *eye) past(since instant.Time, d policy.Duration) bool {
	if d.IsZero() {
		return false
	}
	after := since.Add(d.Elapsed() + time.Millisecond)
	if e.now >= after {
		return true
	}
	if e.next == 0 || after < e.next {
		e.next = after
	}
	return false
}

func (e *eye) find(f board.Finding) { e.found = append(e.found, f) }

// days counts whole days, for words.
func days(from, to instant.Time) int { return int(to.Sub(from).Hours() / 24) }
