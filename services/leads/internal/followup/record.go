package followup

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// By is who recorded a follow-up.
type By struct {
	ID string
	// Owns tells that they own the subject, or stand in for its absent owner.
	Owns bool
	// Captures tells that they are a system which records contacts of others.
	Captures bool
}

// Record checks an input and makes the follow-up record of it. Every field
// error is collected; a refusal names the requirement as its rule.
func Record(id string, in Input, s Subject, by By, v *policy.View, now instant.Time) (catalogue.FollowUp, error) {
	in = in.trimmed()
	typed := in.typed()
	if in.OccurredAt > now && in.OccurredAt <= now.Add(skew) {
		in.OccurredAt = now
	}
	if in.Captured && in.Channel == "" {
		in.Channel = "other"
	}
	if s.Owner == "" && s.Open && (!in.Captured || !in.NextTouchAt.IsZero()) { // nobody is there to make the next touch
		return catalogue.FollowUp{}, problem.Refuse("R-047", "在公共资源中，请先领取再联系", "It is in the public pool: claim it before you talk to the customer")
	}
	if err := problem.InvalidFields(check(in, s, by, v, now)...); err != nil {
		return catalogue.FollowUp{}, err
	}
	f := catalogue.FollowUp{ID: id, Subject: s.Ref, By: by.ID, OccurredAt: in.OccurredAt, RecordedAt: now, Channel: in.Channel, Direction: in.Direction,
		KeyPoints: in.KeyPoints, NextAction: in.NextAction, NextTouchAt: in.NextTouchAt, Result: in.Result, Objections: in.Objections, Question: in.Question,
		CustomerType: in.CustomerType, BudgetBand: in.BudgetBand, KeyPerson: in.KeyPerson, KeyNeed: in.KeyNeed, Captured: in.Captured, Typed: typed}
	if !by.Owns {
		f.NotOwnerReason = in.NotOwnerReason
	}
	f.LateByMS = max(now.Sub(v.After(in.OccurredAt, v.Sections.FollowUp.RecordWithin)).Milliseconds(), 0)
	f.Late = f.LateByMS > 0
	f.Counts = !in.NextTouchAt.IsZero()
	return f, nil
}

// Apply gives the trail after the follow-up: last contact from the newest
// record, the plan only from one that counts, what is known
// about the customer from both.
func (t Trail) Apply(f catalogue.FollowUp, stage string) Trail {
	t.LastContactAt = max(t.LastContactAt, f.OccurredAt)
	if f.Counts {
		t.FollowUps++
		t.NextTouchAt, t.NextAction = f.NextTouchAt, f.NextAction
	}
	set(&t.LastResult, f.Result)
	set(&t.CustomerType, f.CustomerType)
	set(&t.BudgetBand, f.BudgetBand)
	set(&t.KeyPerson, f.KeyPerson)
	set(&t.KeyNeed, f.KeyNeed)
	known := slices.Clone(t.Objections)
	for _, o := range f.Objections {
		if !slices.Contains(known, o) {
			known = append(known, o)
		}
	}
	t.Objections = known
	t.Judge(stage)
	return t
}

func set(to *string, v string) {
	if v != "" {
		*to = v
	}
}

// Facts gives the facts of a follow-up on a subject whose trail is after: the
// record, and the next touch with the task that is created from it.
// assignee is who does the next touch: the owner as a rule.
func Facts(f catalogue.FollowUp, after Trail, owner, assignee, company string) []catalogue.Data {
	facts := []catalogue.Data{&catalogue.FollowUpRecorded{FollowUp: f, Owner: owner, Done: after.Done, Missing: after.Missing}}
	if f.Counts {
		facts = append(facts, &catalogue.NextTouchPlanned{Subject: f.Subject, Task: f.ID, Assignee: assignee, Action: f.NextAction, Due: f.NextTouchAt,
			Company: company})
	}
	return facts
}
