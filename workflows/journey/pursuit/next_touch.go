package pursuit

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// NextTouch reminds at the planned next touch and escalates past it (R-014,
// The plan is the follow-up's, or where its task was moved to.
func NextTouch[S any](of func(*S) *Care) journey.Rule[S] {
	l := Ladder[S]{
		Name: "next_touch", Of: of, Path: func(*S) string { return "tasks.overdue" },
		Steps: func(_ *S, v *policy.View) []policy.Step { return v.Sections.Tasks.Overdue },
		Says: func(_ *S, step policy.Step, _ *policy.View) lang.Text {
			return overdue("计划的下次跟进", "the planned follow-up", step)
		},
	}
	r := l.Rule()
	r.Arm = func(s *S, v *policy.View, p *journey.Pending) {
		c := of(s)
		if !c.Open() || c.Next.Value.At == 0 {
			return
		}
		planned := Task{ID: c.Next.Value.Task, Base: c.Next.Ref, Round: c.Next.V, Due: c.Next.Value.At}
		if t := c.Task(catalogue.TaskNextTouch); t != nil && t.ID == planned.ID {
			planned = *t
		}
		if !planned.Ended && !c.Counted.After(planned.Base) {
			armTask(&planned, v, p)
		}
	}
	return r
}

// MarkNoNextTouch is the mark of what was followed up without a next time.
const MarkNoNextTouch = catalogue.MarkNoNextTouch

// NoNextTouch marks what was followed up last without naming the next time: that
// is not followed up yet.
func NoNextTouch[S any](of func(*S) *Care) []journey.Rule[S] {
	missing := func(s *S) bool {
		c := of(s)
		return !c.Closed && c.Uncounted.After(c.Counted)
	}
	set := journey.Rule[S]{
		Name: MarkNoNextTouch,
		Arm: func(s *S, _ *policy.View, p *journey.Pending) {
			if c := of(s); c.Begun.Set() && missing(s) {
				p.Add(c.Uncounted, c.Uncounted.At)
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			c := of(s)
			c.Mark(f, MarkNoNextTouch, []string{f.Base.In(c.Kind + "/" + c.ID)})
		},
		Does: func(*S, journey.Obligation, *policy.View) lang.Text {
			return lang.T("标记“无下次跟进时间”", "mark: no next touch")
		},
	}
	return []journey.Rule[S]{set, Over(MarkNoNextTouch, of, missing)}
}
