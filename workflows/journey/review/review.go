// Package review holds the rules of the journey of one occasion of a scheduled
// review: its owner gets a task in time, is reminded and the matter escalated when
// it is due and not held, and the occasion after it is planned (R-129, R-111, C-15).
package review

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Name of the kind; a journey's id is review/<rhythm>.<date>.
const Name = "review"

// State is what the rules of an occasion remember.
type State struct {
	ID    string                           `json:"id"`
	Now   journey.Latest[catalogue.Review] `json:"now"`
	Begun journey.Moment                   `json:"begun"` // when it was planned, or became its owner's
	// Tasks are those that wait; Task is where earlier programs kept the owner's.
	Tasks duty.Tasks `json:"tasks,omitempty"`
	Task  string     `json:"task,omitempty"`
	// Newest is when the newest step was recorded.
	Newest journey.Moment `json:"newest,omitzero"`
}

// Matter is what the occasion's task and reminders are about.
func (s *State) Matter() duty.Matter { return duty.Matter{Subject: s.subject()} }

// Told is when the newest step was recorded.
func (s *State) Told() journey.Moment { return s.Newest }

// Waiting are the tasks that wait.
func (s *State) Waiting() *duty.Tasks {
	if s.Task != "" {
		s.Tasks.Keep(hold.Task, duty.Task{ID: s.Task})
		s.Task = ""
	}
	return &s.Tasks
}

// Rules are the rules of an occasion's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(append(hold.Rules(), next())...)}

type rules struct{ journey.Table[State] }

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of an occasion of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the occasion in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the occasion.
func (rules) ID(s *State) string { return s.ID }

// Holder is who holds the review.
func (rules) Holder(s *State) string { return s.Now.Value.Owner }

// Apply takes a step of the occasion.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	d, ok := f.Data.(*catalogue.ReviewStepped)
	owner := s.Now.Value.Owner
	if !ok || !s.Now.Tell(f.Ref, d.After) {
		return false
	}
	s.Newest = journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	if !s.Begun.Set() || owner != d.After.Owner {
		s.Begun = journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	}
	return true
}

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var stages = map[string]lang.Text{catalogue.ReviewPlanned: lang.T("已排期", "planned"), catalogue.ReviewHeld: lang.T("已召开", "held"), catalogue.ReviewMissed: lang.T("未召开", "missed")}

// Status tells where the occasion stands.
func (rules) Status(s *State, v *policy.View) journey.Status {
	o := s.Now.Value
	name, at := stages[o.Status], v.Local(o.Due)
	return journey.Status{Stage: o.Status, StageName: name, Owner: o.Owner, Closed: !planned(s),
		Says: lang.T(o.Name.Zh+"（"+at+"）· "+name.Zh, o.Name.En+" of "+at+" · "+name.En)}
}

func planned(s *State) bool { return s.Now.Value.Status == catalogue.ReviewPlanned }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindReview, ID: s.ID}
}

// hold is that the owner holds the review and records it: the task comes when the
// occasion opens.
var hold = duty.Duty[State]{Task: "hold", Late: "overdue", Over: "over", Kind: catalogue.TaskReview,
	Title: func(s *State) lang.Text {
		n := s.Now.Value.Name
		return lang.T("召开并记录："+n.Zh, "Hold and record: "+n.En)
	},
	Calls: func(s *State) lang.Text { return s.Now.Value.Name },
	Path:  duty.Always[State]("reviews.rhythms"),
	Steps: func(s *State, v *policy.View) []policy.Step {
		if r, ok := v.Sections.Reviews.Rhythm(s.Now.Value.Rhythm); ok {
			return r.Overdue
		}
		return v.Sections.Tasks.Overdue
	},
	StepsPath: duty.Always[State]("reviews.rhythms.overdue"),
	Waits: func(s *State, _ *policy.View) (duty.Step, bool) {
		o := s.Now.Value
		return duty.Step{Person: o.Owner, Since: s.Begun, Opens: o.Opens, Due: o.Due}, planned(s) && o.Owner != ""
	},
	Desk: func(s *State) duty.Desk { return s },
}

// next has the occasion after it planned in time for its own task, while the policy has the rhythm.
func next() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "next",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if r, ok := v.Sections.Reviews.Rhythm(s.Now.Value.Rhythm); ok && s.Begun.Set() {
				p.Add(s.Begun, v.Opens(r, s.Now.Value.NextDue))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.PlanReview, s.subject(), effects.PlanReview{Rhythm: s.Now.Value.Rhythm, After: s.Now.Value.Due})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("排定下一次；此时仍未召开的记为缺席", "plan the next one; if this one was not held by then, it was missed")
		},
		Policy: func(*State, journey.Obligation) string { return "reviews.rhythms" },
	}
}
