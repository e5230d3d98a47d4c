package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/httpapi"
	"liuke.dev/services/insights/internal/outage"
	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store/sqlite"
)

// Outages are listed and shown to whoever answers for what is late, and to
// nobody else.
func TestOutages(t *testing.T) {
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	c, err := record.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	book, err := outage.Open(t.Context(), e, c)
	if err != nil {
		t.Fatal(err)
	}
	down := event(t, "presence/worker/4/0", nine, "worker", "", &catalogue.Interrupted{Program: "journeys", Cause: catalogue.CauseAway, Dependency: "temporal", From: nine, Until: nine.Add(time.Hour)})
	if err := project.New(c, book).One(t.Context(), down); err != nil {
		t.Fatal(err)
	}
	if err := book.Draw(t.Context(), nine.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	s, err := httpx.New(t.Context(), httpx.Config{Name: "insights", Version: "test", Engine: engine, Verifier: authtest.Tokens{
		"wang": {ID: "wang", Roles: []auth.Role{auth.Salesperson}}, "boss": {ID: "boss", Roles: []auth.Role{auth.SalesManager}}}})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() instant.Time { return nine }
	(&httpapi.Outages{Book: book, Guard: access.New(staff, clock), Local: instant.Time.String}).Register(s)
	call := func(who, path string, into any) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/insights/outages"+path, nil)
		r.Header.Set("Authorization", "Bearer "+who)
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		if w.Code == http.StatusOK && json.Unmarshal(w.Body.Bytes(), into) != nil {
			t.Errorf("%s is no JSON of its kind: %s", path, w.Body)
		}
		return w.Code
	}
	var all httpx.Page[httpapi.OutageOut]
	if code := call("boss", "", &all); code != http.StatusOK || len(all.Items) != 1 || all.Items[0].ID != nine.String() || !all.Items[0].Final {
		t.Errorf("list: %d %+v", code, all)
	}
	var one httpapi.OutageReceipt
	if code := call("boss", "/"+nine.Add(time.Minute).String(), &one); code != http.StatusOK || one.ID != nine.String() ||
		!strings.Contains(one.Page.Zh, "journeys：无法访问 temporal") || !strings.Contains(one.Page.En, "temporal did not answer") || one.LateOnes == nil {
		t.Errorf("one: %d %+v", code, one)
	}
	for path, want := range map[string]int{"/" + nine.Add(2*time.Hour).String(): http.StatusNotFound, "/yesterday": http.StatusNotFound} {
		if code := call("boss", path, &one); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	for _, path := range []string{"", "/" + nine.String()} {
		if code := call("wang", path, &one); code != http.StatusForbidden {
			t.Errorf("a salesperson sees %q: %d", path, code)
		}
	}
}
