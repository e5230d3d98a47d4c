package board

import (
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// careFolds are the facts of what is done for a customer after the win.
var careFolds = map[string]Fold{
	typeOf(&catalogue.CaseOpened{}):     on(func(b *Board, d catalogue.CaseOpened, _ facts.Event) { b.casework(d.After) }),
	typeOf(&catalogue.CaseEntryAdded{}): on(func(b *Board, d catalogue.CaseEntryAdded, _ facts.Event) { b.casework(d.After) }),
	typeOf(&catalogue.CaseStepped{}):    on(func(b *Board, d catalogue.CaseStepped, _ facts.Event) { b.casework(d.After) }),
	typeOf(&catalogue.CaseBreached{}):   on(func(b *Board, d catalogue.CaseBreached, _ facts.Event) { b.casework(d.After) }),

	typeOf(&catalogue.ContractDrafted{}):               on(func(b *Board, d catalogue.ContractDrafted, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractChanged{}):               on(func(b *Board, d catalogue.ContractChanged, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractSubmitted{}):             on(func(b *Board, d catalogue.ContractSubmitted, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractApprovedFact{}):          on(func(b *Board, d catalogue.ContractApprovedFact, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractSentFact{}):              on(func(b *Board, d catalogue.ContractSentFact, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractActivated{}):             on(func(b *Board, d catalogue.ContractActivated, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractRenewalIntentRecorded{}): on(func(b *Board, d catalogue.ContractRenewalIntentRecorded, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractEnded{}):                 on(func(b *Board, d catalogue.ContractEnded, _ facts.Event) { b.contract(d.After) }),
	typeOf(&catalogue.ContractMarked{}):                on(func(b *Board, d catalogue.ContractMarked, _ facts.Event) { b.contract(d.After) }),

	typeOf(&catalogue.InterventionOpened{}):    on(func(b *Board, d catalogue.InterventionOpened, _ facts.Event) { b.intervention(d.After) }),
	typeOf(&catalogue.InterventionChanged{}):   on(func(b *Board, d catalogue.InterventionChanged, _ facts.Event) { b.intervention(d.After) }),
	typeOf(&catalogue.InterventionRecovered{}): on(func(b *Board, d catalogue.InterventionRecovered, _ facts.Event) { b.intervention(d.After) }),
	typeOf(&catalogue.InterventionClosed{}):    on(func(b *Board, d catalogue.InterventionClosed, _ facts.Event) { b.intervention(d.After) }),

	typeOf(&catalogue.MaintenanceBegan{}):   on(func(b *Board, d catalogue.MaintenanceBegan, _ facts.Event) { b.maintained(d.After) }),
	typeOf(&catalogue.MaintenanceChanged{}): on(func(b *Board, d catalogue.MaintenanceChanged, _ facts.Event) { b.maintained(d.After) }),
	typeOf(&catalogue.KeyAccountChanged{}):  on(func(b *Board, d catalogue.KeyAccountChanged, _ facts.Event) { b.managed(d.After) }),

	typeOf(&catalogue.SurveySent{}):     on(func(b *Board, d catalogue.SurveySent, _ facts.Event) { b.survey(d.After) }),
	typeOf(&catalogue.SurveyAnswered{}): on(func(b *Board, d catalogue.SurveyAnswered, _ facts.Event) { b.survey(d.After) }),

	typeOf(&catalogue.ChurnReviewOpened{}):  on(func(b *Board, d catalogue.ChurnReviewOpened, _ facts.Event) { b.review(d.After) }),
	typeOf(&catalogue.ChurnReviewChanged{}): on(func(b *Board, d catalogue.ChurnReviewChanged, _ facts.Event) { b.review(d.After) }),
	typeOf(&catalogue.ChurnReviewClosed{}):  on(func(b *Board, d catalogue.ChurnReviewClosed, _ facts.Event) { b.review(d.After) }),
	typeOf(&catalogue.ChurnWithdrew{}):      on(func(b *Board, d catalogue.ChurnWithdrew, _ facts.Event) { b.review(d.After) }),
}

func (b *Board) casework(c catalogue.Case) {
	s := subject(catalogue.KindCase, c.ID)
	if c.Status == catalogue.CaseClosed {
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Stage, r.Owner, r.Begun, r.Since, r.Due = c.Title, c.Status, c.Kind, c.Owner, c.ReportedAt, c.RoundAt, c.Solution.Due
		r.LastContact = max(c.LastIn, c.LastOut)
	})
}

func (b *Board) contract(c catalogue.Contract) {
	s := subject(catalogue.KindContract, c.ID)
	switch c.Status {
	case catalogue.ContractRenewed, catalogue.ContractExpired, catalogue.ContractTerminated:
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Stage, r.Owner, r.Begun, r.Since, r.Due, r.Amount, r.Marks = c.Title, c.Status, c.Kind, c.Owner, c.DraftedAt, c.ActiveAt, c.Until, &c.Total, rules(c.Marks)
		r.Decides = c.Buyer.Contact
	})
}

func (b *Board) intervention(i catalogue.Intervention) {
	s := subject(catalogue.KindIntervention, i.ID)
	if i.ClosedAt != 0 {
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Stage, r.Owner, r.Begun, r.Due = firstOf(i.Says, i.Reason), i.Status, i.Scope, i.Lead, i.OpenedAt, i.Due
	})
}

func (b *Board) survey(v catalogue.Survey) {
	s := subject(catalogue.KindSurvey, v.ID)
	if v.Answered != 0 {
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) {
		r.Title, r.Status, r.Stage, r.Begun, r.Due, r.Says = v.Name.Zh, v.Status, v.Kind, v.SentAt, v.Expires, v.Name
	})
}

func (b *Board) review(v catalogue.ChurnReview) {
	s := subject(catalogue.KindChurnReview, v.ID)
	if v.Status != "open" {
		b.end(s)
		return
	}
	b.begin(s, func(r *Running) { r.Title, r.Status, r.Owner, r.Begun = v.Evidence, v.Status, v.Owner, v.ConfirmedAt })
}

func (b *Board) maintained(m catalogue.Maintenance) {
	if m.Customer != b.Customer {
		return
	}
	c := b.care()
	c.Link, c.Contact, c.Success, c.Implementation = m.Link, m.Contact, m.Success, m.Implementation
}

func (b *Board) managed(k catalogue.KeyAccount) {
	if k.Customer != b.Customer {
		return
	}
	if b.care().Manager = k.Manager; k.EndedAt != 0 {
		b.Care.Manager = ""
	}
}

func (b *Board) care() *Care {
	if b.Care == nil {
		b.Care = &Care{}
	}
	return b.Care
}

// brief shortens words to what a glance takes in.
func brief(t lang.Text) lang.Text { return lang.T(cut(t.Zh), cut(t.En)) }

func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxPieces {
		return s
	}
	return string([]rune(s)[:maxPieces]) + "…"
}
