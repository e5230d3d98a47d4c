package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/httpapi"
	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/punctuality"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store/sqlite"
)

const hour, day = time.Hour, 24 * time.Hour

var staff = directory.Of(
	catalogue.Person{ID: "boss", Name: "主管", Active: true, Roles: []string{"sales_manager"}},
	catalogue.Person{ID: "li", Active: true, Supervisor: "director"},
	catalogue.Person{ID: "wang", Active: true, Supervisor: "boss"},
	catalogue.Person{ID: "zhao", Active: false, Supervisor: "boss"},
	catalogue.Person{ID: "director", Active: true})

// reports serves the report over these facts, on the first of March at nine.
func reports(t *testing.T, events []facts.Event) http.Handler {
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
	book, err := punctuality.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // facts may come twice
		for _, err := range project.New(c, book).Batch(t.Context(), events) {
			if err != nil {
				t.Fatal(err)
			}
		}
		slices.Reverse(events)
	}
	engine := httpx.NewEngine()
	s, err := httpx.New(t.Context(), httpx.Config{Name: "insights", Version: "test", Engine: engine, Verifier: authtest.Tokens{
		"wang": {ID: "wang", Roles: []auth.Role{auth.Salesperson}}, "boss": {ID: "boss", Roles: []auth.Role{auth.SalesManager}},
		"director": {ID: "director", Roles: []auth.Role{auth.SalesDirector}}, "journeys": {ID: "journeys", Roles: []auth.Role{auth.System}}}})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() instant.Time { return nine }
	(&httpapi.Punctuality{Book: book, Guard: access.New(staff, clock), People: staff, Clock: clock}).Register(s)
	return engine
}

func followed(t *testing.T, owner string, recorded instant.Time, lateBy time.Duration, change ...func(*catalogue.FollowUp)) facts.Event {
	t.Helper()
	u := catalogue.FollowUp{ID: "f", Subject: catalogue.Subject{Kind: "lead", ID: "l1"}, By: "zhao", OccurredAt: recorded.Add(-day - lateBy), RecordedAt: recorded,
		Late: lateBy > 0, LateByMS: lateBy.Milliseconds()}
	for _, c := range change {
		c(&u)
	}
	return event(t, fmt.Sprintf("lead/%s-%s-%s/1/0", owner, recorded, lateBy), recorded, "person", "", &catalogue.FollowUpRecorded{Owner: owner, FollowUp: u})
}

// typed is a follow-up for which a person filled in so many fields.
func typed(n int) func(*catalogue.FollowUp) { return func(u *catalogue.FollowUp) { u.Typed = n } }

func ask[T any](t *testing.T, h http.Handler, who, path string) (int, httpx.Page[T]) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/insights/late-records"+path, nil)
	r.Header.Set("Authorization", "Bearer "+who)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var page httpx.Page[T]
	if w.Code == 200 {
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code, page
}

// R-024, C-16: per owner and period how many follow-ups were recorded on time, how many
// late, by how much, and how much had to be typed, whoever recorded them, from the facts alone.
func TestLateRecords(t *testing.T) {
	at := func(ago time.Duration) instant.Time { return nine.Add(-ago) }
	h := reports(t, []facts.Event{
		followed(t, "wang", at(hour), 0, typed(5)), followed(t, "wang", at(2*hour), 0, typed(14)), followed(t, "wang", at(3*hour), hour, typed(7)), followed(t, "wang", at(4*hour), 4*hour),
		followed(t, "wang", at(40*day), 9*hour),                                               // another period
		followed(t, "wang", at(5*hour), 0, func(u *catalogue.FollowUp) { u.Captured = true }), // by the telephone system itself
		followed(t, "zhao", at(30*day), time.Millisecond),                                     // the first instant of the period
		followed(t, "zhao", nine, 0),                                                          // the first after it
		followed(t, "", at(hour), 2*hour),                                                     // without owner: who recorded it
	})
	want := map[string]punctuality.Figures{
		"wang": {Recorded: 4, OnTime: 2, Late: 2, LateMeanMS: 9_000_000, LateMostMS: 14_400_000, TypedMean: 8.67}, // of three: the fourth is older than the count
		"zhao": {Recorded: 2, Late: 2, LateMeanMS: (7_200_000 + 1) / 2, LateMostMS: 7_200_000},
		"boss": {}, "li": {}, "director": {},
	}
	var got []string
	for after := ""; ; {
		code, page := ask[httpapi.OwnerFigures](t, h, "director", "?limit=2&after="+after)
		if code != 200 || len(page.Items) > 2 {
			t.Fatalf("%d, %d items", code, len(page.Items))
		}
		for _, f := range page.Items {
			got = append(got, f.Owner)
			if f.Figures != want[f.Owner] || f.To != nine || f.From != at(30*day) {
				t.Errorf("%s: %+v, want %+v", f.Owner, f, want[f.Owner])
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if !slices.Equal(got, []string{"boss", "director", "li", "wang", "zhao"}) {
		t.Errorf("owners %v", got)
	}
	_, earlier := ask[httpapi.OwnerFigures](t, h, "director", "?owner=wang&from="+at(50*day).String()+"&to="+at(30*day).String())
	if len(earlier.Items) != 1 || earlier.Items[0].Figures != (punctuality.Figures{Recorded: 1, Late: 1, LateMeanMS: 32_400_000, LateMostMS: 32_400_000}) {
		t.Errorf("the period before: %+v", earlier.Items)
	}
	_, late := ask[httpapi.LateRecord](t, h, "director", "/wang")
	if len(late.Items) != 2 || late.Items[0].RecordedAt != at(3*hour) || late.Items[0].LateByMS != 3_600_000 || late.Items[0].By != "zhao" || late.Items[0].Typed != 7 || !strings.HasPrefix(late.Items[0].ID, "lead/wang") {
		t.Errorf("behind the figure: %+v", late.Items)
	}
	if _, punctual := ask[httpapi.LateRecord](t, h, "director", "/wang?late=false&limit=1"); len(punctual.Items) != 1 || punctual.Items[0].Late || punctual.Next == "" {
		t.Errorf("on time: %+v", punctual.Items)
	}
}

// one sees oneself, managers their team, directors all.
func TestLateRecordsByRole(t *testing.T) {
	h := reports(t, nil)
	for who, want := range map[string]string{"wang": "wang", "boss": "boss wang zhao", "director": "boss director li wang zhao"} {
		_, page := ask[httpapi.OwnerFigures](t, h, who, "")
		var got []string
		for _, f := range page.Items {
			got = append(got, f.Owner)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s sees %v, want %s", who, got, want)
		}
	}
	for path, want := range map[string]int{"wang ?owner=wang": 200, "wang ?owner=zhao": 403, "wang /zhao": 403, "boss /zhao": 200, "boss /li": 403, "boss ?owner=director": 403,
		"journeys ": 403, "stranger ": 401, "wang ?after=%25": 422, "wang ?from=x": 422, "wang ?from=2027-01-01T00:00:00Z": 422, "wang ?from=2020-01-01T00:00:00Z": 422, "wang ?limit=0": 422} {
		who, path, _ := strings.Cut(path, " ")
		if code, _ := ask[httpapi.OwnerFigures](t, h, who, path); code != want {
			t.Errorf("%s %s: %d, want %d", who, path, code, want)
		}
	}
}
