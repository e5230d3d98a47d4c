package trust

import (
	"fmt"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// promiseOverdue: the next step is said to come, but it is long overdue and nobody
// has been in touch since.
func promiseOverdue(e *eye) {
	out, spoke := e.Latest(catalogue.Outbound, board.Spoken)
	for _, r := range e.Items() {
		if r.PromiseDue == 0 || r.LastContact >= r.PromiseDue || spoke && out.At >= r.PromiseDue || !e.past(r.PromiseDue, e.PromiseOverdue) {
			continue
		}
		n := days(r.PromiseDue, e.now)
		e.find(board.Finding{Rule: "promise_overdue", Subject: &r.Subject, Since: r.PromiseDue, Says: lang.T(
			fmt.Sprintf("“%s”承诺的下一步（%s）已过期 %d 天，此后没有联系", r.Title, r.Promise, n),
			fmt.Sprintf("The next step promised on %q (%s) is %d days overdue and nobody has been in touch since", r.Title, r.Promise, n))})
	}
}
