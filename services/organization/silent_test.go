package organization_test

import (
	"testing"
	"time"
)

// silently asks for a code without anybody being asked, and gives the error that
// the client is sent.
func (w *world) silently(change ...string) (code, failed string) {
	w.t.Helper()
	r, body := w.get(w.authorize(append([]string{"prompt", "none"}, change...)...))
	at, err := r.Location()
	if err != nil || at.Path != "/callback" || at.Query().Get("state") != "s1" {
		w.t.Fatalf("%d %v %s", r.StatusCode, err, body)
	}
	return at.Query().Get("code"), at.Query().Get("error")
}

// prompt=none gives a code to who is signed in at the browser, and login_required
// where somebody would have to sign in, as OpenID Connect Core 3.1.2.6 has it.
func TestPromptNone(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	w.employ("li", "salesperson")
	other := w.signIn("li")
	w.newBrowser()
	refused := func(when, want string, change ...string) {
		t.Helper()
		if code, failed := w.silently(change...); code != "" || failed != want {
			t.Errorf("%s: code %q, error %q, want %s", when, code, failed, want)
		}
	}
	granted := func(when string, change ...string) tokens {
		t.Helper()
		code, failed := w.silently(change...)
		if failed != "" {
			t.Fatalf("%s: %s", when, failed)
		}
		status, out := w.token(redeem(code))
		if status != 200 || w.me(out.Access) != 200 {
			t.Errorf("%s: the code gives %d %s", when, status, out.Error)
		}
		return out
	}
	refused("nobody is signed in", "login_required")
	own := w.signIn("wang")
	granted("signed in")
	granted("as the client expects", "id_token_hint", own.ID)
	granted("lately", "max_age", "600")
	refused("somebody else is signed in", "login_required", "id_token_hint", other.ID)
	refused("with another prompt", "invalid_request", "prompt", "none login")
	w.pass(11 * time.Minute)
	refused("too long ago", "login_required", "max_age", "600")
	granted("not too long ago", "max_age", "3600")
	w.pass(12 * time.Hour)
	refused("the browser's session has expired", "login_required")
}

// A silent request shows no page, whatever happens to the session meanwhile: the
// client is told that somebody would have to be asked.
func TestPromptNoneNeverAsks(t *testing.T) {
	w := openWorld(t)
	w.employ("wang", "salesperson")
	w.signIn("wang")
	w.stopAtLogin()
	r, _ := w.get(w.authorize("prompt", "none"))
	login, err := r.Location()
	if err != nil || login.Path != "/oidc/login" {
		t.Fatalf("%d %v", r.StatusCode, err)
	}
	w.newBrowser() // which nobody is signed in at
	for range 2 {
		r, body := w.get(login.String())
		at, err := r.Location()
		if err != nil || at.Query().Get("error") != "interaction_required" || at.Query().Get("state") != "s1" || at.Query().Get("code") != "" {
			t.Errorf("%d %v %s", r.StatusCode, at, body)
		}
	}
}
