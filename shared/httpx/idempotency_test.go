package httpx_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

func TestRepeatedKeyGetsTheFirstAnswer(t *testing.T) {
	p, h := start(t)
	first := call(h, "POST", "/v1/notes", `{"text":"a"}`, "Idempotency-Key", "k1")
	again := call(h, "POST", "/v1/notes", `{"text":"a"}`, "Idempotency-Key", "k1")
	if first.Code != 201 || again.Code != 201 || !bytes.Equal(first.Body.Bytes(), again.Body.Bytes()) {
		t.Errorf("first %d %s, again %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if first.Header().Get("Location") != again.Header().Get("Location") || p.calls.Load() != 1 {
		t.Errorf("the command ran %d times", p.calls.Load())
	}
	if w := call(h, "POST", "/v1/notes", `{"text":"b"}`, "Idempotency-Key", "k1"); w.Code != 422 || !strings.Contains(w.Body.String(), "idempotency_reused") {
		t.Errorf("another body: %d %s", w.Code, w.Body)
	}
	if w := call(h, "POST", "/v1/notes", `{"text":"b"}`, "Idempotency-Key", "k2"); w.Code != 201 {
		t.Errorf("another key: %d %s", w.Code, w.Body)
	}
}

func TestFailedCommandIsNotRemembered(t *testing.T) {
	p, h := start(t)
	p.fail = problem.Away(store.ErrUnavailable)
	w := call(h, "POST", "/v1/notes", `{"text":"a"}`, "Idempotency-Key", "k1")
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Fatalf("store away: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	p.fail = nil
	if w := call(h, "POST", "/v1/notes", `{"text":"a"}`, "Idempotency-Key", "k1"); w.Code != 201 {
		t.Errorf("after the outage: %d %s", w.Code, w.Body)
	}
}

func TestAnswersArePurged(t *testing.T) {
	p, h := start(t)
	call(h, "POST", "/v1/notes", `{"text":"a"}`, "Idempotency-Key", "k1")
	p.now = p.now.Add(httpx.AnswersKept + time.Minute)
	purged := 0
	for end := time.Now().Add(10 * time.Second); purged == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) { // it is stored after it was given
		n, err := p.server.PurgeAnswers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		purged += n
	}
	if purged != 1 {
		t.Fatalf("purged %d", purged)
	}
	if call(h, "POST", "/v1/notes", `{"text":"a"}`, "Idempotency-Key", "k1"); p.calls.Load() != 2 {
		t.Errorf("the command ran %d times, want 2", p.calls.Load())
	}
}

// Two at once under one key are one command: of the same request the later is given
// the first answer, another request is refused; one that waits can give up.
func TestAKeyIsOneCommandsAtATime(t *testing.T) {
	p, h := start(t)
	inside, release := make(chan struct{}), make(chan struct{})
	p.hold = func() {
		inside <- struct{}{}
		<-release
	}
	post := func(body string) chan *httptest.ResponseRecorder {
		out := make(chan *httptest.ResponseRecorder, 1)
		go func() { out <- call(h, "POST", "/v1/notes", body, "Idempotency-Key", "k1") }()
		return out
	}
	first := post(`{"text":"a"}`)
	<-inside
	if w := <-post(`{"text":"b"}`); w.Code != 422 || !strings.Contains(w.Body.String(), "idempotency_reused") {
		t.Errorf("another request meanwhile: %d %s", w.Code, w.Body)
	}
	again := post(`{"text":"a"}`)
	impatient, stop := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(impatient, "POST", "/v1/notes", strings.NewReader(`{"text":"a"}`))
	for name, value := range map[string]string{"Content-Type": "application/json", "Authorization": "Bearer wang", "Idempotency-Key": "k1"} {
		r.Header.Set(name, value)
	}
	gone := httptest.NewRecorder()
	stop()
	if h.ServeHTTP(gone, r); gone.Code != 503 {
		t.Errorf("who gave up: %d %s", gone.Code, gone.Body)
	}
	p.hold = nil
	close(release)
	one, two := <-first, <-again
	if one.Code != 201 || two.Code != 201 || one.Body.String() != two.Body.String() || two.Header().Get("Idempotent-Replayed") != "true" || p.calls.Load() != 1 {
		t.Errorf("%d %s, %d %s: the command ran %d times", one.Code, one.Body, two.Code, two.Body, p.calls.Load())
	}
}
