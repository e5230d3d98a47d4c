package journey_test

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/churnreview"
)

var churnReviewLife = life{process: journey.Of(churnreview.Rules), id: "c1.1", draw: drawChurnReview}

// drawChurnReview draws the review of a loss: findings, an interview, parts that change
// hands, and its end.
func drawChurnReview(p *pen) {
	now := catalogue.ChurnReview{ID: "c1.1", Customer: "c1", Company: "华兴", Status: catalogue.ChurnOpen, Owner: "zhang", ConfirmedAt: p.ago(90),
		Participants: []catalogue.ChurnParticipant{{Role: catalogue.ChurnSales, Person: "zhang"}, {Role: catalogue.ChurnService, Person: "li"}}}
	now.Interview.Sampled = p.yes()
	p.tell(&catalogue.ChurnConfirmed{After: now}, &catalogue.ChurnReviewOpened{After: now})
	p.happens(10, func(int) {
		now.Participants = slices.Clone(now.Participants)
		part := &now.Participants[p.number(0, 1)]
		switch what := p.number(0, 6); {
		case what == 0:
			p.moved("c1", "c2")
		case now.Status != catalogue.ChurnOpen:
			now.WonBackAt = p.at
			p.tell(&catalogue.CustomerWonBack{After: now})
		case what <= 2:
			part.DoneAt = p.at
			p.tell(&catalogue.ChurnReviewChanged{After: now, Changed: "findings"})
		case what == 3:
			part.Person = p.one("li", "zhao")
			p.tell(&catalogue.ChurnReviewChanged{After: now, Changed: "participants"})
		case what == 4:
			now.Interview.Way = p.one(catalogue.InterviewPhone, catalogue.InterviewDeep, catalogue.InterviewRefused)
			p.tell(&catalogue.ChurnReviewChanged{After: now, Changed: "interview"})
		case what == 5:
			now.Status, now.ClosedAt = catalogue.ChurnClosed, p.at
			p.tell(&catalogue.ChurnReviewClosed{After: now})
		default:
			now.Status, now.Withdrawn = catalogue.ChurnWithdrawn, "订单还在"
			p.tell(&catalogue.ChurnWithdrew{After: now})
		}
	})
}
