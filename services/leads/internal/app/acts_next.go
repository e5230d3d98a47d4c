package app

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"

	"liuke.dev/services/leads/internal/lead"
)

// ActsNext says who does what next.
type ActsNext struct {
	Person     string       `json:"person"`
	OnBehalfOf string       `json:"on_behalf_of,omitempty" doc:"The owner, where a delegate stands in (R-165)"`
	Action     lang.Text    `json:"action"`
	Due        instant.Time `json:"due,omitempty"`
}

// ActsNext gives who acts next on an open lead; nil on one that ended or waits in the public pool.
func (a *App) ActsNext(l catalogue.Lead) *ActsNext {
	at, v, err := a.now()
	if err != nil || l.Owner == "" || !lead.Open(l.Status) {
		return nil
	}
	n := &ActsNext{Person: l.Owner, Action: lang.T(l.NextAction, l.NextAction), Due: dueOf(l, v)}
	if d := a.People.Delegate(l.Owner, at); d != "" {
		n.Person, n.OnBehalfOf = d, l.Owner
	}
	switch {
	case l.NextAction != "":
	case l.FirstTouchAt.IsZero():
		n.Action = lang.T("首次联系", "first contact")
	default:
		n.Action = lang.T("安排下次跟进", "plan the next touch")
	}
	return n
}
