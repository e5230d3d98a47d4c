package contract

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// waitsForSignature tells whether the customer is to sign the document that was sent.
func (s *State) waitsForSignature() bool { return s.is(catalogue.ContractSent) && s.Sent.Set() }

// signReminder reminds the customer to sign.
func signReminder() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "sign_remind", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.waitsForSignature() {
				return
			}
			for i, d := range v.Sections.Contracts.SigningReminders {
				if i < journey.MaxRungs {
					p.Rung(i, s.Sent, v.After(s.Sent.At, d))
				}
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.UrgeSigning, s.subject(), effects.UrgeSigning{Round: s.Now.Value.Round, Due: f.Due})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("提醒客户签署合同", "remind the customer to sign")
		},
		Policy: func(_ *State, o journey.Obligation) string {
			return "contracts.signing_reminders[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// signOverdue tells the owner, then their supervisor, that the customer does not sign.
func signOverdue() journey.Rule[State] {
	says := func(step policy.Step) lang.Text {
		n := pursuit.Span(step.After)
		return lang.T("已发送 "+n.Zh+"，客户仍未签署", "sent "+n.En+" ago and not signed")
	}
	return ladder("sign_overdue", "contracts.signing_overdue", func(v *policy.View) []policy.Step { return v.Sections.Contracts.SigningOverdue }, says,
		func(s *State, v *policy.View, p *journey.Pending) {
			if s.waitsForSignature() {
				p.Ladder(s.Sent, v.Sections.Contracts.SigningOverdue, v)
			}
		})
}

// ladder makes a rule of rungs that tell people.
func ladder(name, path string, steps func(*policy.View) []policy.Step, says func(policy.Step) lang.Text, arm func(*State, *policy.View, *journey.Pending)) journey.Rule[State] {
	return journey.Rule[State]{
		Name: name, Ladder: true, Arm: arm,
		Fire: func(s *State, f *journey.Firing) {
			step := steps(f.View)[f.Rung]
			s.remind(f, step.Action, s.Now.Value.Owner, says(step))
		},
		Does: func(_ *State, o journey.Obligation, v *policy.View) lang.Text {
			step := steps(v)[o.Rung]
			a, t := pursuit.Action(step.Action), says(step)
			return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
		},
		Policy: func(_ *State, o journey.Obligation) string { return path + "[" + strconv.Itoa(o.Rung) + "]" },
	}
}

// activate begins the term of a contract that was signed before it.
func activate() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "activate",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.is(catalogue.ContractSigned) && s.Signed.Set() {
				p.Add(s.Signed, s.Now.Value.From)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.AdvanceContract, s.subject(), effects.AdvanceContract{To: catalogue.ContractActive})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("合同生效", "the contract comes into force")
		},
	}
}

// expire ends a contract when its term is over.
func expire() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "expire",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.is(catalogue.ContractActive) && s.Active.Set() {
				p.Add(s.Active, s.Now.Value.Until)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.AdvanceContract, s.subject(), effects.AdvanceContract{To: catalogue.ContractExpired})
			s.remind(f, catalogue.LevelInform, s.Now.Value.Owner, lang.T("合同已到期", "the contract has ended"))
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("合同到期", "the contract ends")
		},
	}
}
