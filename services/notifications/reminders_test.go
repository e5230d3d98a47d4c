package notifications_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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
