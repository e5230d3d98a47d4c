package maintenance

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// BeginProcess begins a process of the book, by hand or as an effect of the
// customer's journey; instance names it, so that asking twice begins one.
func (m *Maintenance) BeginProcess(ctx context.Context, customer, instance string, b effects.BeginProcess) (*store.Doc[Doc], error) {
	p := auth.From(ctx)
	action := access.MaintenanceRun
	if p.Is(auth.System) {
		action = access.MaintenanceOperate
	}
	id, err := m.permitted(ctx, action, customer)
	if err != nil {
		return nil, err
	}
	ask := plan.Beginning{ID: instance, Process: b.Process, Occasion: b.Occasion, For: b.For}
	if !p.Is(auth.System) {
		ask.Occasion, ask.By = "hand", p.ID
	}
	if _, err := m.archived.Get(ctx, instance); err == nil { // it began, and has ended since
		doc, err := m.docs.Get(ctx, id)
		return doc, missing(err, id)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	return m.change(ctx, id, httpx.Command(ctx), anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if slices.ContainsFunc(d.Running, func(i catalogue.ProcessInstance) bool { return i.ID == instance }) {
			return nil, nil, errNothing
		}
		ended, err := plan.BeginProcess(n, &d.Maintenance, ask)
		return &catalogue.MaintenanceChanged{Change: "process_began", Process: instance}, ended, err
	})
}

// CancelProcess ends a process before its end, with a reason.
func (m *Maintenance) CancelProcess(ctx context.Context, customer, instance, reason string) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceRun, customer)
	if err != nil {
		return nil, err
	}
	return m.change(ctx, id, httpx.Command(ctx), anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		ended, err := plan.Cancel(n, &d.Maintenance, instance, reason)
		if err != nil {
			return nil, nil, err
		}
		return ending(&catalogue.MaintenanceChanged{Change: "process_ended", Process: instance, Reason: reason}, ended)
	})
}

// EndStep ends a step as done, with its outcome and evidence, or skips it with a
// reason. Whoever it is assigned to may, those who stand in or above, and
// who runs the customer's maintenance; a party of a hand-over only for itself.
func (m *Maintenance) EndStep(ctx context.Context, customer, instance string, e plan.Ending, skip bool) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceRead, customer)
	if err != nil {
		return nil, err
	}
	p := auth.From(ctx)
	e.By = p.ID
	_, mayRun := m.permitted(ctx, access.MaintenanceRun, customer)
	return m.change(ctx, id, httpx.Command(ctx), anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if err := m.mayEnd(n, *d, instance, e.Step, p, mayRun); err != nil {
			return nil, nil, err
		}
		fact := &catalogue.MaintenanceChanged{Change: "step", Process: instance, Step: e.Step}
		do := plan.Complete
		if skip {
			do, fact.Reason = plan.Skip, e.Outcome
		}
		ended, err := do(n, &d.Maintenance, instance, e)
		if err != nil {
			return nil, nil, err
		}
		return ending(fact, ended)
	})
}

func (m *Maintenance) mayEnd(n plan.Now, d Doc, instance, step string, p auth.Principal, mayRun error) error {
	for _, i := range d.Running {
		for _, st := range i.Steps {
			if i.ID != instance || st.ID != step {
				continue
			}
			if st.Assignee == p.ID || m.People != nil && (m.People.Leads(p.ID, st.Assignee) || m.People.Delegate(st.Assignee, n.At) == p.ID) {
				return nil
			}
			if i.Process == plan.HandOverProcess && slices.Contains(plan.Parties, st.ID) {
				return problem.Forbid("R-049", "交接只能由该方本人、其代理人或上级确认", "A party of a hand-over confirms for itself: its person, their delegate or superior")
			}
		}
	}
	return mayRun
}

// Carried notes that the journey asked for what an automatic step does.
func (m *Maintenance) Carried(ctx context.Context, customer string, c effects.CarryStep) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceOperate, customer)
	if err != nil {
		return nil, err
	}
	return m.change(ctx, id, httpx.Command(ctx), anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if plan.Unsent(d.Maintenance, c.Process, c.Step) {
			return nil, nil, errNothing // nothing was sent: it is a person's task by now
		}
		ended, err := plan.Complete(n, &d.Maintenance, c.Process, plan.Ending{Step: c.Step, By: "journeys", Outcome: c.Outcome, Proof: c.Proof})
		if err != nil {
			return nil, nil, err
		}
		return ending(&catalogue.MaintenanceChanged{Change: "step", Process: c.Process, Step: c.Step}, ended)
	})
}
