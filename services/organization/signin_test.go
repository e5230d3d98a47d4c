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
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
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

func TestSignIn(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	got := w.signIn("wang")
	if status := w.me(got.Access); status != 200 {
		t.Errorf("access token: %d", status)
	}
	if status := w.me(got.ID); status != 401 {
		t.Errorf("an id token opens the API: %d", status)
	}
	var claims map[string]any
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(got.Access, ".")[1])
	if err := errors.Join(err, json.Unmarshal(payload, &claims)); err != nil {
		t.Fatal(err)
	}
	if claims["sub"] != "wang" || claims["name"] != "wang" || claims["language"] != "en" || claims["iss"] != w.url+"/oidc" || claims["roles"].([]any)[0] != "salesperson" {
		t.Errorf("%v", claims)
	}
	// Another process verifies through discovery.
	outside := &auth.Verifier{}
	if err := outside.Discover(t.Context(), w.url+"/oidc", auth.Audience); err != nil {
		t.Fatal(err)
	}
	if p, err := outside.Verify(t.Context(), got.Access); err != nil || p.ID != "wang" || !p.Is(auth.Salesperson) {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := outside.Verify(t.Context(), got.ID); err == nil {
		t.Error("an id token opens another process")
	}
	// The browser is known: a second sign-in asks nothing, unless the client insists.
	r, _ := w.get(w.authorize())
	codeOf(t, r)
	if r, _ := w.get(w.authorize("prompt", "login")); r.StatusCode != 200 || r.Request.URL.Path != "/oidc/login" {
		t.Errorf("prompt=login: %d %s", r.StatusCode, r.Request.URL)
	}
	info, body := w.get(w.url + "/oidc/.well-known/openid-configuration")
	if info.StatusCode != 200 || !strings.Contains(body, `"S256"`) || !strings.Contains(body, w.url+`/oidc/keys`) {
		t.Errorf("discovery: %s", body)
	}
}

// Behind a proxy every step of a sign-in may meet another process: page, form,
// code, refresh, and who verifies the token.
func TestSignInOverTwoProcesses(t *testing.T) {
	w := openWorld(t)
	one := w.handler
	if err := w.serve(); err != nil {
		t.Fatal(err)
	}
	other, turn := w.handler, 0
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if turn++; turn%2 == 0 {
			one.ServeHTTP(rw, r)
			return
		}
		other.ServeHTTP(rw, r)
	})
	w.employ("wang", "salesperson")
	for range 2 { // an odd number of steps: the other half meets the other process
		got := w.signIn("wang")
		turn++
		status, next := w.token(refresh(got.Refresh))
		if status != 200 || w.me(got.Access) != 200 || w.me(next.Access) != 200 {
			t.Errorf("refresh %d, %+v", status, next)
		}
		w.newBrowser()
	}
}

func TestSignInIsRefused(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	for name, c := range map[string]struct{ email, password string }{"wrong password": {"wang@example.com", "wrong"}, "nobody": {"nobody@example.com", password}, "nothing": {"", ""}} {
		r, body := w.login(c.email, c.password)
		if r.StatusCode != 401 || !strings.Contains(body, `role="alert"`) || len(r.Cookies()) > 0 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	for name, address := range map[string]string{
		"redirect elsewhere": w.authorize("redirect_uri", "https://evil.example.com/callback"),
		"unknown client":     w.authorize("client_id", "evil"),
		"unknown path":       w.authorize("redirect_uri", "http://127.0.0.1:5173/steal"),
	} {
		if r, _ := w.get(address); r.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Request.URL)
		}
	}
	for name, address := range map[string]string{
		"no PKCE":     w.authorize("code_challenge", "", "code_challenge_method", ""),
		"plain PKCE":  w.authorize("code_challenge_method", "plain"),
		"prompt none": w.authorize("prompt", "none"),
		"implicit":    w.authorize("response_type", "id_token token"),
	} {
		r, _ := w.get(address)
		at, err := r.Location()
		if err != nil || !strings.Contains(at.String(), "error=") || at.Query().Get("code") != "" {
			t.Errorf("%s: %d %v %v", name, r.StatusCode, at, err)
		}
	}
	if r, _ := w.get(w.url + "/oidc/login?id=nonsense"); r.StatusCode != 400 {
		t.Errorf("unknown request: %d", r.StatusCode)
	}
	r, _ := w.login("wang@example.com", password)
	code := codeOf(t, r)
	wrong := redeem(code)
	wrong.Set("code_verifier", "another-code-verifier-that-is-long-enough-to-pass-43")
	if status, out := w.token(wrong); status == 200 || out.Access != "" {
		t.Errorf("wrong verifier: %d", status)
	}
	if status, _ := w.token(redeem(code)); status != 200 {
		t.Errorf("the code itself: %d", status)
	}
	if status, out := w.token(redeem(code)); status == 200 || out.Access != "" {
		t.Errorf("a code is redeemed twice: %d", status)
	}
}

// A code that many redeem at once gives tokens to one.
func TestCodeIsRedeemedOnce(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	r, _ := w.login("wang@example.com", password)
	code := codeOf(t, r)
	var wg sync.WaitGroup
	got := make([]int, 6)
	for i := range got {
		wg.Go(func() { got[i], _ = w.token(redeem(code)) })
	}
	wg.Wait()
	good := 0
	for _, s := range got {
		if s == 200 {
			good++
		}
	}
	if good != 1 {
		t.Errorf("%d of %v got tokens", good, got)
	}
}

func TestLockout(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	for range 5 {
		if r, _ := w.login("wang@example.com", "wrong password"); r.StatusCode != 401 {
			t.Fatalf("%d", r.StatusCode)
		}
	}
	if r, _ := w.login("wang@example.com", password); r.StatusCode != 401 {
		t.Fatalf("locked, and still let in: %d", r.StatusCode)
	}
	w.restart() // the lock survives
	if r, _ := w.login("wang@example.com", password); r.StatusCode != 401 {
		t.Fatalf("a restart unlocks: %d", r.StatusCode)
	}
	w.pass(15*time.Minute + time.Second)
	r, _ := w.login("wang@example.com", password)
	codeOf(t, r)
}

// Many guesses at once are not more than the lock allows.
func TestLockoutUnderARace(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			o := w.call("wang", "PUT", "/v1/people/me/password", `{"current":"guess","password":"another long one"}`)
			if o.Code != 403 {
				t.Errorf("%d %s", o.Code, o.Body)
			}
		})
	}
	wg.Wait()
	w.call("wang", "PUT", "/v1/people/me/password", `{"current":"`+password+`","password":"another long one"}`).refused(403, "current_password")
	w.pass(16 * time.Minute)
	w.call("wang", "PUT", "/v1/people/me/password", `{"current":"`+password+`","password":"another long one"}`).want(204)
}

func TestTooManyTries(t *testing.T) {
	w := openWorld(t)
	page, _ := w.get(w.authorize())
	form := url.Values{"id": {page.Request.URL.Query().Get("id")}, "email": {"nobody@example.com"}, "password": {"x"}}
	last := 0
	for range 31 {
		r, _ := w.post(w.url+"/oidc/login", form)
		if last = r.StatusCode; last == 429 && r.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	if last != 429 {
		t.Errorf("the 31st try within a minute: %d", last)
	}
}

func TestRefreshTokensRotate(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	first := w.signIn("wang")
	w.restart() // sessions survive
	status, second := w.token(refresh(first.Refresh))
	if status != 200 || second.Refresh == "" || second.Refresh == first.Refresh || w.me(second.Access) != 200 {
		t.Fatalf("%d %+v", status, second)
	}
	// Used again at once: refused, and nothing more; later: somebody stole it, the grant ends.
	if status, _ := w.token(refresh(first.Refresh)); status == 200 {
		t.Error("a refresh token works twice")
	}
	status, third := w.token(refresh(second.Refresh))
	if status != 200 {
		t.Fatalf("a repeat within seconds ended the grant: %d", status)
	}
	w.pass(time.Minute)
	if status, _ := w.token(refresh(second.Refresh)); status == 200 {
		t.Error("a refresh token works twice")
	}
	if status, _ := w.token(refresh(third.Refresh)); status == 200 {
		t.Error("the grant of a stolen token goes on")
	}
	if status, _ := w.token(refresh("nonsense.token")); status == 200 {
		t.Error("nonsense refreshes")
	}
}

// Who leaves is out: tokens, refresh and browser alike.
func TestLeavingSignsOut(t *testing.T) {
	w := openWorld(t)
	w.employ("boss", "administrator")
	w.employ("wang", "salesperson")
	got := w.signIn("wang")
	w.call("boss", "POST", "/v1/people/wang/deactivation", `{"successor":"boss"}`).want(200)
	if status := w.me(got.Access); status != 401 {
		t.Errorf("the access token still works: %d", status)
	}
	if status, _ := w.token(refresh(got.Refresh)); status == 200 {
		t.Error("the refresh token still works")
	}
	if r, _ := w.get(w.authorize()); r.Request.URL.Path != "/oidc/login" {
		t.Errorf("the browser is still signed in: %s", r.Request.URL)
	}
	if r, _ := w.login("wang@example.com", password); r.StatusCode != 401 {
		t.Errorf("can still sign in: %d", r.StatusCode)
	}
}

func TestSignOut(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	got := w.signIn("wang")
	r, _ := w.get(w.url + "/oidc/end_session?" + url.Values{"id_token_hint": {got.ID}, "post_logout_redirect_uri": {w.url + "/"}, "state": {"bye"}}.Encode())
	if r.Request.URL.String() != w.url+"/?state=bye" {
		t.Errorf("sent to %s", r.Request.URL)
	}
	if status, _ := w.token(refresh(got.Refresh)); status == 200 {
		t.Error("the refresh token still works")
	}
	if r, _ := w.get(w.authorize()); r.Request.URL.Path != "/oidc/login" {
		t.Errorf("the browser is still signed in: %s", r.Request.URL)
	}
	if r, _ := w.get(w.url + "/oidc/end_session?" + url.Values{"id_token_hint": {got.ID}, "post_logout_redirect_uri": {"https://evil.example.com/"}}.Encode()); r.StatusCode != 400 {
		t.Errorf("sent elsewhere: %d", r.StatusCode)
	}
}

func TestPasswordChangeSignsOut(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	w.employ("boss", "administrator")
	got := w.signIn("wang")
	w.call("wang", "PUT", "/v1/people/boss/password", `{"password":"another long one"}`).refused(403, "people.set_password.own")
	w.call("wang", "PUT", "/v1/people/me/password", `{"current":"`+password+`","password":"short"}`).refused(422, "password min_length")
	w.call("wang", "PUT", "/v1/people/me/password", `{"current":"`+password+`","password":"wang@example.com"}`).refused(422, "password guessable")
	w.call("boss", "PUT", "/v1/people/wang/password", `{"password":"another long one"}`).want(204)
	if status, _ := w.token(refresh(got.Refresh)); status == 200 {
		t.Error("the refresh token still works")
	}
	w.newBrowser()
	if r, _ := w.login("wang@example.com", password); r.StatusCode != 401 {
		t.Errorf("the old password still works: %d", r.StatusCode)
	}
	r, _ := w.login("WANG@example.com", "another long one")
	codeOf(t, r)
}

func TestSigningKeysRotate(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	before := w.signIn("wang")
	if err := w.service.RotateSigningKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	early, err := w.service.Token(t.Context(), "wang@example.com", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Split(before.Access, ".")[0] != strings.Split(early, ".")[0] {
		t.Error("a key signs that other processes may not know yet")
	}
	w.pass(time.Minute)
	w.restart()
	after, err := w.service.Token(t.Context(), "wang@example.com", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Split(before.Access, ".")[0] == strings.Split(after, ".")[0] {
		t.Error("the same key still signs")
	}
	for _, token := range []string{before.Access, after} {
		if status := w.me(token); status != 200 {
			t.Errorf("%d", status)
		}
	}
	w.restart()
	if status := w.me(after); status != 200 {
		t.Errorf("after a restart: %d", status)
	}
	if _, err := w.service.Token(t.Context(), "nobody", time.Hour); err == nil {
		t.Error("a token for nobody")
	}
}

func TestSetup(t *testing.T) {
	w := openWorld(t)
	old, err := w.service.SetupLink(t.Context())
	if err != nil || !strings.HasPrefix(old, w.url+"/setup?token=") {
		t.Fatalf("%q %v", old, err)
	}
	w.restart() // a link works over a restart, and beside that of another process
	if r, _ := w.get(old); r.StatusCode != 200 {
		t.Errorf("%d", r.StatusCode)
	}
	link, err := w.service.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := w.get(old); r.StatusCode != 200 {
		t.Errorf("an older link: %d", r.StatusCode)
	}
	r, body := w.get(link)
	if r.StatusCode != 200 || !strings.Contains(body, "系统管理员") || strings.Contains(body, "http://fonts") || r.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	if _, body := w.get(link + "&lang=en"); !strings.Contains(body, "first administrator") {
		t.Errorf("not in English: %s", body)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	token := u.Query().Get("token")
	form := url.Values{"token": {token}, "name": {"王"}, "email": {"boss@example.com"}, "password": {"short"}, "language": {"zh-CN"}}
	if r, body := w.post(w.url+"/setup", form); r.StatusCode != 422 || !strings.Contains(body, "password") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	w.call("", "POST", "/setup/administrator", `{"token":"guess","name":"x","email":"x@example.com","password":"`+password+`"}`).refused(404, "setup_link")
	w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"","email":"","password":"`+password+`"}`).refused(422, "email required")
	// Many at once make one administrator.
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"王`+string(rune('a'+i))+`","email":"boss@example.com","password":"`+password+`"}`)
		})
	}
	wg.Wait()
	page, err := w.service.FindPerson(t.Context(), "boss@example.com")
	if err != nil || len(page.Roles) != 1 || page.Roles[0] != string(auth.Administrator) {
		t.Fatalf("%+v %v", page, err)
	}
	list := read[struct{ Items []catalogue.Person }](w.call(page.ID, "GET", "/v1/people", "").want(200))
	if len(list.Items) != 1 {
		t.Errorf("%d administrators", len(list.Items))
	}
	w.call("", "POST", "/setup/administrator", `{"token":"`+token+`","name":"x","email":"x@example.com","password":"`+password+`"}`).refused(404, "setup_link")
	if again, err := w.service.SetupLink(t.Context()); err != nil || again != "" {
		t.Errorf("there is somebody, and still a link: %q %v", again, err)
	}
	if r, _ := w.get(old); r.StatusCode != 404 {
		t.Errorf("an older link after the set-up: %d", r.StatusCode)
	}
	got, _ := w.login("boss@example.com", password)
	codeOf(t, got)
}

// Several processes start on an empty store at once: the link of each works.
func TestSetupLinksOfSeveralProcesses(t *testing.T) {
	w := openWorld(t)
	links := make([]string, 4)
	var wg sync.WaitGroup
	for i := range links {
		wg.Go(func() {
			var err error
			if links[i], err = w.service.SetupLink(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, link := range links {
		if r, _ := w.get(link); r.StatusCode != 200 {
			t.Errorf("%d", r.StatusCode)
		}
	}
}

func TestSetupLinkExpires(t *testing.T) {
	w := openWorld(t)
	link, err := w.service.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.pass(24*time.Hour + time.Second)
	if r, _ := w.get(link); r.StatusCode != 404 {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestSweep(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	w.signIn("wang")
	w.get(w.authorize("prompt", "login")) // begun and left alone
	w.pass(31 * 24 * time.Hour)
	if err := w.service.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	left := 0
	for after := ""; ; {
		docs, next, err := w.engine.Documents(t.Context(), after, 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			switch d.Collection {
			case "auth_request", "auth_code", "grant", "browser_session":
				left++
			}
		}
		if after = next; after == "" {
			break
		}
	}
	if left > 0 {
		t.Errorf("%d expired documents are still there at %s", left, instant.Time(w.now.Load()))
	}
}
