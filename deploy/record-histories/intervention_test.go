package recordhistories

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// D-9: an intervention on the real server, its clock skipping: four
// tasks, a reminder, a planned contact at its time, the customer comes back, everything
// is withdrawn, it closes; each is asked for once.
func TestIntervention(t *testing.T) {
	s := start(t, true)
	at := instant.Now()
	i := catalogue.Intervention{ID: "c1-1", Customer: "c1", Company: "海天", Episode: 1, Scope: catalogue.ScopeTeam, Status: catalogue.TeamOpen, Reason: "red", OpenedAt: at, OpenedBy: "journeys",
		Lead: "boss", Due: at.Add(14 * day)}
	for _, role := range []string{"sales", "service", "product", "operations"} {
		i.Team = append(i.Team, catalogue.TeamRole{Role: role, Person: "p-" + role, Task: lang.T(role, role), Due: at.Add(2 * day)})
	}
	s.send(s.Tell("intervention/c1-1", at, &catalogue.InterventionOpened{After: i}))
	s.await("intervention", "c1-1", 1)
	i.Steps = []catalogue.PlannedContact{{ID: "0", Role: "operations", Channel: "mail", Purpose: "intervention", Subject: lang.T("邀请", "Invitation"), Text: lang.T("沙龙", "Salon"),
		At: at.Add(3 * day), PlannedBy: "p-operations"}}
	s.send(s.Tell("intervention/c1-1", at, &catalogue.InterventionChanged{Change: "planned", Role: "operations", Step: "0", After: i}))
	s.awaitFired("intervention", "c1-1", "contact.0")
	i.Status, i.Recovery = catalogue.TeamRecovered, &catalogue.Recovery{Entry: "shop:1", Kind: "order", At: at.Add(4 * day)}
	back := s.Tell("intervention/c1-1", at.Add(4*day), &catalogue.InterventionRecovered{After: i})
	s.send(back, back)
	s.awaitFired("intervention", "c1-1", "came_back")
	for n := range i.Team {
		i.Team[n].Outcome = &catalogue.RoleOutcome{Says: "done", By: i.Team[n].Person, At: at.Add(4 * day)}
	}
	s.send(s.Tell("intervention/c1-1", at.Add(4*day), &catalogue.InterventionChanged{Change: "outcome", Role: "operations", After: i}))
	i.Status, i.Result, i.ClosedAt = catalogue.TeamClosed, catalogue.ResultRecovered, at.Add(5*day)
	s.send(s.Tell("intervention/c1-1", at.Add(5*day), &catalogue.InterventionClosed{After: i}))
	if err := s.client.GetWorkflow(t.Context(), "intervention/c1-1", "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	reached, withdrawn, seen := 0, 0, map[string]int{}
	for _, c := range s.Services.Calls() {
		seen[c.Method+" "+c.Key]++
		if c.Path[0] == "outreach" {
			if c.Path[1] == "withdrawals" {
				withdrawn++
			} else {
				reached++
			}
		}
	}
	for call, n := range seen {
		if n != 1 {
			t.Errorf("%s was asked for %d times", call, n)
		}
	}
	if tasks := s.Services.Count("PUT", "tasks"); tasks != 4 || reached != 1 || withdrawn != 1 {
		t.Errorf("%d tasks, %d contacts, %d withdrawals", tasks, reached, withdrawn)
	}
	h := s.history("intervention/c1-1")
	t.Logf("an intervention costs %d events, %d bytes of history", len(h.Events), proto.Size(h))
	record(t, "intervention", h)
}
