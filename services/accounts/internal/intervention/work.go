package intervention

import (
	"context"
	"strconv"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// may tells whether the principal may do the action to what a person of the team
// holds, or steers the whole.
func (s *Interventions) may(p auth.Principal, a access.Action, i catalogue.Intervention, holder string) error {
	err := s.Guard.May(p, a, access.Holder{Owner: holder})
	if err == nil || holder == i.Lead {
		return err
	}
	if s.Guard.May(p, access.InterventionSteer, access.Holder{Owner: i.Lead}) == nil {
		return nil // whoever watches the whole stands in for each of its roles
	}
	return err
}

// LogOutcome logs what a role found and did. It can be told anew until
// the intervention is closed.
func (s *Interventions) LogOutcome(ctx context.Context, p auth.Principal, id, command, role string, says, result string) (catalogue.Intervention, error) {
	return s.change(ctx, id, command, func(i *catalogue.Intervention) (catalogue.Data, error) {
		r := roleOf(i, role)
		if r == nil {
			return nil, problem.Missing("团队角色", "role of the team", role)
		}
		if err := s.may(p, access.InterventionWork, *i, r.Person); err != nil {
			return nil, err
		}
		if err := working(*i); err != nil {
			return nil, err
		}
		r.Outcome = &catalogue.RoleOutcome{Says: says, Result: result, By: p.ID, At: s.Clock()}
		return &catalogue.InterventionChanged{Change: "outcome", Role: role, After: *i}, nil
	})
}

// HandOver gives a role to somebody else, who must be present.
func (s *Interventions) HandOver(ctx context.Context, p auth.Principal, id, command, role, person string) (catalogue.Intervention, error) {
	return s.change(ctx, id, command, func(i *catalogue.Intervention) (catalogue.Data, error) {
		if err := s.may(p, access.InterventionSteer, *i, i.Lead); err != nil {
			return nil, err
		}
		return s.handOver(i, role, person)
	})
}

func (s *Interventions) handOver(i *catalogue.Intervention, role, person string) (catalogue.Data, error) {
	r := roleOf(i, role)
	if r == nil {
		return nil, problem.Missing("团队角色", "role of the team", role)
	}
	if err := working(*i); err != nil {
		return nil, err
	}
	if !s.Directory.Available(person, s.Clock()) {
		return nil, problem.InvalidFields(problem.FieldError("person", "present", "此人不存在、已离职或不在岗", "is nobody, has left or is away"))
	}
	if r.Person == person {
		return nil, nil
	}
	r.Person = person
	return &catalogue.InterventionChanged{Change: "person", Role: role, After: *i}, nil
}

// Plan plans a contact of a role with the customer; it is asked of outreach at its
// time, which keeps the contact budget (D-9).
func (s *Interventions) Plan(ctx context.Context, p auth.Principal, id, command string, c catalogue.PlannedContact) (catalogue.Intervention, error) {
	return s.change(ctx, id, command, func(i *catalogue.Intervention) (catalogue.Data, error) {
		holder := i.Lead
		if r := roleOf(i, c.Role); r != nil {
			holder = r.Person
		}
		if err := s.may(p, access.InterventionWork, *i, holder); err != nil {
			return nil, err
		}
		if i.Status != catalogue.TeamOpen {
			return nil, problem.Refuse("intervention.status", "客户已回来或干预已结束，不再计划联系", "The customer came back or it is closed: no more contacts are planned")
		}
		now := s.Clock()
		if err := problem.InvalidFields(plannable(*i, c, now)...); err != nil {
			return nil, err
		}
		c.ID, c.PlannedBy, c.Cancelled, c.At = strconv.Itoa(len(i.Steps)), p.ID, false, max(c.At, now)
		if c.Purpose == "" {
			c.Purpose = "intervention"
		}
		i.Steps = append(i.Steps, c)
		return &catalogue.InterventionChanged{Change: "planned", Role: c.Role, Step: c.ID, After: *i}, nil
	})
}

// ContactID is the id under which the journey asks outreach for a planned contact:
// that of the effect of the obligation contact.<n>.
func ContactID(intervention, step string) string {
	return "intervention:" + intervention + ":contact." + step + ":1:0"
}

// Cancel takes a planned contact back, also where it waits for its place already.
func (s *Interventions) Cancel(ctx context.Context, p auth.Principal, id, command, step string) (catalogue.Intervention, error) {
	i, err := s.change(ctx, id, command, func(i *catalogue.Intervention) (catalogue.Data, error) {
		n, err := strconv.Atoi(step)
		if err != nil || n < 0 || n >= len(i.Steps) {
			return nil, problem.Missing("计划联系", "planned contact", step)
		}
		holder := i.Lead
		if r := roleOf(i, i.Steps[n].Role); r != nil {
			holder = r.Person
		}
		if err := s.may(p, access.InterventionWork, *i, holder); err != nil || i.Steps[n].Cancelled {
			return nil, err
		}
		i.Steps[n].Cancelled = true
		return &catalogue.InterventionChanged{Change: "cancelled", Step: step, After: *i}, nil
	})
	if err != nil {
		return i, err
	}
	return i, s.Outreach.Recall(ctx, ContactID(id, step), "cancelled by "+p.ID)
}

// Close closes an intervention with its result, once each role has logged its
// outcome.
func (s *Interventions) Close(ctx context.Context, p auth.Principal, id, command, result, note string) (catalogue.Intervention, error) {
	i, err := s.change(ctx, id, command, func(i *catalogue.Intervention) (catalogue.Data, error) {
		if err := s.may(p, access.InterventionSteer, *i, i.Lead); err != nil {
			return nil, err
		}
		if err := closable(*i); err != nil {
			return nil, err
		}
		i.Status, i.Result, i.Note, i.ClosedAt, i.ClosedBy = catalogue.TeamClosed, result, note, s.Clock(), p.ID
		return &catalogue.InterventionClosed{After: *i}, nil
	})
	if err != nil {
		return i, err
	}
	return i, s.free(ctx, i)
}

// free notes that a customer has no open intervention any more.
func (s *Interventions) free(ctx context.Context, i catalogue.Intervention) error {
	_, err := s.mark(ctx, i.Customer, func(e *Endangered) bool {
		if e.Open != i.ID {
			return false
		}
		e.Open = ""
		return true
	})
	return err
}

// extend gives an intervention more time.
func (s *Interventions) extend(i *catalogue.Intervention, due instant.Time) (catalogue.Data, error) {
	if err := working(*i); err != nil {
		return nil, err
	}
	if due <= s.Clock() || due <= i.Due {
		return nil, problem.InvalidFields(problem.FieldError("due", "later", "必须晚于现在和原期限", "must be later than now and than it was"))
	}
	i.Due = due
	return &catalogue.InterventionChanged{Change: "due", After: *i}, nil
}
