package duty

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Step is what waits for a person.
type Step struct {
	Person string
	Since  journey.Moment // when it became theirs
	Opens  instant.Time   // when they get the task, where that is later
	Due    instant.Time
}

// Task is one that waits, as a journey remembers it.
type Task struct {
	Kind string       `json:"kind,omitempty"`
	ID   string       `json:"id"`
	For  string       `json:"for"`
	Due  instant.Time `json:"due"`
}

// Tasks are those that wait, by the rule that gave them.
type Tasks map[string]Task

// Keep remembers a task.
func (t *Tasks) Keep(rule string, task Task) {
	if *t == nil {
		*t = Tasks{}
	}
	(*t)[rule] = task
}

// Desk is what a journey remembers of its duties.
type Desk interface {
	Matter() Matter
	// Told is when the newest fact was recorded.
	Told() journey.Moment
	Waiting() *Tasks
}

// Duty is what somebody has to do in a journey of state S.
type Duty[S any] struct {
	Task string // name of the rule that gives the task, which the task carries
	Late string // name of the ladder past the due time; empty: none
	Over string // name of the rule that takes the task back; empty: another does
	Kind string // of the task
	// Title of the task; Calls is what reminders call it, if otherwise.
	Title func(s *S) lang.Text
	Calls func(s *S) lang.Text
	// Path of the due time in the policy book.
	Path func(s *S) string
	// Steps past the due time and their path; nil: those of every overdue task.
	Steps     func(s *S, v *policy.View) []policy.Step
	StepsPath func(s *S) string
	// Waits gives the step while it is to be done.
	Waits func(s *S, v *policy.View) (Step, bool)
	Desk  func(s *S) Desk
}

// Always is a title or a path that depends on nothing.
func Always[S, T any](what T) func(*S) T { return func(*S) T { return what } }

// Rules gives the rules of a duty.
func (d Duty[S]) Rules() []journey.Rule[S] {
	list := []journey.Rule[S]{d.give()}
	if d.Late != "" {
		list = append(list, d.late())
	}
	if d.Over != "" {
		list = append(list, d.over())
	}
	return list
}

// Rules gives the rules of several duties.
func Rules[S any](duties ...Duty[S]) []journey.Rule[S] {
	var list []journey.Rule[S]
	for _, d := range duties {
		list = append(list, d.Rules()...)
	}
	return list
}

// give gives the task to whose the step is; a step that becomes another's is taken
// from the first.
func (d Duty[S]) give() journey.Rule[S] {
	return journey.Rule[S]{
		Name: d.Task,
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			if st, waits := d.Waits(s, v); waits {
				p.Add(st.Since, max(st.Since.At, st.Opens))
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			d.take(s, f, "reassigned")
			if st, waits := d.Waits(s, f.View); waits {
				desk := d.Desk(s)
				id := desk.Matter().Task(f, d.Kind, st.Person, d.Title(s), st.Due)
				desk.Waiting().Keep(d.Task, Task{Kind: d.Kind, ID: id, For: st.Person, Due: st.Due})
			}
		},
		Does: func(s *S, _ journey.Obligation, _ *policy.View) lang.Text {
			t := d.Title(s)
			return lang.T("创建任务："+t.Zh, "create the task: "+t.En)
		},
		Policy: func(s *S, _ journey.Obligation) string { return d.Path(s) },
	}
}

// late reminds when the step is due, and escalates past it.
func (d Duty[S]) late() journey.Rule[S] {
	steps, path, calls := d.Steps, d.StepsPath, d.Calls
	if steps == nil {
		steps, path = Overdue[S], OverduePath[S]
	}
	if calls == nil {
		calls = d.Title
	}
	return Ladder[S]{Name: d.Late, Steps: steps, Path: path,
		Matter: func(s *S) Matter { return d.Desk(s).Matter() },
		From: func(s *S, v *policy.View) (journey.Moment, bool) {
			st, waits := d.Waits(s, v)
			return journey.Moment{Ref: st.Since.Ref, At: st.Due, Known: st.Since.Known}, waits
		},
		Who: func(s *S, v *policy.View) []string {
			st, _ := d.Waits(s, v)
			return []string{st.Person}
		},
		Says: func(s *S, _ *policy.View, step policy.Step) lang.Text {
			t := calls(s)
			return pursuit.Overdue(t.Zh, t.En, step)
		},
	}.Rule()
}

// over takes the task back once nothing waits for it any more.
func (d Duty[S]) over() journey.Rule[S] {
	return journey.Rule[S]{
		Name: d.Over,
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			desk := d.Desk(s)
			if _, waits := d.Waits(s, v); !waits && d.given(desk) {
				told := desk.Told()
				p.Add(told, told.At)
			}
		},
		Fire: func(s *S, f *journey.Firing) { d.take(s, f, "step_made") },
		Does: func(s *S, _ journey.Obligation, _ *policy.View) lang.Text {
			t := d.Title(s)
			return lang.T("结束任务："+t.Zh, "end the task: "+t.En)
		},
	}
}

func (d Duty[S]) take(s *S, f *journey.Firing, why string) {
	if desk := d.Desk(s); d.given(desk) {
		desk.Matter().Cancel(f, why, d.Kind, d.Task)
		delete(*desk.Waiting(), d.Task)
	}
}

func (d Duty[S]) given(desk Desk) bool {
	_, waits := (*desk.Waiting())[d.Task]
	return waits
}
