package duty

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Ladder tells, rung by rung of the policy book, what should have happened and has not.
type Ladder[S any] struct {
	Name   string // of the rule
	Steps  func(s *S, v *policy.View) []policy.Step
	Path   func(s *S) string // of the steps in the policy book
	Matter func(s *S) Matter
	// From is when the rungs count from, false while nothing is to be told.
	From func(s *S, v *policy.View) (journey.Moment, bool)
	// Arm is for rungs that count otherwise than from a moment; From is not asked then.
	Arm func(s *S, v *policy.View, p *journey.Pending)
	// Who is told.
	Who func(s *S, v *policy.View) []string
	// Says what is told on a rung, without the matter's name.
	Says func(s *S, v *policy.View, step policy.Step) lang.Text
}

// Rule makes the rule.
func (l Ladder[S]) Rule() journey.Rule[S] {
	return journey.Rule[S]{
		Name: l.Name, Ladder: true, Arm: l.arm,
		Fire: func(s *S, f *journey.Firing) {
			step := l.step(s, f.Rung, f.View)
			for _, who := range l.Who(s, f.View) {
				l.Matter(s).Remind(f, level(step), who, l.Says(s, f.View, step))
			}
		},
		Does: func(s *S, o journey.Obligation, v *policy.View) lang.Text {
			step := l.step(s, o.Rung, v)
			a, t := pursuit.Action(level(step)), l.Says(s, v, step)
			return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
		},
		Policy: func(s *S, o journey.Obligation) string { return l.Path(s) + "[" + strconv.Itoa(o.Rung) + "]" },
	}
}

func (l Ladder[S]) arm(s *S, v *policy.View, p *journey.Pending) {
	if l.Arm != nil {
		l.Arm(s, v, p)
		return
	}
	if from, ok := l.From(s, v); ok {
		p.Ladder(from, l.Steps(s, v), v)
	}
}

func (l Ladder[S]) step(s *S, rung int, v *policy.View) policy.Step {
	if steps := l.Steps(s, v); rung < len(steps) {
		return steps[rung]
	}
	return policy.Step{Action: policy.ActEscalate}
}

// level is how a rung is told: of what has steps nothing can be marked, reassigned
// or recycled, so such a rung goes to the supervisor.
func level(step policy.Step) string {
	switch step.Action {
	case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
		return step.Action
	}
	return catalogue.LevelEscalate
}

// Overdue are the steps of every task that is overdue.
func Overdue[S any](_ *S, v *policy.View) []policy.Step { return v.Sections.Tasks.Overdue }

// OverduePath is where the policy book has them.
func OverduePath[S any](*S) string { return "tasks.overdue" }
