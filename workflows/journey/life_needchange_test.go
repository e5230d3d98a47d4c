package journey_test

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/needchange"
)

var needChangeLife = life{process: journey.Of(needchange.Rules), id: "n1", draw: drawNeedChange}

// drawNeedChange draws a change of need: requested, approved, confirmed by one
// department after the other, or ended on the way.
func drawNeedChange(p *pen) {
	now := catalogue.NeedChange{ID: "n1", Customer: "c1", Status: catalogue.NeedRequested, Approver: "wang", RequestedAt: p.at,
		Departments: []catalogue.NeedConfirmation{{Department: "service", Person: "li"}, {Department: "product", Person: "zhao"}}}
	tell := func() {
		now.Departments = append([]catalogue.NeedConfirmation(nil), now.Departments...)
		p.tell(&catalogue.NeedChangeStepped{After: now})
	}
	tell()
	p.happens(8, func(int) {
		waits := now.Status == catalogue.NeedRequested || now.Status == catalogue.NeedApproved
		switch what := p.number(0, 6); {
		case what == 0:
			p.moved("c1", "c2")
		case !waits: // it is over
		case what == 1:
			now.Status, now.EndedAt = p.one(catalogue.NeedRejected, catalogue.NeedCancelled), p.at
			tell()
		case now.Status == catalogue.NeedRequested:
			now.Status, now.ApprovedAt = catalogue.NeedApproved, p.ago(90)
			tell()
		default:
			d := &now.Departments[p.number(0, 1)]
			d.ConfirmedAt = p.at
			if now.Departments[0].ConfirmedAt != 0 && now.Departments[1].ConfirmedAt != 0 {
				now.Status, now.EndedAt = catalogue.NeedConfirmed, p.at
			}
			tell()
		}
	})
}
