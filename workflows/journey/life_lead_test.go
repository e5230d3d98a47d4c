package journey_test

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/lead"
)

var leadLife = life{process: journey.Of(lead.Rules), id: "l1", draw: drawLead, rounds: []string{"nurture", "nurture_overdue.0", "nurture_overdue.1"}, anyOrder: true}

// drawLead draws a lead: signalled before or after it is recorded, or not at all;
// followed up, nurtured, passed on, pooled, claimed, folded, converted, closed.
func drawLead(p *pen) {
	now := catalogue.Lead{ID: "l1", Company: "海天", Customer: p.one("", "c1"), Owner: p.one("", "zhang"), Status: catalogue.LeadNew, ClocksFrom: p.ago(3000), Imported: p.yes()}
	if now.Imported && p.yes() {
		now.FirstTouchAt, now.NextTouchAt = p.ago(9000), p.days(0, 20)
	}
	signal := func() {
		p.h.Tell("first_contact/l1", p.at, &catalogue.FirstContactSignalled{ID: "l1", Person: "zhang", Channel: "phone", ContactAt: p.ago(600)})
	}
	when := p.one("never", "before", "after")
	if when == "before" {
		signal()
		p.at = p.days(0, 3)
	}
	p.tell(&catalogue.LeadRecorded{After: now})
	if when == "after" {
		signal()
	}
	assign := func(to, reason string) {
		f := &catalogue.LeadAssigned{Lead: "l1", Before: now.Owner, After: to, Reason: reason}
		if reason == "undo" {
			f.ClocksFrom = p.ago(9000)
		}
		p.tell(f)
		now.Owner = to
	}
	status := func(to string) {
		f := &catalogue.LeadStatusChanged{Lead: "l1", Before: now.Status, After: to}
		if to == catalogue.LeadNurturing {
			f.NextAt = p.days(1, 40)
		}
		p.tell(f)
		now.Status = to
	}
	p.happens(25, func(n int) {
		switch p.number(0, 10) {
		case 0, 1, 2, 3:
			p.followUp(n)
		case 4:
			status(p.one(catalogue.LeadNew, catalogue.LeadContacted, catalogue.LeadNurturing))
		case 5:
			if now.Owner == "" {
				assign("li", "claim")
				return
			}
			assign(p.one("li", "zhang", "wang"), p.one("transfer", "escalation", "rotation", "customer_owner", "owner_left", "undo"))
		case 6:
			p.tell(&catalogue.LeadPooled{Lead: "l1", Before: now.Owner, Reason: "recycle"})
			now.Owner = ""
		case 7:
			p.task(n)
		case 8:
			now.Customer, now.Objections = "c1", []string{"price"}
			p.tell(&catalogue.LeadLinked{Lead: "l1", After: now})
		case 9:
			now.Objections = []string{"price"}
			p.tell(&catalogue.LeadChanged{After: now, Changed: []string{"objections"}})
		case 10:
			switch end := p.one(catalogue.LeadFolded, catalogue.LeadConverted, catalogue.LeadClosed); {
			case p.yes(): // most leads live on
			case end == catalogue.LeadFolded:
				p.tell(&catalogue.LeadFoldedIn{Lead: "l1", Into: "l0"})
			default:
				status(end)
			}
		}
	})
}
