package maintenance

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

var unsentTypes = typesOf(&catalogue.OutreachStepped{}, &catalogue.SurveySkipped{})

// alreadyAsked is why a survey is passed over of which a person should not make a
// task: the customer was asked enough.
const alreadyAsked = "surveys.at_most"

// ReactToUnsent hears what became of what automatic steps sent: what waits is
// noted at the step, what no rule lets through becomes a task for a person.
func (m *Maintenance) ReactToUnsent(ctx context.Context, e facts.Event) error {
	if e.Type == unsentTypes[1] {
		d, err := facts.Decode[catalogue.SurveySkipped](e)
		if err != nil {
			return facts.Final(err)
		}
		s := d.After
		return m.heard(ctx, s.Customer, s.Ref, s.Reason, s.Why != alreadyAsked)
	}
	d, err := facts.Decode[catalogue.OutreachStepped](e)
	if err != nil {
		return facts.Final(err)
	}
	o := d.After
	switch d.Change {
	case catalogue.OutreachDeferred, catalogue.OutreachWithdrawn:
		return m.heard(ctx, o.Customer, o.For, o.Reason, false)
	case catalogue.OutreachRefused:
		return m.heard(ctx, o.Customer, o.For, o.Reason, true)
	case catalogue.OutreachFailed:
		return m.heard(ctx, o.Customer, o.For, lang.T("渠道未能送达："+o.Error, "its channel could not deliver it: "+o.Error), true)
	}
	return nil
}

// heard tells the step that something was sent for what became of it.
func (m *Maintenance) heard(ctx context.Context, customer string, about *catalogue.Subject, why lang.Text, refused bool) error {
	if about == nil || about.Kind != catalogue.KindStep {
		return nil
	}
	process, step, ok := effects.StepOf(about.ID)
	if !ok {
		return nil
	}
	ended, err := m.endedOf(ctx, process, step)
	if err != nil {
		return err
	}
	if ended != nil && !refused {
		return m.noteEnded(ctx, process, step, why)
	}
	_, err = m.change(ctx, customer, "", anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		fact := &catalogue.MaintenanceChanged{Change: "note", Process: process, Step: step}
		switch {
		case !refused:
			if !plan.Note(&d.Maintenance, process, step, why) {
				return nil, nil, errNothing
			}
		case ended != nil:
			if fact.Process = plan.UnsentID(process, step); !plan.RefusedLater(n, &d.Maintenance, *ended, step, why) {
				return nil, nil, errNothing
			}
		case !plan.Refused(n, &d.Maintenance, process, step, why):
			return nil, nil, errNothing
		}
		return fact, nil, nil
	})
	return known(err)
}

// noteEnded says at a step of a process that has ended what became of what it sent.
func (m *Maintenance) noteEnded(ctx context.Context, process, step string, why lang.Text) error {
	return retry(ctx, func() error {
		d, err := m.archived.Get(ctx, process)
		if err != nil {
			return err
		}
		for i := range d.Body.Steps {
			if st := &d.Body.Steps[i]; st.ID == step && (st.Note == nil || *st.Note != why) {
				st.Note = &why
				return m.archived.Commit(ctx, d, "")
			}
		}
		return nil
	})
}

// endedOf gives the process of a step if it has ended and nobody took the step up yet.
func (m *Maintenance) endedOf(ctx context.Context, process, step string) (*catalogue.ProcessInstance, error) {
	if _, err := m.archived.Get(ctx, plan.UnsentID(process, step)); !errors.Is(err, store.ErrNotFound) {
		return nil, err // somebody did
	}
	d, err := m.archived.Get(ctx, process)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &d.Body.ProcessInstance, nil
}
