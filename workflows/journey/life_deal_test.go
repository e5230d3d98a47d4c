package journey_test

import (
	"fmt"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
)

var dealLife = life{process: journey.Of(deal.Rules), id: "d1", draw: drawDeal, anyOrder: true}

// drawDeal draws a deal: follow-ups, stages, quotes, owners, an end that some come back from.
func drawDeal(p *pen) {
	stages := []string{"contacted", "need_confirmed", "proposed", "quoted", "negotiating", "to_sign"}
	now := catalogue.Deal{ID: "d1", Company: "海天", Customer: p.one("", "c1"), Owner: "zhang", Pipeline: "p7", Stage: "contacted",
		StageType: "contact", StageSince: p.at, ClocksFrom: p.at, Outcome: catalogue.DealOpen}
	p.tell(&catalogue.DealOpened{After: now})
	assign := func(to, reason string) {
		p.tell(&catalogue.DealAssigned{Deal: "d1", Before: now.Owner, After: to, Reason: reason})
		now.Owner = to
	}
	p.happens(25, func(n int) {
		switch p.number(0, 8) {
		case 0, 1, 2:
			p.followUp(n)
		case 3:
			i, before := p.number(0, 5), slices.Index(stages, now.Stage)
			now.Stage, now.StageSince = stages[i], p.at
			now.StageType = map[bool]string{true: "decision", false: "need"}[i == 5]
			p.tell(&catalogue.StageChanged{Deal: "d1", Before: stages[before], After: stages[i], At: p.at, Forward: i > before, State: now})
		case 4:
			p.tell(&catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: fmt.Sprint("q", n), SentAt: p.at}})
		case 5:
			p.tell(&catalogue.QuoteConfirmed{Deal: "d1", Quote: fmt.Sprint("q", p.number(0, n))})
		case 6:
			to := p.one("", "li", "zhang")
			assign(to, map[bool]string{true: "claim", false: "transfer"}[now.Owner == ""])
		case 7:
			p.task(n)
		case 8:
			if now.Outcome != catalogue.DealOpen {
				now.Outcome, now.ClosedAt = catalogue.DealOpen, 0
				p.tell(&catalogue.DealReopened{Deal: "d1", State: now})
				return
			}
			if p.yes() { // most deals stay open
				return
			}
			now.Outcome, now.ClosedAt = p.one(catalogue.DealWon, catalogue.DealLost), p.at
			p.tell(&catalogue.DealClosed{Deal: "d1", Outcome: now.Outcome, State: now})
		}
	})
}
