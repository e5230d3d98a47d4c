package e2e

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"liuke.dev/deploy/faults/outside"
	"liuke.dev/shared/programtest"
)

// A lead is recorded and nobody calls. The mail that says so hours later, the
// entry in the owner's list and the webhook are the last steps of the very trace
// that began with the request, through every process on the way.
func TestOneTraceFromTheRequestToTheDeliveredReminder(t *testing.T) {
	t.Parallel()
	ctx := bounded(t, 3*time.Minute)
	traces := openCollector(t)
	mail, err := outside.OpenMailbox()
	if err != nil {
		t.Fatal(err)
	}
	defer mail.Close() //nolint:errcheck // nobody writes any more
	hooks, err := outside.OpenReceiver()
	if err != nil {
		t.Fatal(err)
	}
	defer hooks.Close() //nolint:errcheck // nobody posts any more
	_, port, _ := net.SplitHostPort(mail.Address())
	o := open(ctx, t, "LIUKE_SPEED=3600", "LIUKE_TRACES="+traces.URL, "LIUKE_SMTP_HOST=127.0.0.1", "LIUKE_SMTP_PORT="+port, "LIUKE_SMTP_TLS=none",
		"LIUKE_WEBHOOK_URL=http://"+hooks.Address()+"/hook", "LIUKE_WEBHOOK_SECRET=a-secret-for-the-test")
	sellers(ctx, t, o)

	var made struct {
		ID string `json:"id"`
	}
	err = o.As(o.Sellers[0]).Post(ctx, "/v1/leads", map[string]any{"company": "海天机械", "contact": "王敏", "phone": "13800138000", "source": "website", "need": "数控机床"}, &made)
	if err != nil {
		t.Fatal(err)
	}
	delivered := func(channel string) []span {
		return traces.find(func(s span) bool {
			return s.Name == "deliver "+channel && strings.HasPrefix(s.Notes["liuke.reminder"], "lead:"+made.ID+":")
		})
	}
	for _, channel := range []string{"email", "in_app", "webhook"} {
		until(ctx, t, "delivered: "+channel, func() bool { return len(delivered(channel)) > 0 })
		last := delivered(channel)[0]
		way := awaitWay(ctx, t, traces, last)
		t.Logf("%s: %s", channel, strings.Join(names(way), " → "))
		follows(t, way, "POST /v1/leads", "publish liuke.leads", "handle liuke.leads.lead_recorded.v1", "decide lead", "effect Remind", "PUT /v1/reminders/:id", "deliver "+channel)
		for _, s := range way {
			if s.Trace != way[0].Trace {
				t.Errorf("%s is in trace %s, and the request in %s", s.Name, s.Trace, way[0].Trace)
			}
		}
		if way[0].Notes["liuke.person"] != o.Sellers[0] {
			t.Errorf("the request does not say who asked: %v", way[0].Notes)
		}
	}
	matter := delivered("email")[0].Trace
	committed := traces.find(func(s span) bool { return s.Trace == matter && s.Name == "commit lead" })
	if len(committed) == 0 {
		t.Error("the commit is no step of the trace")
	}
	if o.Suite != nil {
		for _, process := range []string{"liuke-leads", "liuke-journeys", "liuke-notifications", "liuke-insights"} {
			// Who reads the facts besides, as insights does, may have joined its group only after the reminder left.
			until(ctx, t, process+" has its part in the trace", func() bool {
				return len(traces.find(func(s span) bool { return s.Trace == matter && s.Process == process })) > 0
			})
		}
	}
	watched(ctx, t, o)
}

// awaitWay waits until every step before the last has come too: each process
// sends its own.
func awaitWay(ctx context.Context, t *testing.T, c *collector, last span) []span {
	t.Helper()
	var way []span
	defer func() {
		if len(way) > 0 && way[0].Parent != "" {
			t.Logf("the trace begins in the middle: %s", strings.Join(names(way), " → "))
		}
	}()
	until(ctx, t, "the first step of the trace has come", func() bool {
		way = c.way(last)
		return way[0].Parent == ""
	})
	return way
}

// follows checks that the steps come in this order, whatever is between them.
func follows(t *testing.T, way []span, want ...string) {
	t.Helper()
	left := want
	for _, s := range way {
		if len(left) > 0 && s.Name == left[0] {
			left = left[1:]
		}
	}
	if len(left) > 0 {
		t.Errorf("no step %q in %s", left[0], strings.Join(names(way), " → "))
	}
}

// sellers gives those who sell an address, and lets reminders leave at any hour.
func sellers(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	administrator := o.As(o.Administrator)
	var book struct {
		Sections map[string]map[string]any `json:"sections"`
	}
	if err := administrator.Get(ctx, "/v1/policy", &book); err != nil {
		t.Fatal(err)
	}
	section := book.Sections["notifications"]
	far := time.Now().UTC().Add(20 * time.Hour) // quiet hours cannot be none: a minute that is hours away
	section["quiet_from"], section["quiet_to"] = far.Format("15:04"), far.Add(time.Minute).Format("15:04")
	section["digest_at"], section["channels"] = "", []string{"in_app", "email", "webhook"}
	if err := administrator.Call(ctx, "PUT", "/v1/policy/drafts/any-hour/sections/notifications", "", section, nil); err != nil {
		t.Fatal(err)
	}
	if err := administrator.Post(ctx, "/v1/policy/drafts/any-hour/publication", map[string]any{"reason": "reminders leave at any hour"}, nil); err != nil {
		t.Fatal(err)
	}
	for n, person := range append([]string{o.Manager}, o.Sellers...) {
		if err := administrator.Call(ctx, "PATCH", "/v1/people/"+person, "", map[string]any{"email": fmt.Sprintf("p%d@office.example", n)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	rest(ctx, t, time.Second) // every process reads who and what changed
}
