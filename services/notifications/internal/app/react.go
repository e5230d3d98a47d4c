package app

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// reaction is what a fact makes notifications do.
type reaction func(*Desk, context.Context, facts.Event) error

// reactions to facts of leads, by type. Facts may come twice or late: what they
// say of a subject is kept by the aggregate's version, and what they do to tasks
// touches only tasks that were opened before them.
var reactions = map[string]reaction{
	kind(&catalogue.LeadRecorded{}):      on(leadRecorded),
	kind(&catalogue.LeadAssigned{}):      on(leadAssigned),
	kind(&catalogue.LeadPooled{}):        on(leadPooled),
	kind(&catalogue.LeadStatusChanged{}): on(leadStatusChanged),
	kind(&catalogue.DealOpened{}):        on(dealOpened),
	kind(&catalogue.DealImported{}):      on(dealImported),
	kind(&catalogue.DealAssigned{}):      on(dealAssigned),
	kind(&catalogue.DealClosed{}):        on(dealClosed),
	kind(&catalogue.DealReopened{}):      on(dealReopened),
	kind(&catalogue.QuoteConfirmed{}):    on(quoteConfirmed),
	kind(&catalogue.OwnerChanged{}):      on(ownerChanged),
	kind(&catalogue.CustomerClaimed{}):   on(customerClaimed),
	kind(&catalogue.CustomerPooled{}):    on(customerPooled),
	kind(&catalogue.FollowUpRecorded{}):  on(followUpRecorded),
	kind(&catalogue.NextTouchPlanned{}):  on(nextTouchPlanned),
	kind(&catalogue.TransferStepped{}):   on(transferStepped),
}

// Types are the facts of leads that notifications reacts to.
func Types() []string {
	out := make([]string, 0, len(reactions))
	for t := range reactions {
		out = append(out, t)
	}
	return out
}

func kind(d catalogue.Data) string { return d.Kind().Type }

func on[D any](f func(*Desk, context.Context, facts.Event, D) error) reaction {
	return func(d *Desk, ctx context.Context, e facts.Event) error {
		data, err := facts.Decode[D](e)
		if err != nil {
			return err
		}
		return f(d, ctx, e, data)
	}
}

// React does what a fact asks for; facts that ask for nothing are left aside.
func (d *Desk) React(ctx context.Context, e facts.Event) error {
	r, ok := reactions[e.Type]
	if !ok {
		return nil
	}
	return r(d, facts.WithCause(ctx, e.ID), e)
}

func lead(id string) catalogue.Subject { return catalogue.Subject{Kind: catalogue.KindLead, ID: id} }
func deal(id string) catalogue.Subject { return catalogue.Subject{Kind: catalogue.KindDeal, ID: id} }
func customer(id string) catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindCustomer, ID: id}
}

// over are the states in which a lead is no longer pursued.
var over = map[string]bool{catalogue.LeadConverted: true, catalogue.LeadFolded: true, catalogue.LeadClosed: true}

func leadRecorded(d *Desk, ctx context.Context, e facts.Event, f catalogue.LeadRecorded) error {
	_, err := d.learn(ctx, lead(f.After.ID), e, func(s *storage.Subject) {
		s.Owner, s.Closed = f.After.Owner, over[f.After.Status]
		s.Touched = max(s.Touched, f.After.FirstTouchAt)
	})
	if err != nil || f.After.Owner == "" || f.After.Status != catalogue.LeadNew || f.After.Imported {
		return err
	}
	return d.openFirstTouch(ctx, e, f.After)
}

// openFirstTouch opens a new lead's first-contact task.
func (d *Desk) openFirstTouch(ctx context.Context, e facts.Event, l catalogue.Lead) error {
	v, err := d.Policy.At(e.Time)
	if err != nil {
		return problem.Away(err) // the book is still being read
	}
	_, _, err = d.Open(ctx, task.Task{Owner: l.Owner, Follows: true, Task: catalogue.Task{ID: effects.FirstTouchTask(l.ID, e.Version), Kind: catalogue.TaskFirstTouch, Subject: lead(l.ID),
		Customer: e.Customer, Company: l.Company, Title: lang.T("首次联系", "First contact"), Due: v.On(d.People.Calendar(l.Owner)).After(l.ClocksFrom, v.Sections.Intake.FirstTouchWithin),
		Rule: "first_touch_task", Why: e.ID, CreatedAt: e.Time}})
	return err
}

func leadAssigned(d *Desk, ctx context.Context, e facts.Event, f catalogue.LeadAssigned) error {
	return d.owned(ctx, lead(f.Lead), e, f.After, f.Reason)
}

func leadPooled(d *Desk, ctx context.Context, e facts.Event, f catalogue.LeadPooled) error {
	return d.owned(ctx, lead(f.Lead), e, "", "")
}

func leadStatusChanged(d *Desk, ctx context.Context, e facts.Event, f catalogue.LeadStatusChanged) error {
	return d.closed(ctx, lead(f.Lead), e, over[f.After], "lead_"+f.After)
}

func dealOpened(d *Desk, ctx context.Context, e facts.Event, f catalogue.DealOpened) error {
	_, err := d.learn(ctx, deal(f.After.ID), e, func(s *storage.Subject) { s.Owner, s.Closed = f.After.Owner, false })
	return err
}

func dealImported(d *Desk, ctx context.Context, e facts.Event, f catalogue.DealImported) error {
	_, err := d.learn(ctx, deal(f.After.ID), e, func(s *storage.Subject) { s.Owner, s.Closed = f.After.Owner, f.After.Outcome != catalogue.DealOpen })
	return err
}

func dealAssigned(d *Desk, ctx context.Context, e facts.Event, f catalogue.DealAssigned) error {
	return d.owned(ctx, deal(f.Deal), e, f.After, f.Reason)
}

func dealClosed(d *Desk, ctx context.Context, e facts.Event, f catalogue.DealClosed) error {
	return d.closed(ctx, deal(f.Deal), e, true, "deal_"+f.Outcome)
}

func dealReopened(d *Desk, ctx context.Context, e facts.Event, f catalogue.DealReopened) error {
	return d.closed(ctx, deal(f.Deal), e, false, "")
}

func quoteConfirmed(d *Desk, ctx context.Context, e facts.Event, f catalogue.QuoteConfirmed) error {
	_, err := d.endAll(ctx, deal(f.Deal), catalogue.TaskDone, e.ID, func(t task.Task) bool {
		return t.Kind == catalogue.TaskQuoteConfirm && t.CreatedAt.Before(e.Time)
	})
	return err
}

func ownerChanged(d *Desk, ctx context.Context, e facts.Event, f catalogue.OwnerChanged) error {
	return d.owned(ctx, customer(f.After.Customer), e, f.After.Owner, f.Reason)
}

func customerClaimed(d *Desk, ctx context.Context, e facts.Event, f catalogue.CustomerClaimed) error {
	return d.owned(ctx, customer(f.After.Customer), e, f.After.Owner, "claim")
}

func customerPooled(d *Desk, ctx context.Context, e facts.Event, f catalogue.CustomerPooled) error {
	return d.owned(ctx, customer(f.After.Customer), e, "", "")
}

// followUpRecorded ends what waited for it; only one that names a next touch
// counts.
func followUpRecorded(d *Desk, ctx context.Context, e facts.Event, f catalogue.FollowUpRecorded) error {
	if !f.FollowUp.Counts {
		return nil
	}
	if f.FollowUp.Direction == "outbound" {
		if err := d.touched(ctx, f.FollowUp.Subject, f.FollowUp.OccurredAt); err != nil {
			return err
		}
	}
	_, err := d.endAll(ctx, f.FollowUp.Subject, catalogue.TaskDone, "follow_up:"+f.FollowUp.ID, func(t task.Task) bool {
		return task.EndedBy(t, f.FollowUp, e.Time)
	})
	return err
}

// nextTouchPlanned opens the task under the id that the fact names.
func nextTouchPlanned(d *Desk, ctx context.Context, e facts.Event, f catalogue.NextTouchPlanned) error {
	_, _, err := d.Open(ctx, task.Task{Owner: f.Assignee, Follows: true, Task: catalogue.Task{ID: f.Task, Kind: catalogue.TaskNextTouch, Subject: f.Subject,
		Customer: e.Customer, Company: f.Company, Title: nextTouch(f.Action), Due: f.Due, Rule: "next_touch", Why: e.ID, CreatedAt: e.Time}})
	return err
}

// transferStepped ends the task of the step that was made; all of them when the
// transfer ended.
func transferStepped(d *Desk, ctx context.Context, e facts.Event, f catalogue.TransferStepped) error {
	s := catalogue.Subject{Kind: catalogue.KindTransfer, ID: f.After.ID}
	if _, err := d.endAll(ctx, s, catalogue.TaskDone, f.After.Status, func(t task.Task) bool {
		return t.CreatedAt.Before(e.Time) && task.StepMade(t.Kind, f.Before)
	}); err != nil {
		return err
	}
	if err := d.note(ctx, s); err != nil || f.After.EndedAt.IsZero() {
		return err
	}
	_, err := d.Cancel(ctx, s, e.Time, "transfer_"+f.After.Status, func(task.Task) bool { return true })
	return err
}

// owned gives the tasks that follow a subject to its new owner; in the pool, where
// nobody is responsible, they end, and an undo takes them up again.
func (d *Desk) owned(ctx context.Context, subject catalogue.Subject, e facts.Event, owner, reason string) error {
	s, err := d.learn(ctx, subject, e, func(s *storage.Subject) { s.Owner = owner })
	if err != nil {
		return err
	}
	if s.Owner == "" {
		_, err := d.Cancel(ctx, subject, e.Time, pooled, func(t task.Task) bool { return t.Follows })
		return err
	}
	if reason == undo {
		if err := d.takeUp(ctx, subject, s.Owner); err != nil {
			return err
		}
	}
	var ids []string
	err = each(ctx, d.Docs.Tasks, store.Query{Index: storage.BySubject, Equal: []any{subject.Kind, subject.ID, catalogue.TaskOpen}}, func(doc *store.Doc[task.Task]) error {
		if doc.Body.Follows && doc.Body.Owner != s.Owner {
			ids = append(ids, doc.ID)
		}
		return nil
	})
	for _, id := range ids {
		if err == nil {
			_, err = d.hand(ctx, id, s.Owner, "owner_changed")
		}
	}
	return err
}

// undo is the reason of a change of owner that takes another one back; pooled is the
// outcome of tasks that ended because their subject went to the public pool.
const (
	undo   = "undo"
	pooled = "pooled"
)

// takeUp opens the tasks again that ended when their subject went to the pool.
func (d *Desk) takeUp(ctx context.Context, subject catalogue.Subject, owner string) error {
	var ids []string
	err := each(ctx, d.Docs.Tasks, store.Query{Index: storage.BySubject, Equal: []any{subject.Kind, subject.ID, catalogue.TaskCancelled}}, func(doc *store.Doc[task.Task]) error {
		if doc.Body.Outcome == pooled {
			ids = append(ids, doc.ID)
		}
		return nil
	})
	for _, id := range ids {
		if err == nil {
			err = d.reopen(ctx, id, owner)
		}
	}
	return err
}

// closed cancels what has no point any more once a subject is closed.
func (d *Desk) closed(ctx context.Context, subject catalogue.Subject, e facts.Event, closed bool, reason string) error {
	s, err := d.learn(ctx, subject, e, func(s *storage.Subject) { s.Closed = closed })
	if err != nil || !s.Closed || !closed {
		return err
	}
	_, err = d.Cancel(ctx, subject, e.Time, reason, func(t task.Task) bool { return t.Kind != task.Manual })
	return err
}

// learn keeps what a fact says of a subject, unless a newer one was read; it gives
// what is known then.
func (d *Desk) learn(ctx context.Context, subject catalogue.Subject, e facts.Event, apply func(*storage.Subject)) (storage.Subject, error) {
	n := place(e.ID)
	return d.remember(ctx, subject, func(s *storage.Subject) {
		if e.Version > s.Version || e.Version == s.Version && n >= s.N {
			apply(s)
			s.Version, s.N = e.Version, n
		}
	})
}

// touched notes the first outbound follow-up that counts.
func (d *Desk) touched(ctx context.Context, subject catalogue.Subject, at instant.Time) error {
	_, err := d.remember(ctx, subject, func(s *storage.Subject) {
		if s.Touched == 0 {
			s.Touched = at
		}
	})
	return err
}

func (d *Desk) remember(ctx context.Context, subject catalogue.Subject, apply func(*storage.Subject)) (storage.Subject, error) {
	var s storage.Subject
	id := subject.Kind + "/" + subject.ID
	err := retry(ctx, func() error {
		doc, err := d.Docs.Subjects.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			doc, err = store.New(id, storage.Subject{}), nil
		}
		if err != nil {
			return err
		}
		before := doc.Body
		apply(&doc.Body)
		s = doc.Body
		if before == doc.Body {
			return nil
		}
		return d.Docs.Subjects.Commit(ctx, doc, "")
	})
	return s, err
}

// place gives the place of a fact within its commit.
func place(id string) int {
	n, _ := strconv.Atoi(id[strings.LastIndexByte(id, '/')+1:]) // an id without one stands first
	return n
}
