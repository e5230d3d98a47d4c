package notifications_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

func (o *office) remind(id, level, owner string) int {
	o.t.Helper()
	status, _ := o.call("journeys", "PUT", "/v1/reminders/"+id, map[string]any{"level": level, "rule": "idle.1", "subject": catalogue.Subject{Kind: "lead", ID: "l1"},
		"owner": owner, "text": lang.T("线索三天没有跟进", "No follow-up for three days"), "due": o.clock()}, nil, "Liuke-Cause", "lead:l1:idle.1:3")
	return status
}

type entrySeen struct {
	catalogue.Reminder
	Unread bool
	WhyURL string `json:"why_url"`
}

func (o *office) inbox(who, query string) []entrySeen {
	o.t.Helper()
	var page struct{ Items []entrySeen }
	if status, _ := o.call(who, "GET", "/v1/reminders?"+query, nil, &page); status != 200 {
		o.t.Fatalf("inbox of %s: %d", who, status)
	}
	return page.Items
}

type deliverySeen struct {
	ID, Reminder, Person, Webhook, Channel, Status, Error string
	Attempts                                              int
	Next                                                  instant.Time `json:"next_attempt_at"`
}

func (o *office) deliveries(status, channel string) (out []deliverySeen) {
	o.t.Helper()
	var page struct{ Items []deliverySeen }
	if code, _ := o.call("admin", "GET", "/v1/deliveries?limit=200&status="+status, nil, &page); code != 200 {
		o.t.Fatalf("deliveries: %d", code)
	}
	for _, d := range page.Items {
		if d.Channel == channel {
			out = append(out, d)
		}
	}
	return out
}

// who gets which level, once, and reads it.
func TestRemindersReachPeople(t *testing.T) {
	o := start(t, config.Config{})
	for level, to := range map[string][]string{"remind": {"wang"}, "inform": {"wang"}, "warn": {"boss", "wang"}, "escalate": {"boss"}} {
		if status := o.remind(level, level, "wang"); status != 201 {
			t.Fatalf("%s: %d", level, status)
		}
		if status := o.remind(level, level, "wang"); status != 200 {
			t.Errorf("%s again: %d", level, status)
		}
		for _, who := range []string{"wang", "boss", "zhao", "director"} {
			has := slices.ContainsFunc(o.inbox(who, ""), func(e entrySeen) bool { return e.ID == level })
			if has != slices.Contains(to, who) {
				t.Errorf("%s for %s: %v", level, who, has)
			}
		}
	}
	if got := o.inbox("wang", "unread=true"); len(got) != 3 || !got[0].Unread || got[0].Why != "lead:l1:idle.1:3" || got[0].WhyURL == "" {
		t.Errorf("unread: %+v", got)
	}
	if status, _ := o.call("wang", "POST", "/v1/reminders/warn/read", nil, nil); status != 204 {
		t.Errorf("read: %d", status)
	}
	if status, _ := o.call("zhao", "POST", "/v1/reminders/warn/read", nil, nil); status != 404 {
		t.Errorf("read by a stranger: %d", status)
	}
	if got := o.inbox("wang", "unread=true"); len(got) != 2 || len(o.inbox("boss", "unread=true")) != 2 {
		t.Errorf("one's own reading only: %+v", got)
	}
	history, err := o.store.History(t.Context(), "reminder/warn", 0, 10)
	if err != nil || len(history) != 1 || history[0].Type != "liuke.notifications.reminder_issued.v1" {
		t.Errorf("facts: %+v %v", history, err)
	}
	if status, _ := o.call("wang", "PUT", "/v1/reminders/x", map[string]any{"level": "remind", "rule": "a", "subject": catalogue.Subject{Kind: "lead", ID: "l"}, "owner": "wang",
		"text": lang.T("a", "a"), "due": instant.Now()}, nil); status != 403 {
		t.Errorf("by a person: %d", status)
	}
}

// nobody who is away or gone is reminded; whoever stands in is.
func TestRemindersReachTheDelegate(t *testing.T) {
	o := start(t, config.Config{})
	wang := staff()[0]
	wang.Absences = []catalogue.Absence{{From: o.clock().Add(-time.Minute), To: o.clock().Add(time.Hour), Delegate: "zhao"}}
	o.people.Put(wang, 2)
	boss := staff()[3]
	boss.Active = false
	o.people.Put(boss, 2)
	o.remind("r", "warn", "wang")
	if len(o.inbox("zhao", "")) != 1 || len(o.inbox("director", "")) != 1 || len(o.inbox("wang", "")) != 0 || len(o.inbox("boss", "")) != 0 {
		t.Error("the delegate and the next supervisor up get it")
	}
}

func mailConfig(p *postOffice) config.Config {
	return config.Config{Origin: "https://crm.firm.test", SMTP: config.SMTP{Host: "127.0.0.1", Port: p.port, From: "liuke@firm.test", TLS: "none"}}
}

// Mail goes out in the reader's language, is tried again, and never twice under
// two ids; what fails for good is visible and can be tried again.
func TestMail(t *testing.T) {
	p := openPostOffice(t)
	o := start(t, mailConfig(p))
	o.now.Store(int64(noon))
	o.remind("zh", "remind", "wang")
	o.remind("en", "remind", "zhao")
	o.eventually("two letters", func() bool { return len(p.letters()) == 2 })
	for _, l := range p.letters() {
		want := map[string]string{"wang@firm.test": "[提醒] 线索三天没有跟进", "zhao@firm.test": "[Reminder] No follow-up for three days"}[l.To]
		if l.Subject != want || !strings.Contains(l.Body, "https://crm.firm.test/v1/leads/l1") || !strings.Contains(l.MessageID, "@firm.test") {
			t.Errorf("letter: %+v", l)
		}
	}
	o.eventually("delivered", func() bool { return len(o.deliveries("delivered", "email")) == 2 })
	p.mu.Lock()
	p.deny = []string{"550 no such mailbox"}
	p.mu.Unlock()
	o.remind("bad", "remind", "wang")
	o.eventually("failed", func() bool { return len(o.deliveries("failed", "email")) == 1 })
	failed := o.deliveries("failed", "email")[0]
	if failed.Attempts != 1 || !strings.Contains(failed.Error, "550") {
		t.Errorf("failed: %+v", failed)
	}
	for who, want := range map[string]int{"wang": 403, "": 401, "admin": 200} {
		if status, _ := o.call(who, "POST", "/v1/deliveries/"+failed.ID+"/retry", nil, nil); status != want {
			t.Errorf("retry by %q: %d", who, status)
		}
	}
	o.eventually("delivered after all", func() bool { return len(p.letters()) == 3 && len(o.deliveries("failed", "email")) == 0 })
	if status, _ := o.call("admin", "POST", "/v1/deliveries/"+failed.ID+"/retry", nil, nil); status != 409 {
		t.Errorf("retry of what was delivered: %d", status)
	}
	p.mu.Lock()
	p.deny = []string{"451 later"}
	p.mu.Unlock()
	o.remind("soft", "remind", "wang")
	o.eventually("put off", func() bool {
		d := o.deliveries("pending", "email")
		return len(d) == 1 && d[0].Attempts == 1 && d[0].Next.After(noon)
	})
	o.now.Store(int64(noon.Add(time.Minute)))
	o.eventually("delivered later", func() bool { return len(p.letters()) == 4 })
	history, err := o.store.History(t.Context(), "delivery/"+failed.ID, 0, 10)
	if err != nil || len(history) != 2 {
		t.Errorf("facts of the delivery: %d %v", len(history), err)
	}
}

// In quiet hours mail is withheld and leaves in one digest in the morning, with the
// tasks of the day; escalations leave at once.
func TestQuietHoursAndDigest(t *testing.T) {
	p := openPostOffice(t)
	o := start(t, mailConfig(p))
	night := noon.Add(10 * time.Hour) // 22:00 in Shanghai
	o.now.Store(int64(night))
	o.open("today", catalogue.TaskNextTouch, "lead/l1", "wang", noon.Add(24*time.Hour))
	o.open("another-day", catalogue.TaskNextTouch, "lead/l2", "wang", noon.Add(72*time.Hour))
	o.remind("a", "remind", "wang")
	o.remind("b", "inform", "wang")
	o.remind("c", "escalate", "zhao")
	o.eventually("the escalation", func() bool { return len(p.letters()) == 1 && p.letters()[0].To == "boss@firm.test" })
	held := o.deliveries("withheld", "email")
	digestAt := instant.Of(time.Date(2026, 3, 5, 0, 30, 0, 0, time.UTC)) // 08:30 in Shanghai
	if len(held) != 2 || held[0].Next != digestAt || held[1].Next != digestAt {
		t.Fatalf("withheld: %+v", held)
	}
	o.now.Store(int64(digestAt.Add(-time.Minute)))
	time.Sleep(100 * time.Millisecond)
	o.remind("wake", "escalate", "zhao") // wakes the sender
	o.eventually("still one more only", func() bool { return len(p.letters()) == 2 })
	o.now.Store(int64(digestAt.Add(time.Second)))
	o.eventually("the digest", func() bool { return len(p.letters()) >= 3 && len(o.deliveries("withheld", "email")) == 0 })
	time.Sleep(50 * time.Millisecond)
	letters := p.letters()
	if len(letters) != 3 {
		t.Fatalf("%d letters: %+v", len(letters), letters)
	}
	d := letters[2]
	if d.To != "wang@firm.test" || d.Subject != "留客摘要：1 项待办，2 条提醒" || strings.Count(d.Body, "线索三天没有跟进") != 2 {
		t.Errorf("digest: %+v", d)
	}
}

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

// follow reads a person's event stream until stop.
func (o *office) follow(ctx context.Context, who, last string, into func(id, event, data string)) {
	req, err := http.NewRequestWithContext(ctx, "GET", o.server.URL+"/v1/events", nil)
	if err != nil {
		o.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+who)
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // stopped
	}
	defer func() { _ = resp.Body.Close() }()
	var id, event, data string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id":
			id = value
		case "event":
			event = value
		case "data":
			data = value
		case "":
			if id != "" && data != "" {
				into(id, event, data)
				data = ""
			}
		}
	}
}

// Nothing is lost on an event stream, however often it breaks, and nobody sees what
// is somebody else's.
func TestEventStream(t *testing.T) {
	o := start(t, config.Config{})
	var mu sync.Mutex
	got := map[string]int{}
	last := ""
	into := func(id, event, data string) {
		mu.Lock()
		defer mu.Unlock()
		last = id
		var body struct{ ID string }
		_ = json.Unmarshal([]byte(data), &body)
		got[event+" "+body.ID]++
	}
	ctx, stop := context.WithCancel(t.Context())
	go o.follow(ctx, "wang", "", into)
	time.Sleep(50 * time.Millisecond)
	o.remind("r0", "remind", "wang")
	o.remind("other", "remind", "zhao")
	o.open("t0", catalogue.TaskNextTouch, "lead/l1", "wang", instant.Now().Add(time.Hour))
	o.eventually("the first two", func() bool { mu.Lock(); defer mu.Unlock(); return got["reminder r0"] == 1 && got["task t0"] == 1 })
	stop()
	for i := 1; i <= 450; i++ { // more than two pages while nobody listens
		o.remind(fmt.Sprintf("r%d", i), "remind", "wang")
	}
	mu.Lock()
	from := last
	mu.Unlock()
	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	go o.follow(ctx, "wang", from, into)
	o.eventually("all of them", func() bool {
		mu.Lock()
		defer mu.Unlock()
		for i := range 451 {
			if got[fmt.Sprintf("reminder r%d", i)] == 0 {
				return false
			}
		}
		return true
	})
	mu.Lock()
	if got["reminder other"] != 0 || got["reminder r400"] != 1 {
		t.Errorf("other %d, r400 %d", got["reminder other"], got["reminder r400"])
	}
	mu.Unlock()
	for _, c := range []struct {
		who, accept, last string
		want              int
	}{{"", "text/event-stream", "", 401}, {"wang", "application/json", "", 422}, {"wang", "text/event-stream", "abc", 422}, {"journeys", "text/event-stream", "", 403}} {
		if status, _ := o.call(c.who, "GET", "/v1/events", nil, nil, "Accept", c.accept, "Last-Event-ID", c.last); status != c.want {
			t.Errorf("%+v: %d", c, status)
		}
	}
}
