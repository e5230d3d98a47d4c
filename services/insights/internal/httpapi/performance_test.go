package httpapi_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/httpapi"
	"liuke.dev/services/insights/internal/performance"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/store/sqlite"
)

// a person's review shows satisfaction and proactive care beside revenue, from
// facts in any order; it counts for whoever owned the customer at the time, and says
// what it has nothing of.
func TestPerformanceIsMoreThanRevenue(t *testing.T) {
	at := nine.Add(-day)
	score := func(n int) *int { return &n }
	of := func(customer, id string, at instant.Time, actor string, d catalogue.Data) facts.Event {
		e := event(t, id, at, actor, "", d)
		e.Customer = customer
		parts := strings.Split(id, "/")
		e.Version = int64(parts[len(parts)-2][0] - '0')
		return e
	}
	events := []facts.Event{
		of("c1", "ownership/c1/1/0", at.Add(-10*day), "person", &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "c1", Owner: "wang", Since: at.Add(-10 * day)}, Reason: "intake"}),
		of("c1", "ownership/c1/2/0", at, "person", &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "c1", Owner: "li", Since: at}, Reason: "transfer"}),
		of("c1", "deal/d1/5/0", at, "person", &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealWon, State: catalogue.Deal{ID: "d1", Owner: "wang", Amount: &money.Amount{Minor: 100, Currency: "CNY"}}}),
		of("c1", "contract/k1/5/0", at, "person", &catalogue.ContractSignedFact{After: catalogue.Contract{ID: "k1", Owner: "wang", Total: money.Of(300, "CNY"), SignedAt: at}}),
		of("c1", "contract/k0/9/0", at, "process", &catalogue.ContractEnded{After: catalogue.Contract{ID: "k0", Owner: "wang", Status: catalogue.ContractRenewed, EndedAt: at}}),
		of("c1", "survey/s1/2/0", at-1, "public", &catalogue.SurveyAnswered{After: catalogue.Survey{ID: "s1", Customer: "c1", Score: score(90), Answered: at - 1}}),                                           // wang's
		of("c1", "survey/s2/2/0", at-2, "public", &catalogue.SurveyAnswered{After: catalogue.Survey{ID: "s2", Customer: "c1", Score: score(41), Answered: at - 2, Low: true}}),                                // wang's
		of("c1", "survey/s3/2/0", at, "public", &catalogue.SurveyAnswered{After: catalogue.Survey{ID: "s3", Customer: "c1", NPS: "promoter", Raw: &catalogue.ScaleAnswer{Value: 10, Max: 10}, Answered: at}}), // li's
		followed(t, "wang", at, 0, func(u *catalogue.FollowUp) { u.By, u.Direction, u.OccurredAt = "wang", "outbound", at }),
		followed(t, "wang", at+1, 0, func(u *catalogue.FollowUp) { u.By, u.Direction, u.OccurredAt = "wang", "inbound", at }), // the customer's initiative
		of("c1", "care/x/1/0", at, "person", &catalogue.CareRecorded{Change: "done", After: catalogue.CareRecord{ID: "x", Customer: "c1", By: "wang", At: at}}),
		of("c1", "task/t1/2/0", at, "person", &catalogue.TaskEnded{After: catalogue.Task{ID: "t1", Kind: catalogue.TaskRevisit, Assignee: "wang", Customer: "c2", Status: catalogue.TaskDone, EndedAt: at}}),
		of("c1", "task/t2/2/0", at, "person", &catalogue.TaskEnded{After: catalogue.Task{ID: "t2", Kind: catalogue.TaskRenewalTalk, Assignee: "wang", Customer: "c2", Status: catalogue.TaskDone, EndedAt: at, Overdue: true}}),
		of("c1", "task/t3/2/0", at, "person", &catalogue.TaskEnded{After: catalogue.Task{ID: "t3", Kind: catalogue.TaskNextTouch, Assignee: "wang", Status: catalogue.TaskDone, EndedAt: at}}),
		of("c1", "care/old/1/0", at, "person", &catalogue.CareRecorded{Change: "done", After: catalogue.CareRecord{ID: "old", Customer: "c1", By: "wang", At: nine.Add(-31 * day)}}), // before the period
	}
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	book, err := performance.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events) // answers before who owned
	for range 2 {          // and all of it twice
		for _, f := range events {
			if err := book.Project(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
	}
	engine := httpx.NewEngine()
	s, err := httpx.New(t.Context(), httpx.Config{Name: "insights", Version: "test", Engine: engine, Verifier: authtest.Tokens{
		"wang": {ID: "wang", Roles: []auth.Role{auth.Salesperson}}, "boss": {ID: "boss", Roles: []auth.Role{auth.SalesManager}}, "director": {ID: "director", Roles: []auth.Role{auth.SalesDirector}}}})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() instant.Time { return nine }
	(&httpapi.Performance{Book: book, Guard: access.New(staff, clock), People: staff, Clock: clock}).Register(s)
	get := func(who, query string) (int, []httpapi.PersonFigures) {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/insights/performance"+query, nil)
		r.Header.Set("Authorization", "Bearer "+who)
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		var page httpx.Page[httpapi.PersonFigures]
		_ = json.Unmarshal(w.Body.Bytes(), &page)
		return w.Code, page.Items
	}
	status, list := get("wang", "")
	if status != 200 || len(list) != 1 {
		t.Fatalf("%d %+v", status, list)
	}
	f := list[0].Figures
	if f.Deals != 1 || f.Revenue[0].Minor != 100 || f.Contracts != 1 || f.ContractValue[0].Minor != 300 || f.Renewed != 1 {
		t.Errorf("revenue %+v", f)
	}
	if f.Ratings != 2 || f.Satisfaction == nil || *f.Satisfaction != 66 || f.Low != 1 || f.Answers != 0 {
		t.Errorf("satisfaction %+v", f)
	}
	if f.Contacts != 1 || f.Care != 1 || f.Services != 2 || f.OnTime != 1 || f.Customers != 2 || len(f.Lacks) != 0 {
		t.Errorf("care %+v", f)
	}
	if _, list = get("director", "?person=li"); list[0].NPS == nil || *list[0].NPS != 100 || list[0].Ratings != 0 || !slices.Equal(list[0].Lacks, []string{"revenue", "proactive_care"}) {
		t.Errorf("li: %+v", list)
	}
	for who, c := range map[string]struct {
		query  string
		status int
		people int
	}{"wang": {"?person=li", 403, 0}, "boss": {"", 200, 3}, "director": {"", 200, 5}, "": {"", 401, 0}} {
		if status, list := get(who, c.query); status != c.status || len(list) != c.people {
			t.Errorf("%s: %d with %d people, want %+v", who, status, len(list), c)
		}
	}
	if status, _ := get("director", "?from=yesterday"); status != 422 {
		t.Errorf("a period that is none: %d", status)
	}
}
