package journey_test

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/review"
)

var reviewLife = life{process: journey.Of(review.Rules), id: "weekly_funnel.2026-03-09", draw: drawReview}

// drawReview draws an occasion of a scheduled review: planned, given to another owner,
// held or missed.
func drawReview(p *pen) {
	now := catalogue.Review{ID: "weekly_funnel.2026-03-09", Rhythm: p.one("weekly_funnel", "unknown"), Name: lang.T("周复盘", "weekly review"), Status: catalogue.ReviewPlanned, Owner: p.one("", "wang"),
		Opens: p.days(0, 5), Due: p.days(5, 9), NextDue: p.days(10, 20)}
	p.tell(&catalogue.ReviewStepped{After: now})
	p.happens(4, func(int) {
		switch p.number(0, 2) {
		case 0:
			now.Owner = p.one("li", "wang")
		case 1:
			now.Status, now.HeldAt = catalogue.ReviewHeld, p.at
		case 2:
			now.Status = p.one(catalogue.ReviewPlanned, catalogue.ReviewMissed)
		}
		p.tell(&catalogue.ReviewStepped{After: now})
	})
}
