package pursuit

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Task is the newest task of its kind that the journey knows of.
type Task struct {
	Kind  string       `json:"kind"`
	ID    string       `json:"id"`
	Base  journey.Ref  `json:"base"`  // the fact that it rests on
	Round int64        `json:"round"` // which episode of its rule made it
	Due   instant.Time `json:"due"`
	Moves int64        `json:"moves,omitempty"` // task version that moved it last
	Ended bool         `json:"ended,omitempty"` // by a person
	Told  journey.Ref  `json:"told,omitzero"`
}

// Told is what a task's own fact said.
type Told struct {
	ID    string       `json:"id"`
	Ref   journey.Ref  `json:"ref"`
	Due   instant.Time `json:"due"`
	Ended bool         `json:"ended,omitempty"`
}

// maxHeard bounds what is remembered of tasks' own facts.
const maxHeard = 8

// Task finds the newest task of a kind.
func (c *Care) Task(kind string) *Task {
	for i := range c.Tasks {
		if c.Tasks[i].Kind == kind {
			return &c.Tasks[i]
		}
	}
	return nil
}

// Pending tells whether a task of the kind waits: not ended by a person, and no
// follow-up that counts has come since.
func (c *Care) Pending(kind string) bool {
	t := c.Task(kind)
	return t != nil && !t.Ended && (kind == catalogue.TaskNextTouch || !c.Counted.After(t.Base))
}

// CreateTask asks for a task of the subject's owner and remembers it.
func (c *Care) CreateTask(f *journey.Firing, kind string, title lang.Text, due instant.Time) {
	id := f.Ask(journey.CreateTask, c.Subject(), createTask(c, kind, title, due, f.Rule))
	c.openTask(Task{Kind: kind, ID: id, Base: f.Base, Round: f.Episode, Due: due})
}

func (c *Care) openTask(t Task) {
	for _, told := range c.Heard {
		if told.ID == t.ID {
			t.take(told)
		}
	}
	if have := c.Task(t.Kind); have != nil {
		*have = t
		return
	}
	c.Tasks = append(c.Tasks, t)
	slices.SortFunc(c.Tasks, func(a, b Task) int { return compareText(a.Kind, b.Kind) })
}

// TaskTold takes what a task's own fact said: moved, or ended by a person. It is
// kept beside the task, because it may come before the task is known.
func (c *Care) TaskTold(f journey.Fact, t *catalogue.Task) {
	told := Told{ID: t.ID, Ref: f.Ref, Due: t.Due, Ended: t.Status != catalogue.TaskOpen}
	for i := range c.Tasks {
		if c.Tasks[i].ID == t.ID {
			c.Tasks[i].take(told)
		}
	}
	i := slices.IndexFunc(c.Heard, func(h Told) bool { return h.ID == told.ID })
	switch {
	case i < 0:
		c.Heard = append(c.Heard, told)
		slices.SortFunc(c.Heard, func(a, b Told) int { return compareText(a.ID, b.ID) })
	case told.Ref.After(c.Heard[i].Ref):
		c.Heard[i] = told
	}
	if len(c.Heard) > maxHeard {
		c.Heard = c.Heard[1:] // ids sort by time: the oldest goes
	}
}

func (t *Task) take(told Told) {
	if !told.Ref.After(t.Told) {
		return
	}
	t.Told = told.Ref
	if told.Due != t.Due {
		t.Due, t.Moves = told.Due, told.Ref.V
	}
	t.Ended = told.Ended
}

// episode of a task's ladder: a task that was moved is a new promise.
func (t *Task) episode() int64 { return t.Round*100 + min(t.Moves, 99) }

// TaskOverdue reminds at a task's due time and escalates past it.
func TaskOverdue[S any](kind string, zh, en string, of func(*S) *Care) journey.Rule[S] {
	l := Ladder[S]{
		Name: kind + "_overdue", Of: of, Path: func(*S) string { return "tasks.overdue" },
		Steps: func(_ *S, v *policy.View) []policy.Step { return v.Sections.Tasks.Overdue },
		Says: func(_ *S, step policy.Step, v *policy.View) lang.Text {
			return overdue(zh, en, step)
		},
	}
	r := l.Rule()
	r.Arm = func(s *S, v *policy.View, p *journey.Pending) {
		c := of(s)
		if !c.Open() || !c.Pending(kind) {
			return
		}
		armTask(c.Task(kind), v, p)
	}
	return r
}

func armTask(t *Task, v *policy.View, p *journey.Pending) {
	base := journey.Moment{Ref: t.Base, At: t.Due}
	for i, step := range v.Sections.Tasks.Overdue {
		p.EpisodeRung(i, base, t.episode(), v.After(base.At, step.After))
	}
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
