package notifications_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/config"
)

// A webhook that never answers has places of its own: what goes to another webhook,
// by mail and in the app is delivered as soon as without it. It is seen in the list
// of webhooks, and gets everything once it answers, each under one key.
func TestAWebhookThatNeverAnswers(t *testing.T) {
	const secret = "a secret of some length"
	p99 := func(t *testing.T, hangs bool) time.Duration {
		t.Helper()
		release := make(chan struct{})
		if !hangs {
			close(release)
		}
		var mu sync.Mutex
		issued, took := map[string]time.Time{}, []time.Duration{}
		hanging := receive(t, secret, func(http.ResponseWriter, *http.Request) { <-release })
		good := receive(t, secret, func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(issued[r.Header.Get("Idempotency-Key")]))
		})
		p := openPostOffice(t)
		c := mailConfig(p)
		c.Webhook = config.Webhook{URL: good.URL, Secret: secret}
		o := start(t, c)
		o.now.Store(int64(noon))
		var made struct{ ID string }
		if status, _ := o.call("admin", "POST", "/v1/webhooks", map[string]any{"url": hanging.URL, "secret": secret}, &made); status != 201 {
			t.Fatal(status)
		}
		const reminders = 60
		for n := range reminders {
			id := fmt.Sprint("r", n)
			mu.Lock()
			issued[id+":configured:webhook"] = time.Now()
			mu.Unlock()
			o.remind(id, "remind", "wang")
			time.Sleep(5 * time.Millisecond)
		}
		o.eventually("the other webhook and the letters", func() bool { return len(good.posts()) == reminders && len(p.letters()) == reminders })
		if n := len(o.inbox("wang", "limit=100")); n != reminders {
			t.Errorf("%d reminders in the app", n)
		}
		waiting := func() (n int64) {
			var hooks struct {
				Items []struct {
					ID      string
					Waiting int64
				}
			}
			o.call("admin", "GET", "/v1/webhooks", nil, &hooks)
			for _, h := range hooks.Items {
				if h.ID == made.ID {
					n = h.Waiting
				}
			}
			return n
		}
		if hangs {
			if n, posts := waiting(), len(hanging.posts()); n != reminders || posts != 2 {
				t.Errorf("%d wait for it, %d posts are held; want %d and 2", n, posts, reminders)
			}
			close(release)
		}
		o.eventually("everything", func() bool { return waiting() == 0 && len(hanging.posts()) == reminders })
		keys := hanging.posts()
		slices.Sort(keys)
		if len(keys) != reminders || len(slices.Compact(keys)) != reminders {
			t.Errorf("it got %d posts", len(keys))
		}
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	without := p99(t, false)
	with := p99(t, true)
	t.Logf("p99 from reminder to the other webhook: %v, without one that hangs %v", with, without)
	if with > 2*without+250*time.Millisecond {
		t.Errorf("p99 from reminder to the other webhook: %v, without one that hangs %v", with, without)
	}
}
