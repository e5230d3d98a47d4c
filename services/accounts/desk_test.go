package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
)

// kase sends a request about a case and gives it as it is then.
func (o *office) kase(who, method, path string, body any, header ...string) (int, caseView) {
	o.t.Helper()
	var c caseView
	status, _ := o.call(who, method, path, body, &c, header...)
	return status, c
}

// address gives the path of an address that was made for people.
func address(t testing.TB, o *office, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil || u.Path == "" {
		t.Fatalf("address %q: %v", text, err)
	}
	return u.Path
}

// page answers status and text of a page, as a browser gets it.
func (o *office) page(method, path string, form url.Values) (int, string) {
	o.t.Helper()
	var body strings.Reader
	if form != nil {
		body = *strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, &body)
	if err != nil {
		o.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var text strings.Builder
	buffer := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	return resp.StatusCode, text.String()
}

func init() {
	people["li"] = auth.Principal{ID: "li", Roles: []auth.Role{auth.Service}}
	people["pm"] = auth.Principal{ID: "pm", Roles: []auth.Role{auth.Product}}
	people["ops"] = auth.Principal{ID: "ops", Roles: []auth.Role{auth.Operations}}
}

// desk is a company whose people have the roles that answer customers. Its clock
// can be put forward.
type desk struct {
	ahead atomic.Int64 // milliseconds
	who   *directory.Directory
}

func (d *desk) with(deps *service.Deps) {
	person := func(id, team string, roles ...auth.Role) catalogue.Person {
		p := catalogue.Person{ID: id, Name: "名" + id, Active: true, Team: team}
		for _, r := range roles {
			p.Roles = append(p.Roles, string(r))
		}
		return p
	}
	wang := person("wang", "east", auth.Salesperson)
	wang.Supervisor = "chen"
	d.who = directory.Of(wang, person("zhao", "west", auth.Salesperson), person("chen", "east", auth.SalesManager), person("he", "west", auth.SalesManager), person("li", "", auth.Service),
		person("liu", "", auth.Service), person("ma", "", auth.AccountManager), person("xu", "", auth.Implementation), person("pm", "", auth.Product), person("ops", "", auth.Operations))
	deps.Directory = d.who
	deps.Clock = func() instant.Time { return instant.Now() + instant.Time(d.ahead.Load()) }
}

func (d *desk) forward(by time.Duration) { d.ahead.Add(by.Milliseconds()) }

const complaints = "/v1/cases/complaints"

func phoned(phone, text string) map[string]any {
	return map[string]any{"text": text, "caller": map[string]any{"name": "张伟", "phone": phone}}
}
