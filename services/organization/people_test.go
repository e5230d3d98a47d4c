package organization_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
)

type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

func TestAddPerson(t *testing.T) {
	o := open(t)
	o.staff()
	a := o.call("admin", "POST", "/v1/people", `{"name":" 张三 ","email":"Zhang@Example.com","roles":["salesperson"],"supervisor":"manager"}`, "Idempotency-Key", "k").want(201)
	p := read[catalogue.Person](a)
	if p.Name != "张三" || p.Email != "zhang@example.com" || p.Language != "zh-CN" || p.Zone != "Asia/Shanghai" || !p.Active {
		t.Errorf("%+v", p)
	}
	if a.Header().Get("Location") != "/v1/people/"+p.ID || a.Header().Get("ETag") != `"1"` {
		t.Errorf("%v", a.Header())
	}
	again := read[catalogue.Person](o.call("admin", "POST", "/v1/people", `{"name":" 张三 ","email":"Zhang@Example.com","roles":["salesperson"],"supervisor":"manager"}`, "Idempotency-Key", "k").want(201))
	if again.ID != p.ID {
		t.Errorf("a repeated command made %s besides %s", again.ID, p.ID)
	}
	h := o.recorded("person/" + p.ID)
	f, err := facts.Decode[catalogue.PersonChanged](h[0])
	if err != nil || len(h) != 1 || f.Before != nil || f.After.Name != "张三" || f.Actor.ID != "admin" {
		t.Errorf("%d facts, %+v, %v", len(h), f, err)
	}
	if d, ok := o.deps.Directory.Person(p.ID); !ok || d.Name != "张三" {
		t.Error("the directory of the process does not know the person at once")
	}
}

func TestPeopleBadInput(t *testing.T) {
	o := open(t)
	o.staff()
	valid := `"name":"a","roles":["salesperson"]`
	for body, what := range map[string]string{
		`{"roles":["salesperson"]}`:                                       "name required",
		`{"name":"  ","roles":["salesperson"]}`:                           "name required",
		`{"name":"a"}`:                                                    "roles required",
		`{"name":"a","roles":[]}`:                                         "roles required",
		`{"name":"a","roles":["king"]}`:                                   "roles[0] one_of",
		`{"name":"a","roles":["system"]}`:                                 "roles[0] one_of",
		`{"name":"a","roles":["salesperson","salesperson"]}`:              "roles[1] duplicate",
		`{` + valid + `,"email":"nonsense"}`:                              "email email",
		`{` + valid + `,"email":"A <a@b.c>"}`:                             "email email",
		`{` + valid + `,"email":"wang@example.com"}`:                      "email unique",
		`{` + valid + `,"phone":"call me"}`:                               "phone phone",
		`{` + valid + `,"language":"fr"}`:                                 "language one_of",
		`{` + valid + `,"zone":"Asia/Peking"}`:                            "zone zone",
		`{` + valid + `,"zone":"Local"}`:                                  "zone zone",
		`{` + valid + `,"calendar":"moon"}`:                               "calendar exists",
		`{` + valid + `,"team":"none"}`:                                   "team exists",
		`{` + valid + `,"supervisor":"nobody"}`:                           "supervisor exists",
		`{` + valid + `,"password":"short"}`:                              "password min_length",
		`{` + valid + `,"colour":"red"}`:                                  "colour unknown_field",
		`{"name":3,"roles":["salesperson"]}`:                              "name type",
		`{"name":"` + strings.Repeat("a", 101) + `","roles":["service"]}`: "name max_length",
	} {
		o.call("admin", "POST", "/v1/people", body).refused(422, what)
	}
	o.call("admin", "POST", "/v1/people", `{`).refused(400, "malformed")
	o.call("", "POST", "/v1/people", `{`+valid+`}`).refused(401, "unauthorized")
	o.call("wang", "POST", "/v1/people", `{`+valid+`}`).refused(403, "people.add")
	o.call("journeys", "GET", "/v1/people", "").refused(403, "people.read")
	o.call("admin", "GET", "/v1/people/nobody", "").refused(404, "not_found")
	o.call("admin", "GET", "/v1/people?after=nonsense", "").refused(422, "query.after cursor")
	o.call("admin", "GET", "/v1/people?active=true&team=x", "").refused(422, "query one_filter")
}

func TestListPeople(t *testing.T) {
	o := open(t)
	o.staff()
	names := func(query string) string {
		var out []string
		after := ""
		for {
			p := read[page[catalogue.Person]](o.call("wang", "GET", "/v1/people?limit=2&"+query+"&after="+after, "").want(200))
			for _, i := range p.Items {
				out = append(out, i.ID)
			}
			if after = p.Next; after == "" {
				return strings.Join(out, " ")
			}
		}
	}
	if got := names(""); got != "admin director li manager outsider wang" {
		t.Errorf("all: %s", got)
	}
	if got := names("supervisor=manager"); got != "li wang" {
		t.Errorf("below manager: %s", got)
	}
	o.call("admin", "POST", "/v1/people/li/deactivation", `{}`).want(200)
	if got := names("active=false"); got != "li" {
		t.Errorf("left: %s", got)
	}
	if got := names("active=true"); got != "admin director manager outsider wang" {
		t.Errorf("active: %s", got)
	}
}

// Names and teams are everybody's to read; telephone and mail are not.
func TestContactIsNotForEverybody(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("admin", "POST", "/v1/people/wang/absences", `{"from":"2026-12-01T00:00:00Z","to":"2026-12-05T00:00:00Z","delegate":"li","reason":"手术"}`).want(201)
	for who, sees := range map[string]bool{"wang": true, "manager": true, "director": true, "admin": true, "li": false, "outsider": false} {
		p := read[catalogue.Person](o.call(who, "GET", "/v1/people/wang", "").want(200))
		if (p.Email != "") != sees || (p.Absences[0].Reason != "") != sees || p.Absences[0].Delegate != "li" || p.Name != "wang" {
			t.Errorf("%s sees %+v", who, p)
		}
	}
}

func TestChangePerson(t *testing.T) {
	o := open(t)
	o.staff()
	a := o.call("wang", "PATCH", "/v1/people/me", `{"language":"en","zone":"Europe/Berlin"}`, "If-Match", `"1"`).want(200)
	if p := read[catalogue.Person](a); p.Language != "en" || p.Zone != "Europe/Berlin" || p.Name != "wang" || a.Header().Get("ETag") != `"2"` {
		t.Errorf("%+v %v", p, a.Header())
	}
	o.call("wang", "PATCH", "/v1/people/me", `{"language":"en"}`, "If-Match", `"1"`).refused(412, "stale")
	o.call("wang", "PATCH", "/v1/people/me", `{"roles":["administrator"]}`).refused(403, "people.change")
	o.call("wang", "PATCH", "/v1/people/li", `{"language":"en"}`).refused(403, "people.settings.own")
	o.call("manager", "PATCH", "/v1/people/wang", `{"language":"en"}`).refused(403, "people.settings.own")
	o.call("admin", "PATCH", "/v1/people/nobody", `{"language":"en"}`).refused(404, "not_found")
	o.call("admin", "PATCH", "/v1/people/admin", `{"roles":["service"]}`).refused(409, "last_administrator")
	o.call("admin", "PATCH", "/v1/people/wang", `{"email":"li@example.com"}`).refused(422, "email unique")
	// An address that was given up can be had by somebody else.
	o.call("admin", "PATCH", "/v1/people/li", `{"email":"li2@example.com"}`).want(200)
	o.call("admin", "PATCH", "/v1/people/wang", `{"email":"li@example.com"}`).want(200)
	f, err := facts.Decode[catalogue.PersonChanged](o.recorded("person/wang")[2])
	if err != nil || f.Before.Email != "wang@example.com" || f.After.Email != "li@example.com" {
		t.Errorf("%+v %v", f, err)
	}
}

// Supervisors are a tree.
func TestSupervisorsAreATree(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("admin", "PATCH", "/v1/people/director", `{"supervisor":"wang"}`).refused(422, "supervisor tree")
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"wang"}`).refused(422, "supervisor tree")
	o.call("admin", "POST", "/v1/people/li/deactivation", `{}`).want(200)
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"li"}`).refused(422, "supervisor active")
	// Two changes at once, each fine by itself, must not close a circle together.
	for round := range 10 {
		a, b := o.add(fmt.Sprintf("a%d", round), "", auth.Service), o.add(fmt.Sprintf("b%d", round), "", auth.Service)
		var wg sync.WaitGroup
		codes := make([]int, 2)
		for i, pair := range [][2]string{{a, b}, {b, a}} {
			wg.Go(func() {
				codes[i] = o.call("admin", "PATCH", "/v1/people/"+pair[0], `{"supervisor":"`+pair[1]+`"}`).Code
			})
		}
		wg.Wait()
		if codes[0]+codes[1] != 200+422 {
			t.Errorf("round %d: %v, want one of the two refused", round, codes)
		}
	}
}

//
func TestAbsence(t *testing.T) {
	o := open(t)
	o.staff()
	body := func(from, to, delegate string) string {
		return fmt.Sprintf(`{"from":"2026-12-%sT00:00:00Z","to":"2026-12-%sT00:00:00Z","delegate":%q}`, from, to, delegate)
	}
	post := func(who, person, from, to, delegate string) answer {
		return o.call(who, "POST", "/v1/people/"+person+"/absences", body(from, to, delegate))
	}
	a := post("wang", "me", "01", "08", "li").want(201)
	wang := read[catalogue.Person](a)
	if len(wang.Absences) != 1 || !strings.HasSuffix(a.Header().Get("Location"), "/absences/"+wang.Absences[0].ID) {
		t.Errorf("%+v %v", wang, a.Header())
	}
	post("wang", "me", "07", "10", "li").refused(422, "from overlap")
	post("wang", "me", "10", "10", "li").refused(422, "to ascending")
	post("wang", "me", "10", "12", "wang").refused(422, "delegate other")
	post("wang", "me", "10", "12", "nobody").refused(422, "delegate exists")
	o.call("wang", "POST", "/v1/people/me/absences", `{"from":"2026-11-01T00:00:00Z","to":"2026-11-22T00:00:00Z","delegate":"li"}`).refused(422, "to in_past")
	o.call("wang", "POST", "/v1/people/me/absences", `{"from":"2026-12-10T00:00:00Z","to":"2026-12-12T00:00:00Z"}`).refused(422, "delegate required")
	o.call("wang", "POST", "/v1/people/me/absences", `{"from":"10 Dec","to":"2026-12-12T00:00:00Z","delegate":"li"}`).refused(422, "from date_time")
	post("li", "wang", "20", "21", "manager").refused(403, "people.absence.team")
	post("outsider", "wang", "20", "21", "manager").refused(403, "people.absence.team")
	post("manager", "wang", "08", "10", "li").want(201) // one that begins as the other ends
	// A circle of delegates, and delegates who are away all the time.
	post("li", "me", "03", "05", "wang").refused(422, "delegate circle")
	post("li", "me", "03", "05", "manager").want(201)
	post("manager", "me", "04", "05", "wang").refused(422, "delegate circle")
	post("director", "me", "03", "05", "li").refused(422, "delegate present")
	post("director", "me", "03", "06", "li").want(201) // li is back before the end
	// Change and withdraw.
	id := wang.Absences[0].ID
	o.call("wang", "PUT", "/v1/people/me/absences/"+id, body("02", "07", "manager"), "If-Match", `"2"`).refused(412, "stale")
	p := read[catalogue.Person](o.call("wang", "PUT", "/v1/people/me/absences/"+id, body("02", "07", "manager")).want(200))
	if p.Absences[0].Delegate != "manager" || len(p.Absences) != 2 {
		t.Errorf("%+v", p.Absences)
	}
	o.call("wang", "PUT", "/v1/people/me/absences/none", body("02", "07", "manager")).refused(404, "not_found")
	o.pass(9 * 24 * time.Hour) // 2 December, 02:00 UTC: it has begun
	p = read[catalogue.Person](o.call("wang", "DELETE", "/v1/people/me/absences/"+id, "").want(200))
	if len(p.Absences) != 2 || p.Absences[0].To.String() != "2026-12-02T02:00:00.000Z" {
		t.Errorf("an absence that has begun ends now: %+v", p.Absences)
	}
	p = read[catalogue.Person](o.call("wang", "DELETE", "/v1/people/me/absences/"+p.Absences[1].ID, "").want(200))
	if len(p.Absences) != 1 {
		t.Errorf("one that has not begun is gone: %+v", p.Absences)
	}
	o.pass(time.Hour)
	o.call("wang", "DELETE", "/v1/people/me/absences/"+id, "").refused(409, "in_past")
}

//
func TestDeactivation(t *testing.T) {
	o := open(t)
	o.staff()
	type left struct {
		Person   catalogue.Person `json:"person"`
		Holdings []struct{ Kind, Href string }
		Reports  []string
	}
	o.call("manager", "POST", "/v1/people/wang/deactivation", `{}`).refused(403, "people.deactivate")
	o.call("admin", "POST", "/v1/people/wang/deactivation", `{"successor":"wang"}`).refused(422, "successor other")
	o.call("admin", "POST", "/v1/people/wang/deactivation", `{"successor":"nobody"}`).refused(422, "successor exists")
	o.call("admin", "POST", "/v1/people/director/deactivation", `{}`).refused(409, "R-010") // nobody above
	o.call("admin", "POST", "/v1/people/admin/deactivation", `{"successor":"director"}`).refused(409, "last_administrator")
	l := read[left](o.call("admin", "POST", "/v1/people/manager/deactivation", `{}`).want(200))
	if l.Person.Active || l.Person.Successor != "director" || strings.Join(l.Reports, " ") != "li wang" {
		t.Errorf("%+v", l)
	}
	if len(l.Holdings) < 4 || l.Holdings[0].Href != "/v1/leads?owner=manager" {
		t.Errorf("where to see what they hold: %+v", l.Holdings)
	}
	h := o.recorded("person/manager")
	f, err := facts.Decode[catalogue.PersonDeactivated](h[len(h)-1])
	if err != nil || f.After.Successor != "director" || f.After.Active || h[len(h)-1].Type != "liuke.organization.person_deactivated.v1" {
		t.Errorf("%+v %v", f, err)
	}
	o.call("manager", "GET", "/v1/people", "").refused(401, "unauthorized") // out at once
	// With the direct supervisor gone the next above takes over; somebody gone cannot.
	o.call("admin", "POST", "/v1/people/wang/deactivation", `{"successor":"manager"}`).refused(422, "successor active")
	l = read[left](o.call("admin", "POST", "/v1/people/wang/deactivation", `{}`).want(200))
	if l.Person.Successor != "director" {
		t.Errorf("%+v", l.Person)
	}
	o.call("admin", "POST", "/v1/people/wang/deactivation", `{}`).refused(409, "active")
	// Back again.
	o.call("admin", "DELETE", "/v1/people/wang/deactivation", "").refused(422, "supervisor active")
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"director"}`).want(200)
	p := read[catalogue.Person](o.call("admin", "DELETE", "/v1/people/wang/deactivation", "").want(200))
	if !p.Active || p.Successor != "" {
		t.Errorf("%+v", p)
	}
	o.call("wang", "GET", "/v1/people/me", "").want(200)
}

func TestTeams(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("wang", "POST", "/v1/teams", `{"name":"华东"}`).refused(403, "teams.change")
	o.call("admin", "POST", "/v1/teams", `{"name":""}`).refused(422, "name required")
	o.call("admin", "POST", "/v1/teams", `{"name":"a","lead":"nobody"}`).refused(422, "lead active")
	o.call("admin", "POST", "/v1/teams", `{"name":"a","parent":"nobody"}`).refused(422, "parent exists")
	sales := read[catalogue.Team](o.call("admin", "POST", "/v1/teams", `{"name":"销售","lead":"director"}`, "Idempotency-Key", "t").want(201))
	east := read[catalogue.Team](o.call("admin", "POST", "/v1/teams", `{"name":"华东","lead":"manager","parent":"`+sales.ID+`"}`).want(201))
	o.call("admin", "PUT", "/v1/teams/"+sales.ID, `{"name":"销售","parent":"`+east.ID+`"}`).refused(422, "parent tree")
	o.call("admin", "PUT", "/v1/teams/"+sales.ID, `{"name":"销售部"}`, "If-Match", `"7"`).refused(412, "stale")
	o.call("admin", "PUT", "/v1/teams/"+sales.ID, `{"name":"销售部"}`, "If-Match", `"1"`).want(200)
	o.call("admin", "PUT", "/v1/teams/none", `{"name":"销售部"}`).refused(404, "not_found")
	o.call("wang", "GET", "/v1/teams/none", "").refused(404, "not_found")
	if got := read[catalogue.Team](o.call("wang", "GET", "/v1/teams/"+east.ID, "").want(200)); got.Lead != "manager" {
		t.Errorf("%+v", got)
	}
	if p := read[page[catalogue.Team]](o.call("wang", "GET", "/v1/teams", "").want(200)); len(p.Items) != 2 {
		t.Errorf("%+v", p)
	}
	o.call("admin", "PATCH", "/v1/people/wang", `{"team":"`+east.ID+`"}`).want(200)
	if p := read[page[catalogue.Person]](o.call("wang", "GET", "/v1/people?team="+east.ID, "").want(200)); len(p.Items) != 1 {
		t.Errorf("%+v", p)
	}
	h := o.recorded("team/" + sales.ID)
	f, err := facts.Decode[catalogue.TeamChanged](h[1])
	if err != nil || f.Before.Name != "销售" || f.After.Name != "销售部" {
		t.Errorf("%+v %v", f, err)
	}
}

func TestStoreAway(t *testing.T) {
	o := open(t)
	o.staff()
	o.engine.away.Store(true)
	a := o.call("admin", "PATCH", "/v1/people/wang", `{"language":"en"}`)
	a.refused(503, "unavailable")
	if a.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	o.engine.away.Store(false)
	if p := read[catalogue.Person](o.call("admin", "GET", "/v1/people/wang", "").want(200)); p.Language != "zh-CN" {
		t.Errorf("half written: %+v", p)
	}
	o.call("admin", "PATCH", "/v1/people/wang", `{"language":"en"}`).want(200)
}

// A crash between chart and person leaves no trace after the next start.
func TestCrashBetweenChartAndPerson(t *testing.T) {
	o := open(t)
	o.staff()
	o.engine.fail.Store("person")
	o.call("admin", "PATCH", "/v1/people/li", `{"supervisor":"wang"}`).refused(503, "unavailable")
	o.engine.fail.Store("")
	// The failed change was taken back at once ...
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"li"}`).want(200)
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"manager"}`).want(200)
	// ... and where even that was impossible, by the next start.
	o.engine.fail.Store("person")
	o.engine.dead.Store(false)
	o.engine.brake.Store(true)
	o.call("admin", "PATCH", "/v1/people/li", `{"supervisor":"wang"}`).refused(503, "unavailable")
	o.engine.fail.Store("")
	o.engine.brake.Store(false)
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"li"}`).refused(422, "supervisor tree")
	o.restart()
	o.call("admin", "PATCH", "/v1/people/wang", `{"supervisor":"li"}`).want(200)
}

func TestSeededPeopleAreLeftAsTheyAre(t *testing.T) {
	o := open(t)
	o.staff()
	o.call("admin", "PATCH", "/v1/people/wang", `{"name":"王五"}`).want(200)
	p, err := o.service.AddPerson(t.Context(), catalogue.Person{ID: "wang", Name: "wang", Roles: []string{"salesperson"}}, password)
	if err != nil || p.Name != "王五" {
		t.Errorf("%+v %v", p, err)
	}
	o.call("wang", "PUT", "/v1/people/me/password", `{"current":"`+password+`","password":"another long one"}`).want(204)
	if _, err := o.service.AddPerson(t.Context(), catalogue.Person{ID: "wang", Name: "wang", Roles: []string{"salesperson"}}, password); err != nil {
		t.Fatal(err)
	}
	o.call("wang", "PUT", "/v1/people/me/password", `{"current":"another long one","password":"a third long one"}`).want(204)
	if _, err := o.service.AddPerson(t.Context(), catalogue.Person{Name: "", Roles: []string{"salesperson"}}, ""); err == nil {
		t.Error("a person without a name")
	}
	if _, err := o.service.AddTeam(t.Context(), catalogue.Team{ID: "east", Name: "华东", Lead: "manager"}); err != nil {
		t.Error(err)
	}
}

// the roles that must exist can be given to people.
func TestEveryRoleExists(t *testing.T) {
	o := open(t)
	o.staff()
	for _, role := range []string{"salesperson", "sales_manager", "sales_director", "service", "product", "operations", "marketing", "implementation",
		"account_manager", "customer_success", "technical", "management", "administrator"} {
		p := read[catalogue.Person](o.call("admin", "POST", "/v1/people", `{"name":"`+role+`","roles":["`+role+`"]}`).want(201))
		if len(p.Roles) != 1 || p.Roles[0] != role {
			t.Errorf("%s: %v", role, p.Roles)
		}
		if got := o.deps.Directory.Active(auth.Role(role)); len(got) == 0 {
			t.Errorf("the directory finds nobody with the role %s", role)
		}
	}
}
