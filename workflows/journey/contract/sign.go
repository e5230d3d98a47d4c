package contract

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
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
	l := telling("sign_overdue", "contracts.signing_overdue", func(v *policy.View) []policy.Step { return v.Sections.Contracts.SigningOverdue },
		func(n lang.Text) lang.Text {
			return lang.T("已发送 "+n.Zh+"，客户仍未签署", "sent "+n.En+" ago and not signed")
		})
	l.From = func(s *State, _ *policy.View) (journey.Moment, bool) { return s.Sent, s.waitsForSignature() }
	return l.Rule()
}

// telling makes a ladder that tells the contract's owner how long something has been due.
func telling(name, path string, steps func(*policy.View) []policy.Step, says func(span lang.Text) lang.Text) duty.Ladder[State] {
	return duty.Ladder[State]{Name: name, Path: duty.Always[State](path), Matter: (*State).Matter,
		Steps: func(_ *State, v *policy.View) []policy.Step { return steps(v) },
		Who:   func(s *State, _ *policy.View) []string { return []string{s.Now.Value.Owner} },
		Says:  func(_ *State, _ *policy.View, step policy.Step) lang.Text { return says(pursuit.Span(step.After)) },
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
			s.Matter().Remind(f, catalogue.LevelInform, s.Now.Value.Owner, lang.T("合同已到期", "the contract has ended"))
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("合同到期", "the contract ends")
		},
	}
}
