package casework

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

func (s *State) waits() bool {
	return s.Now.Value.Status == catalogue.CaseWaiting && !s.Now.Value.WaitsSince.IsZero()
}

// unanswered reminds a customer whose answer is waited for.
func unanswered() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "unanswered", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.waits() {
				return
			}
			for i, after := range v.Sections.Cases.RemindAfter {
				p.Rung(i, s.Waits, s.on(v).After(s.Now.Value.WaitsSince, after))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.NudgeCustomer, s.subject(), effects.NudgeCustomer{AsOf: s.Now.Value.WaitsSince})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("提醒客户回复", "remind the customer to answer")
		},
		Policy: func(_ *State, o journey.Obligation) string {
			return "cases.remind_after[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// closeWaiting closes a case whose customer did not answer.
func closeWaiting() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "close_waiting",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if within := v.Sections.Cases.CloseWait; s.waits() && !within.IsZero() {
				p.Add(s.Waits, s.on(v).After(s.Now.Value.WaitsSince, within))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.CloseCase, s.subject(), effects.CloseCase{Reason: "no_answer", AsOf: s.Now.Value.WaitsSince})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("客户未回复，关闭工单", "close the case: the customer did not answer")
		},
		Policy: func(*State, journey.Obligation) string { return "cases.close_wait" },
	}
}

// closeSolved closes a solved case that nobody objected to.
func closeSolved() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "close_solved",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			k := &s.Now.Value
			if within := v.Sections.Cases.CloseSolved; k.Status == catalogue.CaseResolved && !within.IsZero() {
				p.Add(s.Ends, s.on(v).After(k.ResolvedAt, within))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.CloseCase, s.subject(), effects.CloseCase{Reason: "solved", AsOf: s.Now.Value.ResolvedAt})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("客户无异议，关闭工单", "close the case: the customer did not object")
		},
		Policy: func(*State, journey.Obligation) string { return "cases.close_solved" },
	}
}
