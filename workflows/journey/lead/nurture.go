package lead

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// toNurture sends a lead that is not ready, and for which nobody named a next
// time, to long-term nurture with a date: it is never silently dropped.
func toNurture() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "to_nurture",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Begun.Set() && !s.Closed && !s.Parked && s.Unready.After(s.Counted) && s.Unready.After(s.Status.Ref) {
				p.Add(s.Unready, s.Unready.Known)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.Nurture, s.Subject(), effects.Nurture{NextAt: f.View.After(f.Due, f.View.Sections.LeadCare.NurtureEvery), Reason: "not_ready"})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("转入长期培育并安排下次时间", "move to long-term nurture with a next date")
		},
		Policy: func(*State, journey.Obligation) string { return "lead_care.nurture_every" },
	}
}

// nurture asks for a touch at every round of long-term nurture.
func nurture() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "nurture",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.Open() || !s.Parked {
				return
			}
			base, due := s.nextRound(v)
			p.Episode(base, s.Nurture.Round+1, due)
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Nurture = Nurture{Round: f.Episode, Base: f.Base, Last: f.Due}
			s.CreateTask(f, catalogue.TaskNurture, lang.T("长期培育：联系一次", "Long-term nurture: be in touch"), f.View.After(f.Due, f.View.Sections.FollowUp.RecordWithin))
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("创建培育回访任务", "create a nurture task")
		},
		Policy: func(*State, journey.Obligation) string { return "lead_care.nurture_every" },
	}
}

// nextRound gives when the lead is due to be nurtured: at the date that was
// named, or one rhythm after the last touch or round, whichever was told last.
func (s *State) nextRound(v *policy.View) (journey.Moment, instant.Time) {
	every := v.Sections.LeadCare.NurtureEvery
	base, due := journey.Moment{Ref: s.Status.Ref}, v.After(s.Quiet().At, every)
	if s.NextNurture.Value != 0 {
		base, due = journey.Moment{Ref: s.NextNurture.Ref}, s.NextNurture.Value
	}
	if s.Next.After(base.Ref) {
		base, due = journey.Moment{Ref: s.Next.Ref}, v.After(s.Next.Value.At, every)
	}
	if s.Nurture.Base == base.Ref && s.Nurture.Round > 0 {
		due = v.After(s.Nurture.Last, every)
	}
	return base, due
}
