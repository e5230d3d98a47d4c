package organization_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
)

const password = "correct horse battery"

// world is an office behind a real HTTP server, with a browser.
type world struct {
	*office
	browser *http.Client
}

func openWorld(t *testing.T) *world {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), ids: map[string]string{}}
	o.now.Store(time.Now().UnixMilli()) // the issuer's library reads the real clock
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.handler.ServeHTTP(w, r) }))
	o.url = "http://" + server.Listener.Addr().String()
	o.restart()
	server.Start()
	t.Cleanup(server.Close)
	w := &world{office: o}
	w.newBrowser()
	return w
}

func (w *world) newBrowser() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.browser = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// stopAtLogin makes the browser stop where it would be sent to the login page.
func (w *world) stopAtLogin() {
	w.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/oidc/login" {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

func (w *world) employ(name string, roles ...string) {
	w.t.Helper()
	if _, err := w.service.AddPerson(w.t.Context(), catalogue.Person{ID: name, Name: name, Email: name + "@example.com", Roles: roles, Language: "en"}, password); err != nil {
		w.t.Fatal(err)
	}
}

const verifier = "a-code-verifier-that-is-long-enough-for-the-standard-43"

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorize gives the address that begins a sign-in.
func (w *world) authorize(change ...string) string {
	q := url.Values{"client_id": {"liuke-console"}, "redirect_uri": {"http://127.0.0.1:5173/callback"}, "response_type": {"code"}, "state": {"s1"}, "nonce": {"n1"},
		"scope": {"openid profile email offline_access"}, "code_challenge": {challenge()}, "code_challenge_method": {"S256"}}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return w.url + "/oidc/authorize?" + q.Encode()
}

func (w *world) get(address string) (*http.Response, string) {
	w.t.Helper()
	r, err := w.browser.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		w.t.Fatal(err)
	}
	return r, string(body)
}

func (w *world) post(address string, form url.Values) (*http.Response, string) {
	w.t.Helper()
	r, err := w.browser.PostForm(address, form)
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		w.t.Fatal(err)
	}
	return r, string(body)
}

// login fills in the form and gives the answer.
func (w *world) login(email, pass string) (*http.Response, string) {
	w.t.Helper()
	page, body := w.get(w.authorize())
	if page.StatusCode != 200 || !strings.Contains(body, `name="password"`) {
		w.t.Fatalf("no login page: %d %s", page.StatusCode, body)
	}
	return w.post(w.url+"/oidc/login", url.Values{"id": {page.Request.URL.Query().Get("id")}, "email": {email}, "password": {pass}})
}

func codeOf(t *testing.T, r *http.Response) string {
	t.Helper()
	at, err := r.Location()
	if err != nil || at.Query().Get("code") == "" || at.Query().Get("state") != "s1" {
		t.Fatalf("no code: %d %v %v", r.StatusCode, at, err)
	}
	return at.Query().Get("code")
}

type tokens struct {
	Access  string `json:"access_token"`
	ID      string `json:"id_token"`
	Refresh string `json:"refresh_token"`
	Error   string `json:"error"`
}

func (w *world) token(form url.Values) (int, tokens) {
	w.t.Helper()
	r, body := w.post(w.url+"/oidc/oauth/token", form)
	var out tokens
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		w.t.Fatalf("%d %s", r.StatusCode, body)
	}
	return r.StatusCode, out
}

func redeem(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "client_id": {"liuke-console"}, "code": {code}, "redirect_uri": {"http://127.0.0.1:5173/callback"}, "code_verifier": {verifier}}
}

func refresh(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {"liuke-console"}, "refresh_token": {token}}
}

// signIn signs somebody in from the form to the tokens.
func (w *world) signIn(name string) tokens {
	w.t.Helper()
	r, _ := w.login(name+"@example.com", password)
	status, out := w.token(redeem(codeOf(w.t, r)))
	if status != 200 || out.Access == "" || out.ID == "" || out.Refresh == "" {
		w.t.Fatalf("%d %+v", status, out)
	}
	return out
}

// me asks the API who the bearer is.
func (w *world) me(token string) int {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/v1/people/me", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = a.Body.Close()
	return a.StatusCode
}
