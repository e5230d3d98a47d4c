package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/journey/journeytest"
)

// begin lets the journey of a deal decide at an instant.
func (s *stand) begin(t *testing.T, id, outcome string, now instant.Time) decisions.Answer {
	t.Helper()
	h := journeytest.New(t)
	h.Tell("deal/"+id, noon, &catalogue.DealOpened{After: catalogue.Deal{ID: id, Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted",
		StageSince: noon, ClocksFrom: noon, Outcome: outcome}})
	a, err := s.Decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: id, Key: "begin" + now.String(), Now: now, Events: h.Events})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pages reads a list to its end, two at a time, and gives the ids.
func (s *stand) pages(t *testing.T, query string) []string {
	t.Helper()
	ids := []string{}
	for after := ""; ; {
		var page httpx.Page[workflows.Listed]
		if code := s.call(t, "GET", "/v1/journeys?limit=2&after="+after+"&"+query, "sales_director", &page); code != 200 {
			t.Fatalf("%s: %d", query, code)
		}
		for _, j := range page.Items {
			ids = append(ids, j.ID)
		}
		if after = page.Next; after == "" {
			slices.Sort(ids)
			return ids
		}
	}
}

func (s *stand) count(t *testing.T) map[string]workflows.KindCounts {
	t.Helper()
	var counts workflows.Counts
	if code := s.call(t, "GET", "/v1/journeys/counts", "administrator", &counts); code != 200 {
		t.Fatalf("status %d", code)
	}
	by := map[string]workflows.KindCounts{}
	for _, k := range counts.Kinds {
		by[k.Kind] = k
	}
	return by
}

// Whoever publishes a policy sees which running journeys it touches, and whoever
// answers for it sees those that are stuck.
func TestListJourneys(t *testing.T) {
	s := newStand(t)
	for n := range 5 {
		s.begin(t, fmt.Sprintf("d%d", n), catalogue.DealOpen, noon.Add(-3*time.Hour))
	}
	s.begin(t, "gone", catalogue.DealLost, noon.Add(-3*time.Hour))
	if err := s.Policy.Put(policy.Book{Version: 2, EffectiveFrom: noon.Add(-2 * time.Hour), Sections: policy.Defaults()}); err != nil {
		t.Fatal(err)
	}
	s.begin(t, "d1", catalogue.DealOpen, noon.Add(-time.Hour))
	for query, want := range map[string][]string{
		"kind=deal":                {"d0", "d1", "d2", "d3", "d4"},
		"kind=deal&behind=2":       {"d0", "d2", "d3", "d4"},
		"kind=deal&policy=2":       {"d1"},
		"kind=deal&policy=1":       {"d0", "d2", "d3", "d4"},
		"kind=deal&state=ended":    {"gone"},
		"kind=deal&state=troubled": {},
		"kind=lead":                {},
	} {
		if got := s.pages(t, query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if got, want := s.count(t)["deal"], (workflows.KindCounts{Kind: "deal", Running: 5, Behind: 4, Ended: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := s.count(t)["lead"]; got != (workflows.KindCounts{Kind: "lead"}) || len(s.count(t)) != len(workflows.Kinds()) {
		t.Errorf("%+v", got)
	}
}

// A journey whose effect failed for good, and one that should have woken, are found.
func TestListStuckJourneys(t *testing.T) {
	s := newStand(t)
	s.decide(t, "0", noon)
	id := s.decide(t, "1", noon.Add(7*day)).Effects[0].ID
	s.decide(t, "2", noon.Add(7*day), decisions.Outcome{ID: id, Status: decisions.Failed, Error: "400"})
	s.begin(t, "d2", catalogue.DealOpen, noon)
	var page httpx.Page[workflows.Listed]
	if code := s.call(t, "GET", "/v1/journeys?kind=deal&state=troubled", "sales_manager", &page); code != 200 || len(page.Items) != 1 {
		t.Fatalf("status %d, %d troubled", code, len(page.Items))
	}
	if j := page.Items[0]; j.ID != "d1" || len(j.Failed) != 1 || j.Failed[0].ID != id || j.Failed[0].Error != "400" || j.Owner != "zhang" || j.Policy != 1 || j.Link == "" {
		t.Errorf("%+v", j)
	}
	if got := s.count(t)["deal"]; got.Troubled != 1 || got.Overdue != 0 {
		t.Errorf("%+v", got)
	}
	s.now = noon.Add(7*day + time.Minute) // d2 is due, its own timer comes first
	if got := s.pages(t, "kind=deal&state=overdue"); len(got) != 0 {
		t.Errorf("overdue %v", got)
	}
	s.now = noon.Add(7*day + 3*time.Minute)
	if got := s.pages(t, "kind=deal&state=overdue"); !slices.Equal(got, []string{"d2"}) || s.count(t)["deal"].Overdue != 1 {
		t.Errorf("overdue %v", got)
	}
}

// Who may see all journeys, and what bad input gets.
func TestListRefuses(t *testing.T) {
	s := newStand(t)
	for _, path := range []string{"/v1/journeys?kind=deal", "/v1/journeys/counts"} {
		for role, want := range map[string]int{"": 401, "salesperson": 403, "marketing": 403, "product": 403, "sales_manager": 200, "sales_director": 200, "management": 200, "administrator": 200} {
			if code := s.call(t, "GET", path, role, nil); code != want {
				t.Errorf("%s as %q: %d, want %d", path, role, code, want)
			}
		}
	}
	for _, query := range []string{"", "kind=dragon", "kind=deal&state=lost", "kind=deal&behind=0", "kind=deal&behind=2&policy=2", "kind=deal&behind=2&state=ended", "kind=deal&limit=1000"} {
		if code := s.call(t, "GET", "/v1/journeys?"+query, "administrator", nil); code != 422 {
			t.Errorf("%q: %d, want 422", query, code)
		}
	}
	if code := s.call(t, "GET", "/v1/journeys?kind=deal&after=nonsense", "administrator", nil); code != 400 && code != 422 {
		t.Errorf("a cursor of another list: %d", code)
	}
}
