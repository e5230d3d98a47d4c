package deal

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// noProgress marks a deal at risk after several recorded communications that did
// not bring it forward (多次沟通无推进, R-062).
func noProgress() journey.Rule[State] {
	says := func(s *State) lang.Text {
		n := strconv.Itoa(len(s.Touches))
		return lang.T("沟通"+n+"次没有推进", n+" communications without progress")
	}
	return journey.Rule[State]{
		Name: "no_progress",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			n := v.Sections.Risk.TouchesWithoutProgress
			if s.Open() && s.open() && n > 0 && len(s.Touches) >= n {
				p.Add(s.Touches[n-1], s.Touches[n-1].At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.SetRisk(f, pursuit.LiftProgress, s.evidence(f.Base))
			s.Remind(f, catalogue.LevelRemind, says(s))
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			t := says(s)
			return lang.T("标记风险："+t.Zh, "mark at risk: "+t.En)
		},
		Because: func(s *State, o journey.Obligation) []string { return s.evidence(o.Base) },
		Policy:  func(*State, journey.Obligation) string { return "risk.touches_without_progress" },
	}
}

// evidence are the follow-ups up to the one that was too many.
func (s *State) evidence(last journey.Ref) []string {
	var ids []string
	for _, t := range s.Touches {
		if !t.After(last) {
			ids = append(ids, t.In(Name+"/"+s.ID))
		}
	}
	return ids
}
