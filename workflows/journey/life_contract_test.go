package journey_test

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/contract"
)

var contractLife = life{process: journey.Of(contract.Rules), id: "x1", draw: drawContract}

// drawContract draws a contract: approved in steps, sent, signed, in force, paid, and
// what the customer says about renewing it.
func drawContract(p *pen) {
	now := catalogue.Contract{ID: "x1", Number: "LK-1", Customer: "c1", Kind: p.one(catalogue.ContractNew, catalogue.ContractRenewal, catalogue.ContractAmendment), Owner: "zhang",
		Status: catalogue.ContractDraft, From: p.days(1, 60), Until: p.days(70, 300), Schedule: []catalogue.Installment{{Minor: 100, Due: p.days(5, 90)}, {Minor: 100, Due: p.days(90, 200)}}}
	p.tell(&catalogue.ContractDrafted{After: now})
	p.happens(16, func(int) {
		now.Steps, now.Schedule = slices.Clone(now.Steps), slices.Clone(now.Schedule)
		switch what := p.number(0, 9); {
		case what == 0:
			p.moved("c1", "c2")
		case what == 1:
			now.Owner = p.one("zhang", "li")
			p.tell(&catalogue.ContractChanged{Before: now.Status, After: now, Reason: "owner"})
		case what == 2 && now.Signature != nil:
			now.Schedule[p.number(0, 1)].Paid = 100
			p.tell(&catalogue.ContractPaid{After: now})
		case what == 3 && p.yes():
			now.Status, now.EndedAt = p.one(catalogue.ContractRenewed, catalogue.ContractExpired, catalogue.ContractTerminated), p.at
			p.tell(&catalogue.ContractEnded{After: now})
		default:
			p.contractGoesOn(&now)
		}
	})
}

// contractGoesOn takes the contract's next step, if it has one.
func (p *pen) contractGoesOn(now *catalogue.Contract) {
	switch now.Status {
	case catalogue.ContractDraft:
		now.Status, now.SubmittedAt = catalogue.ContractApproving, p.at
		now.Steps = []catalogue.ApprovalStep{{ID: "manager", Name: lang.T("主管", "Manager"), Approver: "wang", Status: catalogue.StepPending, Since: p.at},
			{ID: "director", Name: lang.T("总监", "Director"), Approver: "chen", Status: catalogue.StepWaiting}}
		p.tell(&catalogue.ContractSubmitted{After: *now})
	case catalogue.ContractApproving:
		if now.Steps[0].Status == catalogue.StepPending {
			now.Steps[0].Status, now.Steps[1].Status, now.Steps[1].Since = catalogue.StepApproved, catalogue.StepPending, p.at
			p.tell(&catalogue.ContractStepDecided{After: *now})
			return
		}
		now.Steps[1].Status, now.Status, now.ApprovedAt = catalogue.StepApproved, catalogue.ContractApproved, p.at
		p.tell(&catalogue.ContractStepDecided{After: *now}, &catalogue.ContractApprovedFact{After: *now})
	case catalogue.ContractApproved:
		now.Status, now.SentAt = catalogue.ContractSent, p.ago(30)
		now.Round++
		p.tell(&catalogue.ContractSentFact{After: *now})
	case catalogue.ContractSent:
		if p.yes() {
			now.Urged++
			p.tell(&catalogue.ContractUrged{After: *now})
			return
		}
		now.Status, now.SignedAt, now.Signature = catalogue.ContractSigned, p.ago(30), &catalogue.Signature{Name: "王"}
		p.tell(&catalogue.ContractSignedFact{After: *now})
	case catalogue.ContractSigned:
		now.Status, now.ActiveAt = catalogue.ContractActive, p.ago(30)
		p.tell(&catalogue.ContractActivated{After: *now})
	case catalogue.ContractActive:
		now.Renewal = &catalogue.RenewalIntent{Intent: p.one(catalogue.IntentRenew, catalogue.IntentUndecided, catalogue.IntentLeave), At: p.at}
		p.tell(&catalogue.ContractRenewalIntentRecorded{After: *now})
	}
}
