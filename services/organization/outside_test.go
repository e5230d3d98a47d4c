package organization_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
)

// openOutside opens organization where an outside issuer signs people in, as the
// host of services sets its verifier up.
func openOutside(t *testing.T) (*world, *authtest.Issuer) {
	t.Helper()
	w, issuer := openWorld(t), authtest.NewIssuer(t)
	w.deps.Config.Issuer, w.deps.Config.Audience = issuer.URL, "liuke"
	people := w.deps.Directory
	w.deps.Verifier = &auth.Verifier{Key: w.key, Person: func(subject, email string) (auth.Principal, bool) {
		p, ok := people.Person(subject)
		if !ok && email != "" {
			p, ok = people.ByEmail(email)
		}
		return directory.Principal(p), ok && p.Active
	}}
	if _, err := w.deps.Verifier.Discover(issuer.URL, "liuke"); err != nil {
		t.Fatal(err)
	}
	if err := w.serve(); err != nil {
		t.Fatal(err)
	}
	return w, issuer
}

// setupToken gives the token of a new set-up link.
func (w *world) setupToken() string {
	w.t.Helper()
	link, err := w.service.SetupLink(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil || u.Path != "/setup" || u.Query().Get("token") == "" {
		w.t.Fatalf("%q %v", link, err)
	}
	return u.Query().Get("token")
}

// An outside issuer signs people in; the embedded one is not there.
func TestOutsideIssuer(t *testing.T) {
	w, issuer := openOutside(t)
	w.employ("wang", "salesperson")
	if r, _ := w.get(w.url + "/oidc/.well-known/openid-configuration"); r.StatusCode != 404 {
		t.Errorf("the embedded issuer still answers: %d", r.StatusCode)
	}
	w.call("wang", "PUT", "/v1/people/me/password", `{"current":"x","password":"another long one"}`).refused(422, "password outside_issuer")
	if link, err := w.service.SetupLink(t.Context()); err != nil || link != "" {
		t.Errorf("there is somebody, and still a link: %q %v", link, err)
	}
	for name, c := range map[string]struct {
		token string
		want  int
	}{
		"by subject":                  {issuer.Token("wang", nil), 200},
		"by mail address":             {issuer.Token("u-17", map[string]any{"email": "wang@example.com", "email_verified": true}), 200},
		"by an address nobody proved": {issuer.Token("u-18", map[string]any{"email": "wang@example.com", "email_verified": false}), 401},
		"the same, in text":           {issuer.Token("u-19", map[string]any{"email": "wang@example.com", "email_verified": "false"}), 401},
		"a stranger":                  {issuer.Token("u-20", map[string]any{"email": "li@example.com"}), 401},
		"for another application":     {issuer.Token("wang", map[string]any{"aud": "other"}), 401},
	} {
		if got := w.me(c.token); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// with an outside issuer the one-time link leads to the first administrator
// too: whoever the link's holder names, by mail address, by subject, or by a token
// of theirs, can sign in there and run the office.
func TestFirstAdministratorAtAnOutsideIssuer(t *testing.T) {
	for name, c := range map[string]struct {
		body   func(i *authtest.Issuer) string
		bearer func(i *authtest.Issuer) string
	}{
		"by mail address": {func(*authtest.Issuer) string { return `"email":"boss@example.com"` },
			func(i *authtest.Issuer) string { return i.Token("u-1", map[string]any{"email": "boss@example.com"}) }},
		"by subject": {func(*authtest.Issuer) string { return `"subject":"auth0|u-1"` }, func(i *authtest.Issuer) string { return i.Token("auth0|u-1", nil) }},
		"by a token": {func(i *authtest.Issuer) string { return `"access_token":"` + i.Token("u-1", nil) + `"` }, func(i *authtest.Issuer) string { return i.Token("u-1", nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			w, issuer := openOutside(t)
			if got := w.me(c.bearer(issuer)); got != 401 {
				t.Errorf("before the set-up: %d", got)
			}
			body := `{"token":"` + w.setupToken() + `","name":"王",` + c.body(issuer) + `}`
			w.call("", "POST", "/setup/administrator", body).want(201)
			if got := w.me(c.bearer(issuer)); got != 200 {
				t.Errorf("after the set-up: %d", got)
			}
			if got := w.me(issuer.Token("u-2", map[string]any{"email": "other@example.com"})); got != 401 {
				t.Errorf("somebody else: %d", got)
			}
			w.call("", "POST", "/setup/administrator", body).refused(404, "setup_link")
			if link, err := w.service.SetupLink(t.Context()); err != nil || link != "" {
				t.Errorf("there is somebody, and still a link: %q %v", link, err)
			}
		})
	}
}

// What the set-up refuses leaves the link as good as before.
func TestSetupAtAnOutsideIssuerRefuses(t *testing.T) {
	w, issuer := openOutside(t)
	stranger := authtest.NewIssuer(t)
	token := w.setupToken()
	for body, want := range map[string]string{
		`"name":"王"`: "subject required_without_email",
		`"name":"王","subject":"https://x.test/u"`:                                                          "subject pattern",
		`"name":"","subject":"u-1"`:                                                                        "name required",
		`"name":"王","email":"nonsense"`:                                                                    "email email",
		`"name":"王","email":"b@example.com","password":"` + password + `"`:                                 "password outside_issuer",
		`"name":"王","access_token":"` + stranger.Token("u-1", nil) + `"`:                                   "access_token token",
		`"name":"王","access_token":"` + issuer.Token("u-1", map[string]any{"exp": 1}) + `"`:                "access_token token",
		`"name":"王","subject":"u-2","access_token":"` + issuer.Token("u-1", nil) + `"`:                     "access_token token",
		`"name":"王","access_token":"` + issuer.Token("u-1", map[string]any{"token_use": auth.UseID}) + `"`: "access_token token",
	} {
		w.call("", "POST", "/setup/administrator", `{"token":"`+token+`",`+body+`}`).refused(422, want)
	}
	w.call("", "POST", "/setup/administrator", `{"token":"guess","name":"王","subject":"u-1"}`).refused(404, "setup_link")
	// The page asks for no password, and many at once make one administrator.
	if r, body := w.get(w.url + "/setup?token=" + token); r.StatusCode != 200 || strings.Contains(body, "password") || !strings.Contains(body, `name="subject"`) {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	var wg sync.WaitGroup
	for _, subject := range []string{"u-1", "u-2", "u-3", "u-4"} {
		wg.Go(func() {
			w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"王","subject":"`+subject+`"}`)
		})
	}
	wg.Wait()
	var there []string
	for _, subject := range []string{"u-1", "u-2", "u-3", "u-4"} {
		if w.me(issuer.Token(subject, nil)) == 200 {
			there = append(there, subject)
		}
	}
	if len(there) != 1 {
		t.Fatalf("administrators %v", there)
	}
	if list := read[struct{ Items []catalogue.Person }](w.call(there[0], "GET", "/v1/people", "").want(200)); len(list.Items) != 1 {
		t.Errorf("%d people", len(list.Items))
	}
}

// The page with the form does the same.
func TestSetupPageAtAnOutsideIssuer(t *testing.T) {
	w, issuer := openOutside(t)
	form := url.Values{"token": {w.setupToken()}, "name": {"王"}, "email": {"boss@example.com"}, "subject": {"u-1"}, "language": {"zh-CN"}}
	if r, body := w.post(w.url+"/setup", form); r.StatusCode != 201 {
		t.Fatalf("%d %s", r.StatusCode, body)
	}
	if got := w.me(issuer.Token("u-1", nil)); got != 200 {
		t.Errorf("the administrator: %d", got)
	}
}
