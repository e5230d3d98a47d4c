package ticket

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Assign gives the case to somebody else: it never has nobody.
func (t *Ticket) Assign(owner string, v *policy.View) error {
	switch {
	case owner == "":
		return problem.InvalidFields(problem.Required("owner"))
	case t.Ended():
		return ended(t)
	}
	t.Owner = owner
	t.Wind(v)
	return nil
}

// Sort gives the case another kind or priority, and with it other clocks, which
// count from the same beginning; empty leaves either as it is.
func (t *Ticket) Sort(kind, priority, title, feature string, v *policy.View) error {
	if t.Ended() {
		return ended(t)
	}
	if kind != "" {
		t.Kind = kind
	}
	if priority != "" {
		t.Priority = priority
	}
	k := v.Sections.Cases.Kind(t.Kind)
	if k == nil {
		return problem.InvalidFields(problem.FieldError("kind", "one_of", "没有这个工单类型", "no kind of cases has this id"))
	}
	if title = strings.TrimSpace(title); title != "" {
		if f := Words("title", title, MaxTitle); f != nil {
			return problem.InvalidFields(f...)
		}
		t.Title = title
	}
	if feature = strings.TrimSpace(feature); feature != "" {
		if f := Words("feature", feature, MaxFeature); f != nil {
			return problem.InvalidFields(f...)
		}
		t.Feature = feature
	}
	t.KindName, t.Calendar, t.Complaint = k.Name, k.Calendar, k.ID == v.Sections.Cases.Complaint
	clock := k.Clock(t.Tier, t.Priority)
	if t.Response.DoneAt.IsZero() {
		t.Response.Within = clock.Response.String()
	}
	if t.Solution.DoneAt.IsZero() {
		t.Solution.Within = clock.Solution.String()
	}
	t.Wind(v)
	return nil
}

// Resolve says how the case was solved; the customer may object until it is closed.
func (t *Ticket) Resolve(says, by string, v *policy.View, now instant.Time) error {
	says = strings.TrimSpace(says)
	if err := problem.InvalidFields(Words("resolution", says, MaxText)...); err != nil {
		return err
	}
	if t.Ended() || t.Status == catalogue.CaseResolved {
		return ended(t)
	}
	if err := t.answered(v); err != nil {
		return err
	}
	t.resolve(says, by, v, now)
	return nil
}

func (t *Ticket) resolve(says, by string, v *policy.View, now instant.Time) {
	t.resume(now)
	t.done(&t.Response, v, now)
	t.done(&t.Solution, v, now)
	t.Status, t.Says, t.ResolvedAt = catalogue.CaseResolved, says, now
	if len(t.Talk) < MaxTalk {
		t.say(catalogue.CaseEntry{Side: catalogue.CaseOutbound, By: by, Text: says, At: now})
	}
}

// answered refuses to end a case whose kind needs an outcome that the customer was told.
func (t *Ticket) answered(v *policy.View) error {
	k := v.Sections.Cases.Kind(t.Kind)
	if k == nil || !k.Outcome || t.Outcome != nil && t.Outcome.Final && !t.Outcome.Told.IsZero() {
		return nil
	}
	return problem.Refuse("R-145", "须先给出最终处理结果并告知客户", "It takes a final outcome first, which the customer was told")
}

// Close ends the case.
func (t *Ticket) Close(why string, v *policy.View, now instant.Time) error {
	if t.Ended() {
		return ended(t)
	}
	switch why {
	case "solved", "agreed":
		if t.Status != catalogue.CaseResolved {
			return problem.Refuse("cases.unsolved", "尚未解决，请先写明解决结果", "It is not solved: say how it was first")
		}
	case "no_answer":
		if t.Status != catalogue.CaseWaiting {
			return problem.Refuse("cases.waiting", "并未在等待客户", "It does not wait for the customer")
		}
	case "withdrawn", "duplicate":
	default:
		return problem.InvalidFields(problem.FieldError("reason", "one_of", "只能是 solved、agreed、no_answer、withdrawn、duplicate", "must be solved, agreed, no_answer, withdrawn or duplicate"))
	}
	if why == "solved" || why == "agreed" {
		if err := t.answered(v); err != nil {
			return err
		}
	}
	t.resume(now)
	t.done(&t.Response, v, now)
	t.done(&t.Solution, v, now)
	t.Status, t.ClosedAt, t.CloseWhy, t.Open = catalogue.CaseClosed, now, why, false
	return nil
}

// Decide says what becomes of a suggestion; a decision can be followed by another
// one until a final one was told.
func (t *Ticket) Decide(outcome, reason, by string, v *policy.View, now instant.Time) error {
	o := v.Sections.Cases.Outcome(outcome)
	reason = strings.TrimSpace(reason)
	f := Words("reason", reason, MaxText)
	if o == nil {
		f = append(f, problem.FieldError("outcome", "one_of", "没有这个处理结果", "no outcome has this id"))
	}
	if err := problem.InvalidFields(f...); err != nil {
		return err
	}
	if t.Ended() || t.Status == catalogue.CaseResolved {
		return ended(t)
	}
	t.Outcome = &catalogue.CaseOutcome{Outcome: o.ID, Name: o.Name, Final: o.Final, Reason: reason, By: by, At: now}
	t.done(&t.Response, v, now)
	if t.Status == catalogue.CaseNew {
		t.Status = catalogue.CaseWorking
	}
	t.Wind(v)
	return nil
}

// Told notes that the customer knows the outcome; a final one solves the case.
func (t *Ticket) Told(by string, v *policy.View, now instant.Time) error {
	switch {
	case t.Outcome == nil:
		return problem.Refuse("R-145", "还没有处理结果", "There is no outcome yet")
	case !t.Outcome.Told.IsZero():
		return nil
	}
	o := *t.Outcome
	o.Told = now
	t.Outcome = &o
	if o.Final && t.Status != catalogue.CaseResolved && !t.Ended() {
		t.resolve(o.Name.Zh+"："+o.Reason, by, v, now)
	} else {
		t.say(catalogue.CaseEntry{Side: catalogue.CaseOutbound, By: by, Text: o.Name.Zh + "：" + o.Reason, At: now})
	}
	return nil
}

// Statuses are the names of the states, as people read them.
var Statuses = map[string]lang.Text{catalogue.CaseNew: lang.T("待响应", "waiting for our answer"), catalogue.CaseWorking: lang.T("处理中", "in progress"),
	catalogue.CaseWaiting: lang.T("等待客户回复", "waiting for the customer"), catalogue.CaseResolved: lang.T("已解决", "solved"), catalogue.CaseClosed: lang.T("已关闭", "closed")}
