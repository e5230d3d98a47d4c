package organization_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/instant"
)

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
