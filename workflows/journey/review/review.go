// Package review holds the rules of the journey of one occasion of a scheduled
// review: its owner gets a task in time, is reminded and the matter escalated when
// it is due and not held, and the occasion after it is planned (R-129, R-111, C-15).
package review

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Name of the kind; a journey's id is review/<rhythm>.<date>.
const Name = "review"

// State is what the rules of an occasion remember.
type State struct {
	ID    string                           `json:"id"`
	Now   journey.Latest[catalogue.Review] `json:"now"`
	Begun journey.Moment                   `json:"begun"` // when it was planned, or became its owner's
	Task  string                           `json:"task,omitempty"`
}

// Rules are the rules of an occasion's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(task(), overdue(), over(), next())}

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
func (rules) Status(s *State, _ *policy.View) journey.Status {
	o := s.Now.Value
	name := stages[o.Status]
	return journey.Status{Stage: o.Status, StageName: name, Owner: o.Owner, Closed: !planned(s), Says: lang.T(o.Name.Zh+" · "+name.Zh, o.Name.En+" · "+name.En)}
}

func planned(s *State) bool { return s.Now.Value.Status == catalogue.ReviewPlanned }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindReview, ID: s.ID}
}

// task gives the owner the task when the occasion opens.
func task() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "hold",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if planned(s) && s.Now.Value.Owner != "" {
				p.Add(s.Begun, s.Now.Value.Opens)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			o := s.Now.Value
			s.drop(f)
			s.Task = f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: catalogue.TaskReview, Subject: s.subject(), Assignee: o.Owner, Due: o.Due, Rule: f.Rule,
				Title: lang.T("召开并记录："+o.Name.Zh, "Hold and record: "+o.Name.En)})
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			return lang.T("创建任务："+s.Now.Value.Name.Zh, "create the task: "+s.Now.Value.Name.En)
		},
		Policy: func(*State, journey.Obligation) string { return "reviews.rhythms" },
	}
}

func steps(s *State, v *policy.View) []policy.Step {
	if r, ok := v.Sections.Reviews.Rhythm(s.Now.Value.Rhythm); ok {
		return r.Overdue
	}
	return v.Sections.Tasks.Overdue
}

// overdue reminds, warns and escalates once the occasion was due and not held.
func overdue() journey.Rule[State] {
	says := func(s *State, rung int, v *policy.View) lang.Text {
		return pursuit.Overdue(s.Now.Value.Name.Zh, s.Now.Value.Name.En, steps(s, v)[rung])
	}
	return journey.Rule[State]{
		Name: "overdue", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if planned(s) && s.Now.Value.Owner != "" {
				p.Ladder(journey.Moment{Ref: s.Begun.Ref, At: s.Now.Value.Due, Known: s.Begun.Known}, steps(s, v), v)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			level := steps(s, f.View)[f.Rung].Action
			switch level {
			case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
			default: // a meeting can be neither marked, reassigned nor recycled
				level = catalogue.LevelEscalate
			}
			f.Ask(journey.Remind, s.subject(), effects.Remind{Level: level, Rule: f.Rule, Subject: s.subject(), Owner: s.Now.Value.Owner, Text: says(s, f.Rung, f.View), Due: f.Due, Late: f.Late})
		},
		Does: func(s *State, o journey.Obligation, v *policy.View) lang.Text {
			a, t := pursuit.Action(steps(s, v)[o.Rung].Action), says(s, o.Rung, v)
			return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
		},
		Policy: func(_ *State, o journey.Obligation) string {
			return "reviews.rhythms.overdue[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// over takes the task back once the occasion was held or missed.
func over() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "over",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Task != "" && !planned(s) {
				p.Add(journey.Moment{Ref: s.Now.Ref}, s.Begun.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) { s.drop(f) },
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("结束任务", "end the task")
		},
	}
}

func (s *State) drop(f *journey.Firing) {
	if s.Task != "" {
		f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{catalogue.TaskReview}, Reason: "step_made"})
		s.Task = ""
	}
}

// next has the occasion after it planned in time for its own task, while the policy has the rhythm.
func next() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "next",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if r, ok := v.Sections.Reviews.Rhythm(s.Now.Value.Rhythm); ok && s.Begun.Set() {
				p.Add(s.Begun, s.Now.Value.NextDue.Add(-r.OpensIn.Elapsed()))
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
