package intervention

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// asksKept is how many asks are remembered with what they led to.
const asksKept = 16

// Open opens a team for a customer in danger, under the asker's id. If one
// is open it gets the further reason and is the answer; one for attention only
// becomes a whole team where that is asked for. Errors: no such customer; refused
// where the customer came back since the asker knew them.
func (s *Interventions) Open(ctx context.Context, ask, by string, o effects.OpenIntervention) (catalogue.Intervention, bool, error) {
	now := s.Clock()
	v, err := s.view(now)
	if err != nil {
		return catalogue.Intervention{}, false, err
	}
	f, holder, err := s.Files.Permitted(ctx, ours, access.InterventionRead, o.Customer)
	if err != nil {
		return catalogue.Intervention{}, false, err
	}
	if o.Scope == "" {
		o.Scope = catalogue.ScopeTeam
	}
	id, err := s.take(ctx, f.ID, ask, o.AsOf)
	if err != nil {
		return catalogue.Intervention{}, false, err
	}
	var groups []string
	if s.Groups != nil {
		if groups, err = s.Groups(ctx, f.ID); err != nil {
			return catalogue.Intervention{}, false, err
		}
	}
	made := s.form(v, f, holder, groups, id, by, o, now)
	d := store.New(id, Case{Intervention: made})
	err = s.commit(ctx, d, "", &catalogue.InterventionOpened{After: made})
	if err == nil {
		return made, true, nil
	}
	if !errors.Is(err, store.ErrExists) {
		return catalogue.Intervention{}, false, err
	}
	joined, err := s.change(ctx, id, "", func(i *catalogue.Intervention) (catalogue.Data, error) {
		if i.Status != catalogue.TeamOpen {
			return nil, nil // asked for again after it ended
		}
		changed, how := join(i, o.Reason, o.Says, o.Evidence), "reason"
		if i.Scope == catalogue.ScopeAttention && o.Scope == catalogue.ScopeTeam {
			grow(i, made)
			changed, how = true, "scope"
		}
		if !changed {
			return nil, nil
		}
		return &catalogue.InterventionChanged{Change: how, After: *i}, nil
	})
	return joined, false, err
}

// grow makes a whole team of one that only looks.
func grow(i *catalogue.Intervention, whole catalogue.Intervention) {
	for _, r := range whole.Team {
		if roleOf(i, r.Role) == nil {
			i.Team = append(i.Team, r)
		}
	}
	i.Scope, i.Due, i.Lead = whole.Scope, whole.Due, whole.Lead
}

// take gives the id of the intervention that an ask leads to: the one that is
// open, the one it led to before, or the customer's next.
func (s *Interventions) take(ctx context.Context, customer, ask string, asOf instant.Time) (id string, err error) {
	err = again(ctx, func() error {
		d, err := s.endangered.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(customer, Endangered{}), nil
			d.Body.Customer = customer
		}
		if err != nil {
			return err
		}
		e := &d.Body
		if id = e.Asks[ask]; id != "" {
			return nil
		}
		if e.Open != "" {
			open, err := s.running(ctx, e.Open)
			if err != nil {
				return err
			}
			if !open {
				e.Open = ""
			}
		}
		if e.Open == "" {
			if err := s.orderedSince(ctx, customer, asOf); err != nil {
				return err
			}
			e.Episodes++
			e.Open = episodeID(customer, e.Episodes)
		}
		id = e.Open
		e.remember(ask, id)
		return s.endangered.Commit(ctx, d, "")
	})
	return id, err
}

// orderedSince refuses to open a team for a customer who has ordered since the
// asker knew them.
func (s *Interventions) orderedSince(ctx context.Context, customer string, asOf instant.Time) error {
	if asOf == 0 {
		return nil
	}
	list, _, err := s.Line.Newest(ctx, customer, timeline.Filter{Kinds: []string{catalogue.EntryOrder}, Direction: catalogue.Inbound, From: asOf + 1}, 1, "")
	if err == nil && len(list) > 0 {
		return problem.Refuse("intervention.came_back", "客户此后已下单", "The customer has ordered since")
	}
	return err
}

func (e *Endangered) remember(ask, id string) {
	if e.Asks == nil {
		e.Asks = map[string]string{}
	}
	e.Asks[ask] = id
	e.Order = append(e.Order, ask)
	for len(e.Order) > asksKept {
		delete(e.Asks, e.Order[0])
		e.Order = e.Order[1:]
	}
}

// running tells whether an intervention still works on its customer; one that a
// crash left unmade does.
func (s *Interventions) running(ctx context.Context, id string) (bool, error) {
	d, err := s.cases.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return d.Body.Status == catalogue.TeamOpen, nil
}

// form makes a new intervention: each role with its task, somebody present, and a
// due time in that person's working time.
func (s *Interventions) form(v *policy.View, f customer.File, h access.Holder, groups []string, id, by string, o effects.OpenIntervention, now instant.Time) catalogue.Intervention {
	p := v.Sections.Intervention
	who := finder{s.Directory, f, h.Owner, groups, now}
	i := catalogue.Intervention{ID: id, Customer: f.ID, Company: f.Name, Episode: episodeOf(id), Scope: o.Scope, Status: catalogue.TeamOpen, Reason: o.Reason, Says: o.Says,
		Evidence: o.Evidence, OpenedAt: now, OpenedBy: by, Lead: who.first(p.Watch)}
	if o.Scope == catalogue.ScopeAttention {
		person := who.first(p.Attend)
		i.Due = s.due(v, person, now, p.AttendIn)
		i.Team = []catalogue.TeamRole{{Role: RoleAttention, Person: person, Task: attention, Due: i.Due}}
		return i
	}
	i.Due = s.due(v, i.Lead, now, p.CloseIn)
	for _, r := range p.Team {
		person := who.first(r.Routes)
		i.Team = append(i.Team, catalogue.TeamRole{Role: r.ID, Person: person, Task: r.Task, Due: s.due(v, person, now, r.Within)})
	}
	return i
}

func (s *Interventions) due(v *policy.View, person string, from instant.Time, d policy.Duration) instant.Time {
	return v.On(s.Directory.Calendar(person)).After(from, d)
}

// OpenBy opens a team for a person.
func (s *Interventions) OpenBy(ctx context.Context, p auth.Principal, command string, o effects.OpenIntervention) (catalogue.Intervention, bool, error) {
	if _, _, err := s.Files.Permitted(ctx, p, access.InterventionOpen, o.Customer); err != nil {
		return catalogue.Intervention{}, false, err
	}
	return s.Open(ctx, command, p.ID, o)
}
