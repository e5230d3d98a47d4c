package organization_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/auth"
)

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
	if _, err := outside.Discover(w.url+"/oidc", auth.Audience); err != nil {
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
