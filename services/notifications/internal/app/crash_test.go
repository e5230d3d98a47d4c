package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

var people = []catalogue.Person{{ID: "wang", Active: true, Supervisor: "boss", Email: "w@x.test"}, {ID: "zhao", Active: true, Supervisor: "boss", Email: "z@x.test"},
	{ID: "li", Active: true, Supervisor: "boss"}, {ID: "boss", Active: true, Email: "b@x.test"}}

// noon is a working day's noon in Shanghai.
var noon = instant.Of(time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC))

func newDesk(t fataler, path string) (*Desk, *storetest.Faulty, *atomic.Int64) {
	e, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	f := &storetest.Faulty{Engine: e}
	docs, err := storage.Open(context.Background(), f)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	var now atomic.Int64
	now.Store(int64(noon))
	clock := func() instant.Time { return instant.Time(now.Load()) }
	d := directory.Of(people...)
	return New(Desk{Docs: docs, People: d, Policy: policytest.Holder(t), Guard: access.New(d, clock), Clock: clock, Log: slog.New(slog.DiscardHandler), Mail: true}), f, &now
}

func event(t fataler, aggregate string, version int64, at instant.Time, data catalogue.Data) facts.Event {
	f, err := facts.Record(context.Background(), facts.Stamp{Source: "liuke/test", At: at}, version, data)
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	f.ID, f.Aggregate, f.Version = store.FactID(aggregate, version, 0), aggregate, version
	e, err := facts.Stored(f)
	if err != nil {
		t.Fatalf("stored: %v", err)
	}
	return e
}

// insist repeats until nothing fails, as consumers and journeys do.
func insist(t fataler, do func() error) {
	for range 1000 {
		if err := do(); err == nil {
			return
		} else if !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("%v", err)
		}
	}
	t.Fatalf("never succeeded")
}

func history(t fataler, e store.Engine, aggregate, kind string) int {
	list, err := e.History(context.Background(), aggregate, 0, 500)
	if err != nil {
		t.Fatalf("history: %v", err)
	}
	n := 0
	for _, f := range list {
		if f.Type == kind {
			n++
		}
	}
	return n
}

// whatever follow-ups, plans, assignments and effects come, in
// order per lead but again and again, over a store whose commits fail: every task
// exists once, was told of once, is with who answers for the lead, and is open only
// if nothing ended it.
func TestFactsAndEffectsUnderCrashes(t *testing.T) {
	dir := t.TempDir()
	var checks atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		d, f, now := newDesk(rt, filepath.Join(dir, fmt.Sprint(checks.Add(1), ".db")))
		defer func() { _ = f.Engine.Close() }()
		f.Percent.Store(int64(rapid.SampledFrom([]int{0, 15, 40}).Draw(rt, "faults")))
		lead := catalogue.Subject{Kind: "lead", ID: "l"}
		owner, closed, touched := "", false, instant.Time(0)
		tasks := map[string]instant.Time{} // when each was opened
		var told []facts.Event
		for step := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			at := instant.Time(now.Add(1000))
			version := int64(step + 1)
			var data []catalogue.Data
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				owner = rapid.SampledFrom([]string{"wang", "zhao", "li"}).Draw(rt, "owner")
				data = append(data, &catalogue.LeadAssigned{Lead: "l", After: owner, Reason: "rotation"})
			case 1:
				touched = at
				id := fmt.Sprintf("f%d", step)
				data = append(data, &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: id, Subject: lead, Direction: "outbound", Channel: "phone", Counts: true, OccurredAt: at, RecordedAt: at}})
			case 2:
				id := fmt.Sprintf("n%d", step)
				tasks[id] = at
				data = append(data, &catalogue.NextTouchPlanned{Subject: lead, Task: id, Assignee: "wang", Due: at.Add(time.Hour)})
			case 3:
				id := fmt.Sprintf("e%d", step)
				tasks[id] = at
				insist(rt, func() error {
					_, _, err := d.Open(context.Background(), task.Task{Owner: "wang", Follows: true, Task: catalogue.Task{ID: id, Kind: catalogue.TaskSecondTouch, Subject: lead, Due: at.Add(time.Hour)}})
					return err
				})
			case 4:
				closed = rapid.Bool().Draw(rt, "closed")
				status := map[bool]string{true: "closed", false: "contacted"}[closed]
				if closed {
					touched = at // ends everything opened before
				}
				data = append(data, &catalogue.LeadStatusChanged{Lead: "l", Before: "new", After: status})
			case 5:
				if len(told) > 0 { // Kafka brings an old fact again
					old := rapid.SampledFrom(told).Draw(rt, "again")
					insist(rt, func() error { return d.React(context.Background(), old) })
				}
			}
			for _, x := range data {
				e := event(rt, "lead/l", version, at, x)
				told = append(told, e)
				insist(rt, func() error { return d.React(context.Background(), e) })
				if closed { // what comes while the lead is closed is ended at once
					touched = max(touched, at+1)
				}
			}
			if closed {
				touched = max(touched, at+1)
			}
		}
		for id, opened := range tasks {
			doc, err := d.Docs.Tasks.Get(context.Background(), id)
			if err != nil {
				rt.Fatalf("task %s: %v", id, err)
			}
			if n := history(rt, f.Engine, "task/"+id, "liuke.tasks.task_created.v1"); n != 1 {
				rt.Fatalf("task %s was created %d times", id, n)
			}
			open := doc.Body.Status == catalogue.TaskOpen
			if ended := history(rt, f.Engine, "task/"+id, "liuke.tasks.task_ended.v1"); open == (ended > 0) || ended > 1 {
				rt.Fatalf("task %s is %s and ended %d times", id, doc.Body.Status, ended)
			}
			if want := !opened.Before(touched); open != want {
				rt.Fatalf("task %s of %v is %s (%s); ended by %v", id, opened, doc.Body.Status, doc.Body.Outcome, touched)
			}
			if open && owner != "" && doc.Body.Assignee != owner {
				rt.Fatalf("task %s is with %s, not %s", id, doc.Body.Assignee, owner)
			}
		}
	})
}

// count gives a reminder's deliveries.
func deliveriesOf(t fataler, d *Desk, status string) map[string]outbox.Delivery {
	out := map[string]outbox.Delivery{}
	err := each(context.Background(), d.Docs.Deliveries, store.Query{Index: storage.ByState, Equal: []any{status}}, func(doc *store.Doc[outbox.Delivery]) error {
		out[doc.ID] = doc.Body
		return nil
	})
	if err != nil {
		t.Fatalf("deliveries: %v", err)
	}
	return out
}

// a reminder whose process died in the middle reaches everybody all the
// same, once: by the journey's repeat, or by the sweep.
func TestRemindersUnderCrashes(t *testing.T) {
	for _, repeated := range []bool{true, false} {
		d, f, _ := newDesk(t, filepath.Join(t.TempDir(), "n.db"))
		f.Percent.Store(30)
		const n = 40
		for i := range n {
			r := catalogue.Reminder{ID: fmt.Sprintf("r%d", i), Level: catalogue.LevelWarn, Rule: "idle.1", Subject: catalogue.Subject{Kind: "lead", ID: "l"}, Due: noon}
			remind := func() error { _, _, err := d.Remind(context.Background(), r, "wang"); return err }
			if repeated {
				insist(t, remind)
			} else {
				_ = remind()
			}
		}
		issued := 0
		f.Percent.Store(0)
		if err := d.FinishSpreading(context.Background()); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			told := history(t, f.Engine, fmt.Sprintf("reminder/r%d", i), "liuke.notifications.reminder_issued.v1")
			if told > 1 || repeated && told != 1 {
				t.Errorf("r%d was issued %d times", i, told)
			}
			issued += told
		}
		if in := len(deliveriesOf(t, d, outbox.Delivered)); in != 2*issued {
			t.Errorf("repeated %v: %d issued, %d in people's lists", repeated, issued, in)
		}
		if mail := len(deliveriesOf(t, d, outbox.Pending)); mail != 2*issued {
			t.Errorf("repeated %v: %d issued, %d mails", repeated, issued, mail)
		}
		_ = f.Engine.Close()
	}
}

// A reminder whose process died before it was in people's lists is new to them
// when it gets there, and not of the time at which it was issued: who follows a
// stream has long been told of later ones.
func TestALateDeliveryArrivesNow(t *testing.T) {
	d, f, now := newDesk(t, filepath.Join(t.TempDir(), "n.db"))
	defer func() { _ = f.Engine.Close() }()
	for n := 0; ; n++ { // until a crash comes between the reminder and its deliveries
		f.Percent.Store(50)
		r := catalogue.Reminder{ID: fmt.Sprintf("r%d", n), Level: catalogue.LevelRemind, Rule: "idle.0", Subject: catalogue.Subject{Kind: "lead", ID: "l"}, Due: noon}
		_, _, _ = d.Remind(context.Background(), r, "wang")
		f.Percent.Store(0)
		if len(arrivals(t, d, noon.Add(-time.Hour))) == 0 && history(t, f.Engine, "reminder/"+r.ID, "liuke.notifications.reminder_issued.v1") == 1 {
			break
		} else if n > 200 {
			t.Fatal("no crash came in between")
		}
		_ = f.Engine.Close()
		d, f, now = newDesk(t, filepath.Join(t.TempDir(), fmt.Sprintf("n%d.db", n)))
	}
	now.Add(time.Minute.Milliseconds())
	if err := d.FinishSpreading(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := arrivals(t, d, noon.Add(30*time.Second)); len(got) != 1 || got[0].At != noon.Add(time.Minute) || got[0].Reminder.Reminder.At != noon {
		t.Errorf("%+v", got)
	}
}

func arrivals(t *testing.T, d *Desk, from instant.Time) (all []Arrival) {
	t.Helper()
	if err := d.Since(context.Background(), "wang", from, func(a Arrival) bool { all = append(all, a); return true }); err != nil {
		t.Fatal(err)
	}
	return all
}

// clumsy is a mailer whose process dies while it sends.
type clumsy struct {
	mu   sync.Mutex
	sent map[string]int
	die  func() bool
}

func (c *clumsy) Send(_ context.Context, _ catalogue.Person, content channel.Content) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.die() {
		return errors.New("the line broke")
	}
	c.sent[content.ID]++
	return nil
}

// A sender that died with a delivery in hand: once its lease is over it is sent
// after all, under the same id.
func TestTheSenderGoesOnAfterACrash(t *testing.T) {
	d, f, now := newDesk(t, filepath.Join(t.TempDir(), "n.db"))
	defer func() { _ = f.Engine.Close() }()
	for i := range 20 {
		r := catalogue.Reminder{ID: fmt.Sprintf("r%d", i), Level: catalogue.LevelRemind, Rule: "idle.1", Subject: catalogue.Subject{Kind: "lead", ID: "l"}, Due: noon}
		if _, _, err := d.Remind(t.Context(), r, "wang"); err != nil {
			t.Fatal(err)
		}
	}
	mailer := &clumsy{sent: map[string]int{}, die: func() bool { return rand.IntN(3) == 0 }}
	attempts := outbox.Attempts{Most: 100, First: time.Second, Last: time.Second}
	for range 1000 {
		ctx, kill := context.WithCancel(t.Context())
		s := &Sender{Desk: d, Mail: mailer, Attempts: attempts, Lease: time.Minute, Mails: 4, Posts: 1}
		s.open()
		f.Percent.Store(20)
		_ = s.Round(ctx)
		if rand.IntN(2) == 0 {
			s.out.Wait()
		}
		kill() // this sender is gone, whatever it was doing
		s.out.Wait()
		now.Add(int64(2 * time.Minute / time.Millisecond))
		if len(deliveriesOf(t, d, outbox.Pending))+len(deliveriesOf(t, d, outbox.Sending)) == 0 {
			break
		}
	}
	f.Percent.Store(0)
	mails := 0
	for id, v := range deliveriesOf(t, d, outbox.Delivered) {
		if v.Channel != outbox.Email {
			continue
		}
		mails++
		if mailer.sent[id] == 0 {
			t.Errorf("%s is delivered and was never sent", id)
		}
		if n := history(t, f.Engine, "delivery/"+id, "liuke.notifications.delivery_ended.v1"); n != 1 {
			t.Errorf("%s ended %d times", id, n)
		}
	}
	if mails != 20 || len(mailer.sent) != 20 {
		t.Errorf("%d delivered, %d sent", mails, len(mailer.sent))
	}
}
