package journey_test

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/transfer"
)

var transferLife = life{process: journey.Of(transfer.Rules), id: "t1", draw: drawTransfer, anyOrder: true}

// drawTransfer draws a transfer: requested, approved, handed over, accepted, or
// ended on the way; some tell when a step was made, some do not.
func drawTransfer(p *pen) {
	now := catalogue.Transfer{ID: "t1", Customer: "c1", From: "zhang", To: "li", RequestedBy: "zhang", Approver: p.one("", "wang"), Reason: p.one("", "客户要求"),
		Status: catalogue.TransferRequested, RequestedAt: p.at}
	step := func(to string) {
		before := now.Status
		now.Status = to
		p.tell(&catalogue.TransferStepped{Before: before, After: now})
	}
	p.tell(&catalogue.TransferStepped{After: now})
	p.happens(6, func(int) {
		said := p.ago(90)
		if now.EndedAt != 0 {
			return
		}
		if p.number(0, 4) == 0 {
			now.EndedAt = said
			step(p.one(catalogue.TransferRejected, catalogue.TransferCancelled))
			return
		}
		switch now.Status {
		case catalogue.TransferRequested:
			now.ApprovedAt = said
			step(catalogue.TransferApproved)
		case catalogue.TransferApproved:
			now.HandedAt = said
			step(catalogue.TransferHandedOver)
		case catalogue.TransferHandedOver:
			now.EndedAt = said
			step(catalogue.TransferAccepted)
		}
	})
}
