package intervention

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Types are the facts that interventions react to.
var Types = []string{kind(&catalogue.TimelineRecorded{}), kind(&catalogue.StandingAssessed{}), kind(&catalogue.WakeUpPlanStepped{})}

func kind(d catalogue.Data) string { return d.Kind().Type }

// Observe takes a fact; facts may come twice or late.
func (s *Interventions) Observe(ctx context.Context, e facts.Event) error {
	switch e.Type {
	case kind(&catalogue.TimelineRecorded{}):
		d, err := facts.Decode[catalogue.TimelineRecorded](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.happened(ctx, d.After)
	case kind(&catalogue.StandingAssessed{}):
		d, err := facts.Decode[catalogue.StandingAssessed](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.stands(ctx, e, d)
	case kind(&catalogue.WakeUpPlanStepped{}):
		d, err := facts.Decode[catalogue.WakeUpPlanStepped](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.carry(ctx, d)
	}
	return nil
}

// happened looks whether a customer has come back: an order, a reply. Their open
// intervention and their wake-up plans end then, each once.
func (s *Interventions) happened(ctx context.Context, t catalogue.TimelineEntry) error {
	if t.Direction != catalogue.Inbound || t.SameAs != "" {
		return nil
	}
	v, err := s.view(s.Clock())
	if err != nil {
		return err
	}
	kinds := v.Sections.Intervention.Recovers
	if !slices.Contains(kinds, t.Kind) {
		return nil
	}
	f, err := s.Files.Root(ctx, t.Customer)
	if errors.Is(err, store.ErrNotFound) {
		return facts.Final(problem.Missing("客户", "customer", t.Customer))
	}
	if err != nil {
		return err
	}
	d, err := s.endangered.Get(ctx, f.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nobody works on this customer, as on most
	}
	if err != nil {
		return err
	}
	if d.Body.Planned {
		if err := s.stopPlans(ctx, f.ID, t); err != nil {
			return err
		}
	}
	if d.Body.Open == "" {
		return nil
	}
	i, err := s.change(ctx, d.Body.Open, "", func(i *catalogue.Intervention) (catalogue.Data, error) {
		if !comesBack(*i, t, kinds) {
			return nil, nil
		}
		recovered(i, t)
		return &catalogue.InterventionRecovered{After: *i}, nil
	})
	var missing *problem.Error
	if errors.As(err, &missing) && missing.Code == problem.NotFound {
		return nil // a crash left it unmade; whoever asked asks again
	}
	if err != nil || i.Status != catalogue.TeamRecovered {
		return err
	}
	return s.free(ctx, i)
}

// attendTo is what standing wants done about a signal that takes attention at once.
const attendTo = "immediate_attention"

// stands has unusual behaviour looked into at once, and opens a team where the policy says that standing alone does.
func (s *Interventions) stands(ctx context.Context, e facts.Event, d catalogue.StandingAssessed) error {
	v, err := s.view(e.Time)
	if err != nil {
		return err
	}
	at := d.After
	p := v.Sections.Intervention
	if fresh := unusual(p, d); len(fresh) > 0 {
		first := fresh[0]
		if _, _, err = s.Open(ctx, e.ID+"/attention", "liuke", effects.OpenIntervention{Customer: at.Customer, Reason: first.Rule, Says: first.Says.Zh + " / " + first.Says.En,
			Evidence: evidence(fresh), Scope: catalogue.ScopeAttention}); err != nil {
			return final(err)
		}
	}
	if slices.Contains(p.Opens, "red") && at.Red && (d.Before == nil || !d.Before.Red) {
		_, _, err = s.Open(ctx, e.ID+"/red", "liuke", effects.OpenIntervention{Customer: at.Customer, Reason: "red", Evidence: evidence(at.RedWhy), AsOf: at.AsOf})
	}
	return final(err)
}

// unusual gives the signals that take attention at once and were not there before,
// or have become severe.
func unusual(p policy.Intervention, d catalogue.StandingAssessed) []catalogue.Signal {
	var out []catalogue.Signal
	for _, sig := range d.After.Signals {
		if sig.Action != attendTo && !slices.Contains(p.Unusual, sig.Rule) {
			continue
		}
		known := d.Before != nil && slices.ContainsFunc(d.Before.Signals, func(old catalogue.Signal) bool {
			return old.Rule == sig.Rule && (old.Severity == sig.Severity || sig.Severity == catalogue.SignalWarning)
		})
		if !known {
			out = append(out, sig)
		}
	}
	return out
}

func evidence(list []catalogue.Signal) []string {
	var out []string
	for _, sig := range list {
		for _, e := range sig.Evidence {
			if !slices.Contains(out, e) && len(out) < 50 {
				out = append(out, e)
			}
		}
	}
	return out
}

// final tells what no repetition mends from what may pass. That the customer came
// back is no fault.
func final(err error) error {
	var p *problem.Error
	switch {
	case !errors.As(err, &p):
		return err
	case p.Code == problem.Refused:
		return nil
	case p.Code == problem.NotFound:
		return facts.Final(err)
	}
	return err
}
