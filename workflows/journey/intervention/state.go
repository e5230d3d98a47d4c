// Package intervention holds the rules of an intervention's journey: each role of
// the team has its task with a due time and a ladder behind it, the whole has a
// deadline, planned contacts are asked of the contact budget at their times; when
// the customer comes back everything pending is withdrawn, each once, and everyone
// hears of it (R-114 to, D-9). The standing warning group is a journey
// of the same kind: it meets in its rhythm.
package intervention

import (
	"slices"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Name of the kind; a journey's id is intervention/<id>.
const Name = "intervention"

// mostRoles and mostContacts bound what the rules have names for.
const (
	mostRoles    = 8
	mostContacts = journey.MaxRungs
)

// State is what the rules of an intervention remember.
type State struct {
	ID      string                                 `json:"id"`
	Now     journey.Latest[catalogue.Intervention] `json:"now"`
	Opened  journey.Moment                         `json:"opened,omitzero"`
	Due     journey.Moment                         `json:"due,omitzero"`      // since when the deadline is what it is
	Back    journey.Moment                         `json:"back,omitzero"`     // since when it is known that the customer came back
	Closed  journey.Moment                         `json:"closed,omitzero"`   // since when it is known that it is closed
	Roles   []Role                                 `json:"roles,omitempty"`   // as the team
	Planned []journey.Moment                       `json:"planned,omitempty"` // since when each contact is known
	Group   journey.Latest[catalogue.WarningGroup] `json:"group,omitzero"`
	Met     journey.Moment                         `json:"met,omitzero"` // when the group met last, or began
	Tasked  bool                                   `json:"tasked,omitempty"`
	// Moved is whose it is since a merge of files, or its undoing.
	Moved journey.Owned `json:"moved,omitzero"`
}

// Role is what is remembered of a role.
type Role struct {
	Role   string         `json:"role"`
	Person string         `json:"person"`
	Due    instant.Time   `json:"due"`
	Since  journey.Moment `json:"since"`            // when it was given to the person
	Done   journey.Moment `json:"done,omitzero"`    // when its outcome was logged
	Tasked bool           `json:"tasked,omitempty"` // a task waits
}

// Apply takes a fact of an intervention, or of the group.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	if moved, ok := s.Moved.Take(f); ok {
		return moved
	}
	m := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	switch d := f.Data.(type) {
	case *catalogue.InterventionOpened:
		return s.take(m, d.After)
	case *catalogue.InterventionChanged:
		return s.take(m, d.After)
	case *catalogue.InterventionRecovered:
		return s.take(m, d.After)
	case *catalogue.InterventionClosed:
		return s.take(m, d.After)
	case *catalogue.WarningGroupFormed:
		return s.meets(m, d.After)
	case *catalogue.WarningGroupMet:
		return s.meets(m, d.After)
	}
	return false
}

// take learns how the intervention stands; each fact tells all of it, so that one
// that is late or lost is made up for by the next.
func (s *State) take(m journey.Moment, i catalogue.Intervention) bool {
	due := s.Now.Value.Due
	if !s.Now.Tell(m.Ref, i) {
		return false
	}
	if !s.Opened.Set() {
		s.Opened = journey.Moment{Ref: m.Ref, At: i.OpenedAt, Known: m.Known}
	}
	if due != i.Due {
		s.Due = m
	}
	if i.Recovery != nil && !s.Back.Set() {
		s.Back = m
	}
	if i.Status == catalogue.TeamClosed && !s.Closed.Set() {
		s.Closed = m
	}
	for n, r := range i.Team[:min(len(i.Team), mostRoles)] {
		s.role(n, r, m)
	}
	for len(s.Planned) < min(len(i.Steps), mostContacts) {
		s.Planned = append(s.Planned, m)
	}
	return true
}

func (s *State) role(n int, r catalogue.TeamRole, m journey.Moment) {
	if n == len(s.Roles) {
		s.Roles = append(s.Roles, Role{Role: r.Role})
	}
	known := &s.Roles[n]
	if known.Person != r.Person || known.Due != r.Due {
		known.Person, known.Due, known.Since = r.Person, r.Due, m
	}
	if r.Outcome != nil && !known.Done.Set() {
		known.Done = m
	}
}

func (s *State) meets(m journey.Moment, g catalogue.WarningGroup) bool {
	if !s.Group.Tell(m.Ref, g) {
		return false
	}
	s.Met = journey.Moment{Ref: m.Ref, At: max(g.Since, g.MetAt), Known: m.Known}
	return true
}

// customer is whose it is.
func (s *State) customer() string { return journey.By(s.Moved, s.Now, s.Now.Value.Customer) }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindIntervention, ID: s.ID}
}

// open tells whether the team is at work.
func (s *State) open() bool { return s.Now.Value.Status == catalogue.TeamOpen }

// working tells whether outcomes are still being logged.
func (s *State) working() bool {
	return !s.Now.IsZero() && s.Now.Value.Status != catalogue.TeamClosed
}

// everyone gives who hears of what happens to the whole, each once.
func (s *State) everyone() []string {
	all := []string{s.Now.Value.Lead}
	for _, r := range s.Roles {
		all = append(all, r.Person)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id string) bool { return id == "" })
}

// task gives the kind of a role's task: kinds are what tasks are taken back by.
func (s *State) task(n int) string {
	if s.Roles[n].Role == catalogue.ScopeAttention {
		return catalogue.TaskAttend
	}
	return catalogue.TaskIntervene + "_" + s.Roles[n].Role
}

func numbered(name string, n int) string { return name + "_" + strconv.Itoa(n) }
