package accounts_test

import (
	"slices"
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/reviews"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/store/sqlite"
)

// C-15: every rhythm of the policy has its next occasion, held by somebody; it counts as held only with
// its evidence, the next one is planned once however often it is asked for, and one that nobody held is missed.
func TestScheduledReviews(t *testing.T) {
	o := learns(t)
	type occasion struct {
		catalogue.Review
		LooksAt []string `json:"looks_at"`
	}
	var all struct{ Items []occasion }
	until(t, "every rhythm has its occasion", func() bool {
		o.call("tech", "GET", "/v1/reviews?status=planned", nil, &all)
		return len(all.Items) == 4
	})
	by := map[string]occasion{}
	for _, i := range all.Items {
		by[i.Rhythm] = i
		if i.Owner != "director" || i.Due <= instant.Now() || i.NextDue <= i.Due || i.Opens >= i.Due || len(i.LooksAt) == 0 {
			t.Errorf("%+v", i)
		}
	}
	weekly := by["weekly_funnel"]
	path := "/v1/reviews/" + weekly.ID
	for name, c := range map[string]struct {
		who, body string
		status    int
	}{"not mine": {"tech", `{"evidence":[{"kind":"minutes","text":"x"},{"kind":"figures","text":"y"}]}`, 403}, "no evidence": {"director", `{"evidence":[]}`, 422},
		"half of it": {"director", `{"evidence":[{"kind":"minutes","text":"x"}]}`, 422}, "blank": {"director", `{"evidence":[{"kind":"minutes","text":"x"},{"kind":"figures","text":" "}]}`, 422}} {
		if status, _ := o.call(c.who, "POST", path+"/holding", c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	var held occasion
	if status, _ := o.call("director", "POST", path+"/holding", `{"evidence":[{"kind":"minutes","text":"纪要"},{"kind":"figures","text":"漏斗"}],"decisions":["…"]}`, &held); status != 200 || held.Status != "held" || held.HeldBy != "director" {
		t.Fatalf("%d %+v", status, held)
	}
	if status, _ := o.call("director", "POST", path+"/holding", `{"evidence":[{"kind":"minutes","text":"x"},{"kind":"figures","text":"y"}]}`, nil); status != 409 {
		t.Errorf("held twice: %d", status)
	}
	plan := map[string]any{"rhythm": "weekly_funnel", "after": weekly.Due.String()}
	if status, _ := o.call("director", "PUT", "/v1/reviews/x", plan, nil); status != 403 {
		t.Errorf("planned by a person: %d", status)
	}
	var next, again occasion
	o.call("journeys", "PUT", "/v1/reviews/review:a:next:1:0", plan, &next)
	if o.call("journeys", "PUT", "/v1/reviews/review:b:next:1:0", plan, &again); next.ID == weekly.ID || next.Due != weekly.NextDue || again.ID != next.ID {
		t.Errorf("%+v, %+v", next, again)
	}
	var past, after occasion
	o.call("journeys", "PUT", "/v1/reviews/p1", map[string]any{"rhythm": "monthly_departments", "after": "2026-01-01T00:00:00Z"}, &past)
	o.call("journeys", "PUT", "/v1/reviews/p2", map[string]any{"rhythm": "monthly_departments", "after": past.Due.String()}, &after)
	if o.call("tech", "GET", "/v1/reviews/"+past.ID, nil, &past); past.Status != "missed" || after.Status != "planned" {
		t.Errorf("nobody held %s: %s", past.ID, past.Status)
	}
	for query, status := range map[string]int{"?status=held": 200, "?rhythm=weekly_funnel": 200, "?owner=director": 200, "?owner=director&status=held": 422, "/none": 404} {
		if got, _ := o.call("tech", "GET", "/v1/reviews"+query, nil, nil); got != status {
			t.Errorf("%s: %d", query, got)
		}
	}
}

// before anybody works here nothing is planned; then each rhythm is held by who should, and by somebody else once they left.
func TestSomebodyHoldsEveryReview(t *testing.T) {
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	people := directory.Of()
	r, err := reviews.New(t.Context(), reviews.Config{Engine: e, Guard: access.New(people, instant.Now), People: people, Policy: policytest.Holder(t), Clock: instant.Now})
	if err != nil {
		t.Fatal(err)
	}
	owners := func() []string {
		if err := r.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		page, err := r.List(t.Context(), auth.Principal{ID: "boss", Roles: []auth.Role{auth.Management}}, "planned", "", "", 50, "")
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, d := range page.Docs {
			out = append(out, d.Body.Owner)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	if got := owners(); len(got) != 0 {
		t.Errorf("nobody works here, and %v hold reviews", got)
	}
	people.Put(catalogue.Person{ID: "admin", Active: true, Roles: []string{string(auth.Administrator)}}, 1)
	if got := owners(); !slices.Equal(got, []string{"admin"}) {
		t.Errorf("%v", got)
	}
	boss := catalogue.Person{ID: "boss", Active: true, Roles: []string{"management", "sales_director", "sales_manager"}}
	people.Put(boss, 1)
	if got := owners(); !slices.Equal(got, []string{"boss"}) {
		t.Errorf("%v", got)
	}
	boss.Active = false
	people.Put(boss, 2)
	people.Put(catalogue.Person{ID: "next", Active: true, Roles: []string{string(auth.Management)}}, 1)
	if got := owners(); !slices.Equal(got, []string{"next"}) {
		t.Errorf("after the boss left: %v", got)
	}
}
