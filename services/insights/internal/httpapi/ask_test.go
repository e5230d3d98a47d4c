package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"liuke.dev/services/insights/internal/httpapi"
	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/services/insights/internal/why"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store/sqlite"
)

const nine = instant.Time(1772355600000) // 2026-03-01T09:00:00Z

type anybody struct{}

func (anybody) Verify(context.Context, string) (auth.Principal, error) {
	return auth.Principal{ID: "wang", Roles: []auth.Role{auth.Salesperson}}, nil
}

// open gives the interface over a few facts.
func open(t *testing.T, events ...facts.Event) http.Handler {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	c, err := record.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range project.New(c).Batch(t.Context(), events) {
		if err != nil {
			t.Fatal(err)
		}
	}
	engine := httpx.NewEngine()
	s, err := httpx.New(t.Context(), httpx.Config{Name: "insights", Version: "test", Engine: engine, Verifier: anybody{}})
	if err != nil {
		t.Fatal(err)
	}
	(&httpapi.API{C: c, Why: why.New(c, func(id string) string { return id }), Link: func(string, string) string { return "" }}).Register(s)
	return engine
}

func event(t *testing.T, id string, at instant.Time, actor, cause string, d catalogue.Data) facts.Event {
	t.Helper()
	d.SetHead(catalogue.Head{Actor: catalogue.Actor{ID: actor, Kind: actor}, Cause: cause})
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	aggregate := id[:strings.LastIndex(id[:strings.LastIndex(id, "/")], "/")]
	return facts.Event{ID: id, Type: d.Kind().Type, Subject: aggregate, Aggregate: aggregate, Time: at, Data: data}
}

// Why a deal or customer has its owner, why a deal has a mark, why a next-touch
// task is there: the newest fact that fits, down to what a person did.
func TestAsk(t *testing.T) {
	to := func(owner, window string) catalogue.Ownership {
		return catalogue.Ownership{Customer: "c1", Owner: owner, Window: window}
	}
	h := open(t,
		event(t, "transfer/t1/4/0", nine, "person", "", &catalogue.TransferStepped{After: catalogue.Transfer{ID: "t1"}}),
		event(t, "deal/d1/1/0", nine, "import", "", &catalogue.DealImported{After: catalogue.Deal{ID: "d1", Owner: "wang"}}),
		event(t, "deal/d2/1/0", nine, "import", "", &catalogue.DealImported{After: catalogue.Deal{ID: "d2", Owner: "wang"}}),
		event(t, "ownership/c1/1/0", nine, "person", "", &catalogue.OwnerChanged{After: to("wang", "wang"), Reason: "intake"}),
		event(t, "ownership/c1/2/0", nine+1, "person", "transfer/t1/4/0", &catalogue.OwnerChanged{Before: to("wang", "wang"), After: to("li", "li"), Reason: "transfer"}),
		event(t, "deal/d1/2/0", nine+2, "process", "ownership/c1/2/0", &catalogue.DealAssigned{Deal: "d1", Before: "wang", After: "li", Reason: "transfer"}),
		event(t, "ownership/c1/3/0", nine+3, "person", "", &catalogue.OwnerChanged{Before: to("li", "li"), After: to("li", "zhao"), Reason: "manual"}),
		event(t, "deal/d1/3/0", nine+4, "person", "", &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: "f1"}}),
		event(t, "deal/d1/3/1", nine+4, "person", "", &catalogue.NextTouchPlanned{Task: "f1"}),
		event(t, "task/f1/1/0", nine+5, "process", "deal/d1/3/1", &catalogue.TaskCreated{After: catalogue.Task{ID: "f1", Kind: catalogue.TaskNextTouch}}),
		event(t, "deal/d1/4/0", nine+6, "process", "deal/d1/3/0", &catalogue.MarkSet{Mark: catalogue.Mark{Rule: "at_risk"}}),
		event(t, "deal/d2/2/0", nine+7, "process", "", &catalogue.MarkSet{Mark: catalogue.Mark{Rule: "at_risk"}}),
	)
	for query, want := range map[string]string{
		"deal=d1&owner=true":     "deal/d1/2/0 ownership/c1/2/0 transfer/t1/4/0 true",
		"deal=d2&owner=true":     "deal/d2/1/0 true",
		"customer=c1&owner=true": "ownership/c1/2/0 transfer/t1/4/0 true",
		"deal=d1&mark=at_risk":   "deal/d1/4/0 deal/d1/3/0 true",
		"task=f1":                "task/f1/1/0 deal/d1/3/1 true",
		"fact=deal/d2/2/0":       "deal/d2/2/0 false", // a service did it by itself: nobody knows why
	} {
		var a why.Answer
		if code := get(t, h, query, &a); code != 200 {
			t.Errorf("%s: %d", query, code)
		}
		var got []string
		for _, l := range a.Chain {
			got = append(got, l.ID)
		}
		if s := strings.Join(got, " ") + map[bool]string{true: " true", false: " false"}[a.Complete]; s != want {
			t.Errorf("%s: %s, want %s", query, s, want)
		}
	}
}

// What is asked must be one thing, and known.
func TestAskRefuses(t *testing.T) {
	h := open(t)
	for query, want := range map[string]int{"": 422, "task=a&reminder=b": 422, "deal=d1": 422, "owner=true": 422, "deal=d1&lead=l1&owner=true": 422, "customer=c1&mark=x": 422,
		"deal=d1&owner=true&mark=x": 422, "task=a&owner=true": 422, "task=none": 404, "deal=none&owner=true": 404, "customer=none&owner=true": 404} {
		if code := get(t, h, query, nil); code != want {
			t.Errorf("%q: %d, want %d", query, code, want)
		}
	}
}

func get(t *testing.T, h http.Handler, query string, into any) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/insights/why?"+query, nil)
	r.Header.Set("Authorization", "Bearer x")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if into != nil && w.Code == 200 {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code
}
