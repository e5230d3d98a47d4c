package journey_test

import (
	"fmt"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/intervention"
)

var interventionLife = life{process: journey.Of(intervention.Rules), id: "c1-1", draw: drawIntervention}

// drawIntervention draws a team at work for an endangered customer: outcomes, roles
// that change hands, contacts planned and given up, another deadline, a customer that
// comes back, and the end.
func drawIntervention(p *pen) {
	now := catalogue.Intervention{ID: "c1-1", Customer: "c1", Company: "海天", Scope: catalogue.ScopeTeam, Status: catalogue.TeamOpen, Reason: "red", OpenedAt: p.ago(90), Lead: "wang", Due: p.days(3, 30),
		Team: []catalogue.TeamRole{{Role: "sales", Person: "zhang", Due: p.days(1, 5)}, {Role: "service", Person: "li", Due: p.days(1, 5)}}}
	p.tell(&catalogue.InterventionOpened{After: now})
	p.happens(14, func(n int) {
		now.Team, now.Steps = slices.Clone(now.Team), slices.Clone(now.Steps)
		role := &now.Team[p.number(0, 1)]
		change := func(what string) { p.tell(&catalogue.InterventionChanged{Change: what, After: now}) }
		switch what := p.number(0, 9); {
		case what == 0:
			p.moved("c1", "c2")
		case now.Status == catalogue.TeamClosed: // it is over
		case what <= 2:
			role.Outcome = &catalogue.RoleOutcome{Says: "价格", By: role.Person, At: p.at}
			change("outcome")
		case what == 3:
			role.Person, role.Due = p.one("li", "zhao"), p.days(1, 5)
			change("person")
		case what <= 5:
			says := lang.T("您好", "Hello")
			now.Steps = append(now.Steps, catalogue.PlannedContact{ID: fmt.Sprint("s", n), Role: role.Role, Channel: "app", Purpose: "care", Text: says, At: p.days(0, 9)})
			change("planned")
		case what == 6 && len(now.Steps) > 0:
			now.Steps[0].Cancelled = true
			change("cancelled")
		case what == 7:
			now.Due = p.days(1, 30)
			change("due")
		case what == 8:
			now.Status, now.Recovery = catalogue.TeamRecovered, &catalogue.Recovery{Entry: "e", Kind: "order", At: p.at}
			p.tell(&catalogue.InterventionRecovered{After: now})
		default:
			now.Status, now.ClosedAt, now.Result = catalogue.TeamClosed, p.at, p.one(catalogue.ResultRecovered, catalogue.ResultOngoing, catalogue.ResultChurned)
			p.tell(&catalogue.InterventionClosed{After: now})
		}
	})
}
