package contract

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
	"liuke.dev/workflows/journey/pursuit"
)

// talk is the talk about renewing before the contract ends: it begins when the first
// window opens, or at once if the contract is shorter than that, and goes to whoever
// sees to the contract. Its reminders are the windows, see renewalWindow.
var talk = duty.Duty[State]{Task: "renewal_talk", Over: "talk_over", Kind: catalogue.TaskRenewalTalk,
	Title: duty.Always[State](lang.T("沟通续约意向", "Talk about renewing")),
	Path:  duty.Always[State]("contracts.renewal_windows[0]"),
	Waits: func(s *State, v *policy.View) (duty.Step, bool) {
		w := v.Sections.Contracts.RenewalWindows
		if !s.ends() || !s.undecided() || len(w) == 0 {
			return duty.Step{}, false
		}
		since := s.Active
		if s.Talk.Set() {
			since = s.Talk
		}
		return duty.Step{Person: s.Now.Value.Owner, Since: since, Opens: before(s.Now.Value.Until, w[0], v), Due: s.talkDue(v)}, true
	},
	Desk: desk,
}

// talkDue is when the talk is due; of a contract that is too short, in the middle of its term.
func (s *State) talkDue(v *policy.View) instant.Time {
	k := s.Now.Value
	if due := before(k.Until, v.Sections.Contracts.RenewalTalk, v); due > s.Active.At {
		return due
	}
	return s.Active.At + (k.Until-s.Active.At)/2
}

// renewalWindow reminds the owner while nobody knows whether the customer renews; the
// last window escalates and marks the renewal at risk.
func renewalWindow() journey.Rule[State] {
	says := func(rung int, v *policy.View) lang.Text {
		n := pursuit.Span(v.Sections.Contracts.RenewalWindows[rung])
		return lang.T("距到期 "+n.Zh+"，尚无续约意向", n.En+" until it ends, and no intent to renew is recorded")
	}
	last := func(rung int, v *policy.View) bool { return rung == len(v.Sections.Contracts.RenewalWindows)-1 }
	return journey.Rule[State]{
		Name: "renewal", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.ends() || !s.undecided() {
				return
			}
			for i, w := range v.Sections.Contracts.RenewalWindows {
				if due := before(s.Now.Value.Until, w, v); i < journey.MaxRungs && due >= s.Active.At {
					p.Rung(i, s.Active, due)
				}
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			if !last(f.Rung, f.View) {
				s.Matter().Remind(f, catalogue.LevelRemind, s.Now.Value.Owner, says(f.Rung, f.View))
				return
			}
			s.Matter().Remind(f, catalogue.LevelEscalate, s.Now.Value.Owner, says(f.Rung, f.View))
			f.AskMark(journey.SetMark, s.subject(), catalogue.MarkRenewalAtRisk, effects.SetMark{Evidence: []string{f.Base.In(Name + "/" + s.ID)}})
		},
		Does: func(_ *State, o journey.Obligation, v *policy.View) lang.Text {
			t := says(o.Rung, v)
			if last(o.Rung, v) {
				return lang.T("升级给主管并标记续约风险："+t.Zh, "escalate and mark the renewal at risk: "+t.En)
			}
			return lang.T("提醒负责人："+t.Zh, "remind the owner: "+t.En)
		},
		Policy: func(_ *State, o journey.Obligation) string {
			return "contracts.renewal_windows[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// leaving escalates at once that the customer says it will not renew.
func leaving() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "leaving",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.ends() && s.Now.Value.Intent == catalogue.IntentLeave {
				p.Add(s.Active, max(s.Active.At, s.Newest.At)) // it is told now, however long the contract has run
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Matter().Remind(f, catalogue.LevelEscalate, s.Now.Value.Owner, lang.T("客户表示不再续约", "the customer says it will not renew"))
			f.AskMark(journey.SetMark, s.subject(), catalogue.MarkRenewalAtRisk, effects.SetMark{Evidence: []string{s.Now.Ref.In(Name + "/" + s.ID)}})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("升级：客户表示不再续约", "escalate: the customer says it will not renew")
		},
	}
}
