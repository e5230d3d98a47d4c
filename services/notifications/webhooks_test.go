package notifications_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
)

// hooked is a receiver of webhooks that answers what it is told.
type hooked struct {
	*httptest.Server
	mu  sync.Mutex
	got []string // idempotency keys
	bad atomic.Int64
	say func(w http.ResponseWriter, r *http.Request)
}

func receive(t *testing.T, secret string, say func(w http.ResponseWriter, r *http.Request)) *hooked {
	t.Helper()
	h := &hooked{say: say}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var seconds int64
		_, _ = fmt.Sscanf(r.Header.Get("Liuke-Signature"), "t=%d,", &seconds)
		if r.Header.Get("Liuke-Signature") != channel.Sign(secret, instant.Time(seconds*1000), body) || !json.Valid(body) {
			h.bad.Add(1)
		}
		h.mu.Lock()
		h.got = append(h.got, r.Header.Get("Idempotency-Key"))
		h.mu.Unlock()
		h.say(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hooked) posts() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got)
}

// Webhooks are signed, tried again under the same key, never redirected, and
// switched off by 410.
func TestWebhooks(t *testing.T) {
	const secret = "a secret of some length"
	var down atomic.Bool
	good := receive(t, secret, func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(503)
		}
	})
	gone := receive(t, secret, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	moved := receive(t, secret, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, good.URL, http.StatusTemporaryRedirect)
	})
	o := start(t, config.Config{Webhook: config.Webhook{URL: good.URL, Secret: secret}})
	o.now.Store(int64(noon))
	for _, h := range []*hooked{gone, moved} {
		var made struct{ ID, Secret string }
		if status, _ := o.call("admin", "POST", "/v1/webhooks", map[string]any{"url": h.URL, "secret": secret, "levels": []string{"warn"}}, &made); status != 201 || made.Secret != secret {
			t.Fatalf("register: %d %+v", status, made)
		}
	}
	o.remind("r1", "remind", "wang")
	o.eventually("the configured one only", func() bool { return len(good.posts()) == 1 && len(o.deliveries("delivered", "webhook")) == 1 })
	down.Store(true)
	o.remind("r2", "warn", "wang")
	o.eventually("put off, gone and moved", func() bool {
		return len(o.deliveries("pending", "webhook")) == 1 && len(o.deliveries("failed", "webhook")) == 2
	})
	if len(gone.posts()) != 1 || len(moved.posts()) != 1 || good.bad.Load()+gone.bad.Load()+moved.bad.Load() != 0 {
		t.Errorf("posts: %v %v, badly signed %d", gone.posts(), moved.posts(), good.bad.Load())
	}
	down.Store(false)
	o.now.Store(int64(noon.Add(time.Minute)))
	o.eventually("again", func() bool { return len(o.deliveries("delivered", "webhook")) == 2 })
	posts := good.posts()
	if len(posts) != 3 || posts[1] != posts[2] || posts[0] == posts[1] {
		t.Errorf("keys: %v", posts)
	}
	var hooks struct {
		Items []struct {
			ID, URL, Gone, Secret string
			Active                bool
		}
	}
	o.call("admin", "GET", "/v1/webhooks", nil, &hooks)
	for _, h := range hooks.Items {
		if h.Active == (h.URL == gone.URL) || h.Secret != "" {
			t.Errorf("hook: %+v", h)
		}
	}
	o.remind("r3", "warn", "wang")
	o.eventually("the third", func() bool { return len(o.deliveries("delivered", "webhook")) == 3 })
	if len(gone.posts()) != 1 {
		t.Errorf("posted to who is gone: %v", gone.posts())
	}
	for url, want := range map[string]int{"http://example.com/x": 422, "ftp://x": 422, "https://user:pw@x.test/": 422, "": 422, "https://x.test/hook": 201} {
		if status, _ := o.call("admin", "POST", "/v1/webhooks", map[string]any{"url": url}, nil); status != want {
			t.Errorf("register %s: %d", url, status)
		}
	}
	if status, _ := o.call("boss", "POST", "/v1/webhooks", map[string]any{"url": "https://x.test"}, nil); status != 403 {
		t.Errorf("register by a manager: %d", status)
	}
}

// A receiver that hangs holds nobody up: reminders are issued at once, and others
// are served meanwhile.
func TestAHangingReceiverHoldsNobodyUp(t *testing.T) {
	const secret = "a secret of some length"
	release := make(chan struct{})
	slow := receive(t, secret, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	p := openPostOffice(t)
	c := mailConfig(p)
	c.Webhook = config.Webhook{URL: slow.URL, Secret: secret}
	o := start(t, c)
	o.now.Store(int64(noon))
	begin := time.Now()
	for i := range 12 {
		o.remind(fmt.Sprintf("r%d", i), "remind", "wang")
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("issuing took %v", took)
	}
	o.eventually("inbox", func() bool { return len(o.inbox("wang", "")) == 12 })
	o.eventually("the letters", func() bool { return len(p.letters()) == 12 && len(slow.posts()) == 2 })
}
