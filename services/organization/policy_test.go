package organization_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

type edition struct {
	Version       int64        `json:"version"`
	EffectiveFrom instant.Time `json:"effective_from"`
	Author        string       `json:"author"`
	Reason        string       `json:"reason"`
	InForce       bool         `json:"in_force"`
	Changes       []policy.Change
	Touches       []struct {
		Journey  string
		Sections []string
		Href     string
	}
	Displaced []int64
}

// section gives the JSON of a default section after an edit.
func section(t *testing.T, name string, edit func(*policy.Sections)) string {
	t.Helper()
	s := policy.Defaults()
	edit(&s)
	raw, err := s.Section(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func entryWithin(t *testing.T, d string) string {
	return section(t, "intake", func(s *policy.Sections) { s.Intake.EntryWithin = policy.D(d) })
}

func TestFirstStartPublishesTheDefaults(t *testing.T) {
	o := open(t)
	o.staff()
	b := read[policy.Book](o.call("wang", "GET", "/v1/policy", "").want(200))
	if b.Version != 1 || len(policy.Diff(policy.Defaults(), b.Sections)) != 0 || b.EffectiveFrom > 1000 {
		t.Errorf("version %d from %s", b.Version, b.EffectiveFrom)
	}
	h := o.recorded("policy/1")
	f, err := facts.Decode[catalogue.PolicyPublished](h[0])
	var book policy.Book
	if err != nil || json.Unmarshal(f.Book, &book) != nil || book.Version != 1 || len(h) != 1 {
		t.Errorf("%v %v", h, err)
	}
	raw, err := o.engine.History(t.Context(), "policy/1", 0, 10)
	if err != nil || raw[0].Topic != "liuke.policy" || raw[0].Key != "1" {
		t.Errorf("published to %s under %q (%v), want liuke.policy under the version", raw[0].Topic, raw[0].Key, err)
	}
	o.restart()
	if h := o.recorded("policy/1"); len(h) != 1 {
		t.Errorf("a second start published again: %d facts", len(h))
	}
	if v, err := o.deps.Policy.At(instant.Time(o.now.Load())); err != nil || v.Version != 1 {
		t.Errorf("the process does not hold the book after a restart: %v", err)
	}
}

// a business user changes a rule without code; it is in force at once and can be taken back.
func TestPublishAndGoBack(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("director", "PUT", "/v1/policy/drafts/spring/sections/intake", entryWithin(t, "12h")).want(200)
	v := read[struct {
		Valid   bool
		Errors  []problem.Field
		Changes []policy.Change
	}](o.call("director", "POST", "/v1/policy/drafts/spring/validation", "").want(200))
	if !v.Valid || len(v.Changes) != 1 || v.Changes[0].Path != "intake.entry_within" || v.Changes[0].Before != "24h" || v.Changes[0].After != "12h" {
		t.Errorf("%+v", v)
	}
	a := o.call("director", "POST", "/v1/policy/drafts/spring/publication", `{"reason":"12 小时内录入"}`, "Idempotency-Key", "p").want(201)
	e := read[edition](a)
	if e.Version != 2 || !e.InForce || e.Author != "director" || a.Header().Get("Location") != "/v1/policy/versions/2" || e.EffectiveFrom != instant.Time(o.now.Load()) {
		t.Errorf("%+v %v", e, a.Header())
	}
	if len(e.Touches) != 1 || e.Touches[0].Journey != "lead" || strings.Join(e.Touches[0].Sections, " ") != "intake" || e.Touches[0].Href != "/v1/journeys?kind=lead&behind=2" {
		t.Errorf("which running journeys it touches: %+v", e.Touches)
	}
	o.call("director", "GET", "/v1/policy/drafts/spring", "").refused(404, "not_found") // used up
	if held, err := o.deps.Policy.At(instant.Time(o.now.Load())); err != nil || held.Sections.Intake.EntryWithin != policy.D("12h") {
		t.Errorf("not in force at once: %v", err)
	}
	f, err := facts.Decode[catalogue.PolicyPublished](o.recorded("policy/2")[0])
	if err != nil || f.Reason != "12 小时内录入" || f.Author != "director" || f.Actor.ID != "director" {
		t.Errorf("%+v %v", f, err)
	}
	d := read[struct{ Changes []policy.Change }](o.call("wang", "GET", "/v1/policy/diff?from=1&to=2", "").want(200))
	if len(d.Changes) != 1 {
		t.Errorf("%+v", d)
	}
	// Back to version 1, as version 3.
	o.call("director", "POST", "/v1/policy/versions/1/restoration", `{"reason":""}`).refused(422, "reason required")
	o.call("director", "POST", "/v1/policy/versions/9/restoration", `{"reason":"x"}`).refused(404, "not_found")
	e = read[edition](o.call("director", "POST", "/v1/policy/versions/1/restoration", `{"reason":"还是 24 小时"}`).want(201))
	b := read[policy.Book](o.call("wang", "GET", "/v1/policy", "").want(200))
	if e.Version != 3 || b.Version != 3 || len(policy.Diff(policy.Defaults(), b.Sections)) != 0 {
		t.Errorf("%+v", e)
	}
	list := read[page[edition]](o.call("wang", "GET", "/v1/policy/versions?limit=2", "").want(200))
	if len(list.Items) != 2 || list.Items[0].Version != 3 || !list.Items[0].InForce || list.Items[1].InForce || list.Next == "" {
		t.Errorf("%+v", list)
	}
	if rest := read[page[edition]](o.call("wang", "GET", "/v1/policy/versions?limit=2&after="+list.Next, "").want(200)); len(rest.Items) != 1 || rest.Items[0].Version != 1 {
		t.Errorf("%+v", rest)
	}
	if old := read[policy.Book](o.call("wang", "GET", "/v1/policy/versions/2", "").want(200)); old.Sections.Intake.EntryWithin != policy.D("12h") {
		t.Error("history changed")
	}
}

func TestScheduledVersion(t *testing.T) {
	o := open(t)
	o.staff()
	publish := func(draft, within, from string) edition {
		o.call("admin", "PUT", "/v1/policy/drafts/"+draft+"/sections/intake", entryWithin(t, within)).want(200)
		return read[edition](o.call("admin", "POST", "/v1/policy/drafts/"+draft+"/publication", fmt.Sprintf(`{"reason":"r","effective_from":%q}`, from)).want(201))
	}
	inForce := func() int64 { return read[policy.Book](o.call("wang", "GET", "/v1/policy", "").want(200)).Version }
	if e := publish("a", "12h", "2026-11-24T02:00:00Z"); e.InForce || inForce() != 1 {
		t.Errorf("%+v: in force before its time", e)
	}
	o.pass(24*time.Hour - time.Millisecond)
	if inForce() != 1 {
		t.Error("in force a millisecond too early")
	}
	o.pass(time.Millisecond)
	if v, err := o.deps.Policy.At(instant.Time(o.now.Load())); inForce() != 2 || err != nil || v.Version != 2 {
		t.Error("not in force on time")
	}
	publish("b", "10h", "2026-12-01T00:00:00Z")
	o.call("admin", "PUT", "/v1/policy/drafts/c/sections/intake", entryWithin(t, "8h")).want(200)
	o.call("admin", "POST", "/v1/policy/drafts/c/publication", `{"reason":"r","effective_from":"2026-11-24T01:59:59Z"}`).refused(422, "effective_from in_past")
	o.call("admin", "POST", "/v1/policy/drafts/c/publication", `{"reason":"r","effective_from":"tomorrow"}`).refused(422, "effective_from date_time")
	e := read[edition](o.call("admin", "POST", "/v1/policy/drafts/c/publication", `{"reason":"r"}`).want(201))
	if len(e.Displaced) != 1 || e.Displaced[0] != 3 || !e.InForce {
		t.Errorf("version 3 will never come into force and nobody says so: %+v", e)
	}
	o.pass(30 * 24 * time.Hour)
	if inForce() != 4 {
		t.Error("an older version took over")
	}
}

func TestDraft(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("wang", "PUT", "/v1/policy/drafts/x/sections/intake", entryWithin(t, "12h")).refused(403, "policy.draft")
	o.call("wang", "GET", "/v1/policy/drafts", "").refused(403, "policy.draft")
	o.call("", "GET", "/v1/policy", "").refused(401, "unauthorized")
	o.call("admin", "PUT", "/v1/policy/drafts/x/sections/weather", `{}`).refused(404, "not_found")
	o.call("admin", "PUT", "/v1/policy/drafts/x/sections/tasks", `{"overdue":[],"colour":1}`).refused(422, "tasks.colour unknown_field")
	o.call("admin", "PUT", "/v1/policy/drafts/x/sections/tasks", `{"overdue":[{"after":"soon","action":"remind"}]}`).refused(422, "tasks.overdue[0].after duration")
	o.call("admin", "PUT", "/v1/policy/drafts/x/sections/tasks", `{"overdue"`).refused(400, "malformed")
	o.call("admin", "PUT", "/v1/policy/drafts/a%20b/sections/tasks", `{"overdue":[]}`).want(422)
	o.call("admin", "GET", "/v1/policy/drafts/x", "").refused(404, "not_found")
	// An unfinished draft can be kept, and cannot be published.
	bad := section(t, "chain", func(s *policy.Sections) { s.Chain.Links[2].Trigger = "" })
	a := o.call("admin", "PUT", "/v1/policy/drafts/x/sections/chain", bad).want(200)
	o.call("admin", "PUT", "/v1/policy/drafts/x/sections/intake", entryWithin(t, "12h"), "If-Match", `"1"`).refused(412, "stale")
	o.call("admin", "PUT", "/v1/policy/drafts/x/sections/intake", entryWithin(t, "12h"), "If-Match", a.Header().Get("ETag")).want(200)
	v := read[struct {
		Valid  bool
		Errors []problem.Field
	}](o.call("admin", "POST", "/v1/policy/drafts/x/validation", "").want(200))
	if v.Valid || len(v.Errors) != 1 || v.Errors[0].Field != "chain.links[2].trigger" || v.Errors[0].Rule != "R-011" {
		t.Errorf("%+v", v)
	}
	o.call("admin", "POST", "/v1/policy/drafts/x/publication", `{"reason":"r"}`).refused(422, "chain.links[2].trigger R-011")
	stage := section(t, "pipelines", func(s *policy.Sections) { s.Pipelines.Pipelines[0].Stages[1].Exits = nil })
	o.call("admin", "PUT", "/v1/policy/drafts/y/sections/pipelines", stage).want(200)
	o.call("admin", "POST", "/v1/policy/drafts/y/publication", `{"reason":"r"}`).refused(422, "pipelines.pipelines[0].stages[1].exits R-011")
	if b := read[policy.Book](o.call("wang", "GET", "/v1/policy", "").want(200)); b.Version != 1 {
		t.Errorf("version %d was published all the same", b.Version)
	}
	o.call("admin", "DELETE", "/v1/policy/drafts/x/sections/chain", "").want(200)
	o.call("admin", "DELETE", "/v1/policy/drafts/x/sections/chain", "").refused(404, "not_found")
	if d := read[struct{ Changes []policy.Change }](o.call("admin", "GET", "/v1/policy/drafts/x/diff", "").want(200)); len(d.Changes) != 1 {
		t.Errorf("%+v", d)
	}
	if l := read[page[json.RawMessage]](o.call("admin", "GET", "/v1/policy/drafts", "").want(200)); len(l.Items) != 2 {
		t.Errorf("%d drafts", len(l.Items))
	}
	o.call("admin", "DELETE", "/v1/policy/drafts/y", "").want(204)
	b := read[struct{ ID string }](o.call("admin", "POST", "/v1/policy/drafts", `{"note":"n"}`).want(201))
	o.call("admin", "GET", "/v1/policy/drafts/"+b.ID, "").want(200)
}

// Nobody's publication is overwritten by a draft that does not know of it.
func TestDraftThatWasOvertaken(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("admin", "PUT", "/v1/policy/drafts/a/sections/intake", entryWithin(t, "12h")).want(200)
	o.call("admin", "PUT", "/v1/policy/drafts/b/sections/intake", entryWithin(t, "8h")).want(200)
	o.call("admin", "PUT", "/v1/policy/drafts/c/sections/tasks", `{"overdue":[{"after":"1h","action":"remind"}]}`).want(200)
	o.call("admin", "POST", "/v1/policy/drafts/a/publication", `{"reason":"r"}`).want(201)
	o.call("admin", "POST", "/v1/policy/drafts/b/publication", `{"reason":"r"}`).refused(409, "draft_outdated")
	o.call("admin", "POST", "/v1/policy/drafts/c/publication", `{"reason":"r"}`).want(201) // another section
	b := read[policy.Book](o.call("wang", "GET", "/v1/policy", "").want(200))
	if b.Version != 3 || b.Sections.Intake.EntryWithin != policy.D("12h") || len(b.Sections.Tasks.Overdue) != 1 {
		t.Errorf("version %d: %v", b.Version, b.Sections.Intake.EntryWithin)
	}
	// Many at once: each version is published by one.
	for i := range 6 {
		o.call("admin", "PUT", fmt.Sprintf("/v1/policy/drafts/r%d/sections/priority", i), section(t, "priority", func(s *policy.Sections) { s.Priority.ValueWeight = i })).want(200)
	}
	var wg sync.WaitGroup
	codes := make([]int, 6)
	for i := range codes {
		wg.Go(func() {
			codes[i] = o.call("admin", "POST", fmt.Sprintf("/v1/policy/drafts/r%d/publication", i), `{"reason":"r"}`).Code
		})
	}
	wg.Wait()
	done := 0
	for _, c := range codes {
		switch c {
		case 201:
			done++
		case 409:
		default:
			t.Errorf("status %d", c)
		}
	}
	latest := read[page[edition]](o.call("admin", "GET", "/v1/policy/versions?limit=1", "").want(200)).Items[0].Version
	if done < 1 || latest != int64(3+done) {
		t.Errorf("%d published, the latest version is %d", done, latest)
	}
}

func TestBookAndPeopleAgree(t *testing.T) {
	o := open(t)
	o.staff()
	bad := section(t, "intake", func(s *policy.Sections) { s.Intake.DefaultAssignees = []string{"wang", "ghost"} })
	o.call("admin", "PUT", "/v1/policy/drafts/a/sections/intake", bad).want(200)
	o.call("admin", "POST", "/v1/policy/drafts/a/publication", `{"reason":"r"}`).refused(422, "intake.default_assignees[1] active")
	// A calendar of one's own, and one that is still used cannot go.
	two := section(t, "calendars", func(s *policy.Sections) {
		c := s.Calendars.Calendars[0]
		c.ID = "shop"
		s.Calendars.Calendars = append(s.Calendars.Calendars, c)
	})
	o.call("admin", "PUT", "/v1/policy/drafts/b/sections/calendars", two).want(200)
	o.call("admin", "POST", "/v1/policy/drafts/b/publication", `{"reason":"r"}`).want(201)
	o.call("wang", "GET", "/v1/calendars/shop", "").want(200)
	o.call("wang", "GET", "/v1/calendars/none", "").refused(404, "not_found")
	if c := read[policy.Calendars](o.call("wang", "GET", "/v1/calendars", "").want(200)); c.Default != "cn" || len(c.Calendars) != 2 {
		t.Errorf("%+v", c.Default)
	}
	o.call("admin", "PATCH", "/v1/people/wang", `{"calendar":"shop"}`).want(200)
	o.call("admin", "POST", "/v1/policy/versions/1/restoration", `{"reason":"r"}`).refused(422, "calendars.calendars in_use")
	// A team's too.
	o.call("admin", "PATCH", "/v1/people/wang", `{"calendar":""}`).want(200)
	o.call("admin", "POST", "/v1/teams", `{"name":"门店","calendar":"moon"}`).refused(422, "calendar exists")
	team := read[catalogue.Team](o.call("admin", "POST", "/v1/teams", `{"name":"门店","calendar":"shop"}`).want(201))
	if team.Calendar != "shop" {
		t.Errorf("%+v", team)
	}
	o.call("admin", "POST", "/v1/policy/versions/1/restoration", `{"reason":"r"}`).refused(422, "calendars.calendars in_use")
}

func TestSchemasAreServed(t *testing.T) {
	o := open(t)
	if l := read[page[string]](o.call("", "GET", "/v1/policy/schemas", "").want(200)); len(l.Items) != len(policy.SectionNames) {
		t.Errorf("%v", l)
	}
	want, err := policy.Schema("tasks")
	if err != nil {
		t.Fatal(err)
	}
	got := o.call("", "GET", "/v1/policy/schemas/tasks", "").want(200).Body.String()
	var x, y any
	if json.Unmarshal([]byte(got), &x) != nil || json.Unmarshal(want, &y) != nil || fmt.Sprint(x) != fmt.Sprint(y) {
		t.Errorf("%s", got)
	}
	o.call("", "GET", "/v1/policy/schemas/weather", "").refused(404, "not_found")
}

// Publishing while the store is away leaves nothing behind.
func TestPublishWhileTheStoreIsAway(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("admin", "PUT", "/v1/policy/drafts/a/sections/intake", entryWithin(t, "12h")).want(200)
	o.engine.away.Store(true)
	o.call("admin", "POST", "/v1/policy/drafts/a/publication", `{"reason":"r"}`).refused(503, "unavailable")
	o.engine.away.Store(false)
	if n, _, err := o.engine.Backlog(context.Background()); err != nil || n == 0 {
		t.Errorf("%d facts wait (%v)", n, err)
	}
	if b := read[policy.Book](o.call("wang", "GET", "/v1/policy", "").want(200)); b.Version != 1 {
		t.Errorf("version %d", b.Version)
	}
	o.call("admin", "POST", "/v1/policy/drafts/a/publication", `{"reason":"r"}`).want(201)
}
