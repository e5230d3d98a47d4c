package journey_test

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/casework"
)

var caseLife = life{process: journey.Of(casework.Rules), id: "k1", draw: drawCase}

// drawCase draws a case: answered, put on hold for the customer, resumed, passed on,
// solved, closed and opened again.
func drawCase(p *pen) {
	now := catalogue.Case{ID: "k1", Customer: "c1", Name: "海天", Kind: p.one("support", "complaint", "unknown"), Title: "无法登录", Status: catalogue.CaseNew, Owner: "li",
		ReportedAt: p.ago(200), Round: 1, Response: catalogue.CaseClock{Within: "4wh"}, Solution: catalogue.CaseClock{Within: p.one("", "3wd")}}
	now.RoundAt, now.Response.Due, now.Solution.Due = now.ReportedAt, p.days(0, 1), p.days(1, 4)
	p.tell(&catalogue.CaseOpened{After: now})
	before := now
	step := func(what string) {
		p.tell(&catalogue.CaseStepped{Step: what, Before: before, After: now})
		before = now
	}
	resume := func() {
		now.Pauses = slices.Clone(now.Pauses)
		now.Pauses[len(now.Pauses)-1].To, now.WaitsSince = p.at, 0
	}
	p.happens(14, func(int) {
		switch what := p.number(0, 7); {
		case what == 0:
			p.moved("c1", "c2")
		case what == 1:
			now.Owner = p.one("li", "zhao")
			step("assigned")
		case what == 2 && now.Response.DoneAt != 0 && now.Status != catalogue.CaseClosed:
			p.tell(&catalogue.CaseBreached{Clock: catalogue.ClockSolution, Due: now.Solution.Due, After: now})
		case now.Status == catalogue.CaseNew:
			now.Status, now.Response.DoneAt = catalogue.CaseWorking, p.at
			p.tell(&catalogue.CaseEntryAdded{Entry: catalogue.CaseEntry{N: 1, Side: catalogue.CaseOutbound, At: p.at}, After: now})
			before = now
		case now.Status == catalogue.CaseWorking && what <= 5:
			now.Status, now.WaitsSince = catalogue.CaseWaiting, p.at
			now.Pauses = append(slices.Clone(now.Pauses), catalogue.CasePause{From: p.at})
			step("waiting")
		case now.Status == catalogue.CaseWorking:
			now.Status, now.ResolvedAt, now.Solution.DoneAt = catalogue.CaseResolved, p.at, p.at
			step("resolved")
		case now.Status == catalogue.CaseWaiting && what <= 5:
			now.Status = catalogue.CaseWorking
			resume()
			step("resumed")
		case now.Status == catalogue.CaseWaiting:
			now.Nudged++
			step("nudged")
		case now.Status == catalogue.CaseResolved && what <= 5:
			now.Status, now.ClosedAt = catalogue.CaseClosed, p.at
			step("closed")
		default: // solved or closed, and not solved after all
			now.Status, now.Round, now.RoundAt, now.ResolvedAt, now.ClosedAt, now.Pauses = catalogue.CaseNew, now.Round+1, p.at, 0, 0, nil
			now.Response, now.Solution = catalogue.CaseClock{Within: "4wh", Due: p.days(0, 1)}, catalogue.CaseClock{Within: "3wd", Due: p.days(1, 4)}
			step("reopened")
		}
	})
}
