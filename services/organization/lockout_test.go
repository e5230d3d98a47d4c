package organization_test

import (
	"net/url"
	"sync"
	"testing"
	"time"
)

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
