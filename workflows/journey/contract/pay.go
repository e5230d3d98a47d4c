package contract

import (
	"fmt"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// owes tells whether an installment is to be paid.
func (s *State) owes() bool {
	k := s.Now.Value
	return k.Owed > 0 && s.Signed.Set() && k.Status != catalogue.ContractTerminated
}

// owed is the moment that the clocks of the installment count from.
func (s *State) owed() journey.Moment {
	return journey.Moment{Ref: s.Signed.Ref, At: s.Now.Value.OwedDue, Known: s.Signed.Known}
}

// paymentDue marks a contract of which an installment was due and is not paid.
func paymentDue() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "payment_due",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.owes() {
				p.Episode(s.owed(), int64(s.Now.Value.Owed), s.Now.Value.OwedDue)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.AskMark(journey.SetMark, s.subject(), catalogue.MarkPaymentOverdue, effects.SetMark{Evidence: []string{f.Base.In(Name + "/" + s.ID)}})
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			return lang.T(fmt.Sprintf("标记第 %d 期款项逾期", s.Now.Value.Owed), fmt.Sprintf("mark installment %d as overdue", s.Now.Value.Owed))
		},
	}
}

// paymentOverdue tells the owner, then their supervisor, of each installment that is overdue.
func paymentOverdue() journey.Rule[State] {
	l := telling("payment", "contracts.payment_overdue", func(v *policy.View) []policy.Step { return v.Sections.Contracts.PaymentOverdue },
		func(n lang.Text) lang.Text { return lang.T("款项已逾期 "+n.Zh, "a payment is overdue by "+n.En) })
	l.Arm = func(s *State, v *policy.View, p *journey.Pending) {
		if !s.owes() {
			return
		}
		for i, step := range v.Sections.Contracts.PaymentOverdue {
			if i < journey.MaxRungs {
				p.EpisodeRung(i, s.owed(), int64(s.Now.Value.Owed), v.After(s.Now.Value.OwedDue, step.After))
			}
		}
	}
	return l.Rule()
}

// mostOffers bounds how often one contract makes offers due.
const mostOffers = 60

// offer asks for offers that nothing but time makes due, while the contract is in force.
func offer() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "offer",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.is(catalogue.ContractActive) || !s.Active.Set() || s.Now.Value.Kind == catalogue.ContractAmendment {
				return
			}
			due := s.offersDue(v)
			if n := int(p.Latest()); n < len(due) {
				p.Episode(s.Active, int64(n+1), due[n])
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.PushOffers, s.subject(), effects.PushOffers{Due: f.Due})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("推送符合条件的优惠", "push the offers that the customer is eligible for")
		},
		Policy: func(*State, journey.Obligation) string { return "prices.offers" },
	}
}

// offersDue are the instants at which the customer may become eligible, in order.
func (s *State) offersDue(v *policy.View) []instant.Time {
	var due []instant.Time
	for _, o := range v.Sections.Prices.Offers {
		at := v.After(s.Now.Value.SignedAt, o.Tenure)
		for n := 0; at < s.Now.Value.Until && n < mostOffers; n++ {
			due = append(due, at)
			if o.Every.IsZero() {
				break
			}
			at = v.After(at, o.Every)
		}
	}
	slices.Sort(due)
	due = slices.Compact(due)
	return due[:min(len(due), mostOffers)]
}
