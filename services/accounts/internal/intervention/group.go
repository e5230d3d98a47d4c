package intervention

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// GroupID is the one standing warning group (R-120, C-10); no intervention has this id.
const GroupID = "group"

// Group is the document of the standing group.
type Group struct{ catalogue.WarningGroup }

// Meeting is the document of a meeting.
type Meeting struct{ catalogue.GroupMeeting }

// members gives who is the group: those the policy names, or those of its roles;
// nobody who left.
func (s *Interventions) members(p policy.WarningGroup) []string {
	list := p.Members
	if len(list) == 0 {
		var roles []auth.Role
		for _, r := range p.Roles {
			roles = append(roles, auth.Role(r))
		}
		list = s.Directory.Active(roles...)
	}
	var out []string
	for _, id := range list {
		if who, ok := s.Directory.Person(id); ok && who.Active && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Form lets the group begin, once, and keeps its members as the policy has them:
// its journey watches the rhythm from then on.
func (s *Interventions) Form(ctx context.Context) (catalogue.WarningGroup, error) {
	var g catalogue.WarningGroup
	now := s.Clock()
	v, err := s.view(now)
	if err != nil {
		return g, err
	}
	err = again(ctx, func() error {
		d, err := s.groups.Get(ctx, GroupID)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(GroupID, Group{WarningGroup: catalogue.WarningGroup{ID: GroupID, Since: now}}), nil
		}
		if err != nil {
			return err
		}
		members := s.members(v.Sections.Intervention.Group)
		same := d.Version > 0 && slices.Equal(members, d.Body.Members)
		d.Body.Members = members
		if g = d.Body.WarningGroup; same || d.Version == 0 && len(members) == 0 {
			return nil // nobody is there yet
		}
		return s.commitGroup(ctx, d, "", &catalogue.WarningGroupFormed{After: g})
	})
	return g, err
}

func (s *Interventions) commitGroup(ctx context.Context, d *store.Doc[Group], command string, data catalogue.Data) error {
	f, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: s.Clock()}, d.Version+1, data)
	if err != nil {
		return err
	}
	return s.groups.Commit(ctx, d, command, f...)
}

// Meet logs a meeting of the group over the list, and steers: each decision is
// carried out as its member's own.
func (s *Interventions) Meet(ctx context.Context, p auth.Principal, id string, present []string, analysis string, decisions []catalogue.GroupDecision) (catalogue.GroupMeeting, error) {
	g, err := s.Form(ctx)
	if err != nil {
		return catalogue.GroupMeeting{}, err
	}
	if !slices.Contains(g.Members, p.ID) {
		if err := s.Guard.MayAtAll(p, access.GroupMeet); err != nil {
			return catalogue.GroupMeeting{}, err
		}
	}
	d, err := s.meetings.Get(ctx, id)
	if err == nil {
		return d.Body.GroupMeeting, s.steer(ctx, p, d.Body.GroupMeeting)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return catalogue.GroupMeeting{}, err
	}
	if err := problem.InvalidFields(s.wrongDecisions(ctx, present, decisions)...); err != nil {
		return catalogue.GroupMeeting{}, err
	}
	open, err := s.cases.Count(ctx, store.Query{Index: byStatus, Equal: []any{catalogue.TeamOpen}})
	if err != nil {
		return catalogue.GroupMeeting{}, err
	}
	m := catalogue.GroupMeeting{ID: id, At: s.Clock(), By: p.ID, Present: present, Open: int(open), Analysis: analysis, Decisions: decisions}
	err = again(ctx, func() error {
		d, err := s.groups.Get(ctx, GroupID)
		if err != nil || d.Did(id) {
			return err
		}
		d.Body.Meetings++
		d.Body.MetAt, m.N = m.At, d.Body.Meetings
		return s.commitGroup(ctx, d, id, &catalogue.WarningGroupMet{After: d.Body.WarningGroup, Meeting: m})
	})
	if err != nil {
		return m, err
	}
	if err := s.meetings.Commit(ctx, store.New(id, Meeting{m}), ""); err != nil && !errors.Is(err, store.ErrExists) {
		return m, err
	}
	return m, s.steer(ctx, p, m)
}

// wrongDecisions checks decisions by themselves and against what they are about,
// so that nothing is logged that cannot be carried out.
func (s *Interventions) wrongDecisions(ctx context.Context, present []string, list []catalogue.GroupDecision) []problem.Field {
	var wrong []problem.Field
	for n, id := range present {
		if _, ok := s.Directory.Person(id); !ok {
			wrong = append(wrong, problem.FieldError(fmt.Sprintf("present[%d]", n), "exists", "没有这个人", "is nobody"))
		}
	}
	for n, d := range list {
		at := fmt.Sprintf("decisions[%d]", n)
		if d.Action == "open" {
			if _, err := s.Files.Root(ctx, d.Customer); err != nil {
				wrong = append(wrong, problem.FieldError(at+".customer", "exists", "没有这个客户", "is no customer"))
			}
			continue
		}
		if d.Action != "hand_over" && d.Action != "extend" {
			continue
		}
		c, err := s.cases.Get(ctx, d.Intervention)
		if err != nil {
			wrong = append(wrong, problem.FieldError(at+".intervention", "exists", "没有这个干预", "is no intervention"))
			continue
		}
		i := c.Body.Intervention
		if _, err := s.decide(&i, d); err != nil {
			wrong = append(wrong, named(at, err)...)
		}
	}
	return wrong
}

// named puts the fields of an error under a path.
func named(at string, err error) []problem.Field {
	var p *problem.Error
	if !errors.As(err, &p) {
		return []problem.Field{problem.FieldError(at, "possible", "无法执行", err.Error())}
	}
	if len(p.Fields) == 0 {
		return []problem.Field{{Field: at, Rule: cmp.Or(p.Rule, "exists"), Text: p.Text}}
	}
	out := slices.Clone(p.Fields)
	for i := range out {
		out[i].Field = at + "." + out[i].Field
	}
	return out
}

func (s *Interventions) decide(i *catalogue.Intervention, d catalogue.GroupDecision) (catalogue.Data, error) {
	if d.Action == "extend" {
		return s.extend(i, d.Due)
	}
	return s.handOver(i, d.Role, d.Person)
}

// steer carries the decisions of a meeting out, each once however often it is tried.
func (s *Interventions) steer(ctx context.Context, p auth.Principal, m catalogue.GroupMeeting) error {
	for n, d := range m.Decisions {
		command := fmt.Sprintf("%s/%d", m.ID, n)
		var err error
		switch d.Action {
		case "open":
			_, _, err = s.Open(ctx, command, p.ID, effects.OpenIntervention{Customer: d.Customer, Reason: "warning_group", Says: d.Says})
		case "hand_over", "extend":
			_, err = s.change(ctx, d.Intervention, command, func(i *catalogue.Intervention) (catalogue.Data, error) { return s.decide(i, d) })
		}
		var said *problem.Error
		if errors.As(err, &said) && said.Status() < 500 {
			continue // it was possible when it was decided, and is not any more
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Standing gives the group with how it stands.
func (s *Interventions) Standing(ctx context.Context, p auth.Principal) (catalogue.WarningGroup, error) {
	if err := s.Guard.MayAtAll(p, access.GroupRead); err != nil {
		return catalogue.WarningGroup{}, err
	}
	return s.Form(ctx)
}

// Meetings lists the group's meetings, newest first.
func (s *Interventions) Meetings(ctx context.Context, p auth.Principal, limit int, after string) ([]catalogue.GroupMeeting, string, error) {
	if err := s.Guard.MayAtAll(p, access.GroupRead); err != nil {
		return nil, "", err
	}
	page, err := s.meetings.Page(ctx, store.Query{Index: byTime, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.GroupMeeting, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body.GroupMeeting)
	}
	return out, page.Next, nil
}
