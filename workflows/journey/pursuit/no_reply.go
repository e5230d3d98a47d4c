package pursuit

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// NoReply makes a second-touch task when the customer has not replied for the
// days that the kind or stage allows.
func NoReply[S any](of func(*S) *Care, after func(s *S, v *policy.View) policy.Duration, path func(*S) string) journey.Rule[S] {
	return journey.Rule[S]{
		Name: "no_reply",
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			c := of(s)
			d := after(s, v)
			if !c.Open() || d.IsZero() || c.Outbound.At <= max(c.Inbound.At, c.Begun.At) {
				return
			}
			p.Add(c.Outbound, v.After(c.Outbound.At, d))
		},
		Fire: func(s *S, f *journey.Firing) {
			// A second touch is expected as soon as a record is: there is no setting of its own.
			due := f.View.After(f.Due, f.View.Sections.FollowUp.RecordWithin)
			of(s).CreateTask(f, catalogue.TaskSecondTouch, lang.T("二次触达：客户还没有回复", "Second touch: the customer has not replied"), due)
		},
		Does: func(*S, journey.Obligation, *policy.View) lang.Text {
			return lang.T("客户未回复，创建二次触达任务", "create a second-touch task, the customer has not replied")
		},
		Policy: func(s *S, _ journey.Obligation) string { return path(s) },
	}
}
