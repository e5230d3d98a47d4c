package ticket

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Say adds an entry to the conversation. Our first word to the customer is the
// first response; waits says that it asks something which the clocks wait for.
// The customer's word ends the waiting, and opens a case again that was solved
// or closed not too long ago; reopened tells that it did.
func (t *Ticket) Say(e catalogue.CaseEntry, waits bool, v *policy.View, now instant.Time) (said catalogue.CaseEntry, reopened bool, err error) {
	e.Text, e.At = strings.TrimSpace(e.Text), now
	f := Words("text", e.Text, MaxText)
	if e.Channel != "" && !policy.Has(v.Sections.Cases.Channels, e.Channel) {
		f = append(f, problem.FieldError("channel", "one_of", "没有这个渠道", "no channel has this id"))
	}
	if waits && e.Side != catalogue.CaseOutbound {
		f = append(f, problem.FieldError("waits", "outbound", "只有发给客户的内容才能等待客户", "only what is said to the customer can wait for the customer"))
	}
	if err := problem.InvalidFields(f...); err != nil {
		return e, false, err
	}
	if len(t.Talk) >= MaxTalk {
		return e, false, problem.Refuse("cases.full", "这个工单的记录已满，请新开工单并关联", "The case holds as many entries as it can: open another one")
	}
	switch e.Side {
	case catalogue.CaseInbound:
		if reopened, err = t.heard(v, now); err != nil {
			return e, false, err
		}
	case catalogue.CaseOutbound:
		if t.Ended() || t.Status == catalogue.CaseResolved && waits {
			return e, false, ended(t)
		}
		t.done(&t.Response, v, now)
		switch {
		case waits:
			t.wait(now)
		case t.Status == catalogue.CaseNew:
			t.Status = catalogue.CaseWorking
		}
	}
	said = t.say(e)
	t.Wind(v)
	return said, reopened, nil
}

// heard takes the customer's word in.
func (t *Ticket) heard(v *policy.View, now instant.Time) (reopened bool, err error) {
	switch t.Status {
	case catalogue.CaseWaiting:
		t.resume(now)
		t.Status = catalogue.CaseWorking
	case catalogue.CaseResolved, catalogue.CaseClosed:
		return true, t.Reopen(v, now)
	}
	return false, nil
}

// Reopen begins another round, with clocks of its own.
func (t *Ticket) Reopen(v *policy.View, now instant.Time) error {
	if t.Status != catalogue.CaseResolved && t.Status != catalogue.CaseClosed {
		return problem.Refuse("cases.open", "工单没有结束，无需重新打开", "The case is open")
	}
	since := max(t.ResolvedAt, t.ClosedAt)
	if within := v.Sections.Cases.Reopen; !within.IsZero() && now >= v.After(since, within) {
		return problem.Refuse("cases.reopen", "已超过可重新打开的期限，请新开工单", "The case ended too long ago: open another one")
	}
	kind := v.Sections.Cases.Kind(t.Kind)
	if kind != nil {
		clock := kind.Clock(t.Tier, t.Priority)
		t.Response, t.Solution = catalogue.CaseClock{Within: clock.Response.String()}, catalogue.CaseClock{Within: clock.Solution.String()}
	} else {
		t.Response, t.Solution = catalogue.CaseClock{Within: t.Response.Within}, catalogue.CaseClock{Within: t.Solution.Within}
	}
	t.Round, t.RoundAt, t.Pauses, t.Open = t.Round+1, now, nil, true
	t.Status, t.WaitsSince, t.Nudged, t.ResolvedAt, t.ClosedAt, t.CloseWhy, t.Says, t.Outcome = catalogue.CaseNew, 0, 0, 0, 0, "", "", nil
	t.Wind(v)
	return nil
}

func ended(t *Ticket) error {
	return problem.Refuse("cases.ended", "工单已结束（"+t.Status+"），请先重新打开", "The case has ended ("+t.Status+"): open it again first")
}
