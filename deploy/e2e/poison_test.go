//go:build !engines

// This test compares how long others wait, with the thousand and without. On the
// suite of a dozen processes, with the MongoDB stand-in that takes one command at
// a time, two cores are full already without the thousand: it would measure the
// machine.

package e2e

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/programtest"
)

// poisoned is how many journeys one policy makes fire at once.
const poisoned = 1_000

// standing is what GET /v1/journeys/counts tells of leads.
type standing struct {
	Kinds []struct {
		Kind                      string
		Running, Behind, Troubled int64
	}
}

func leadsStand(ctx context.Context, t *testing.T, o *programtest.Office) (running, behind int64) {
	t.Helper()
	var s standing
	if err := o.As(o.Administrator).Get(ctx, "/v1/journeys/counts", &s); err != nil {
		t.Fatal(err)
	}
	for _, k := range s.Kinds {
		if k.Kind == "lead" {
			running, behind = k.Running, k.Behind
		}
	}
	return running, behind
}

// A policy that makes a thousand journeys fire at once says how many it touches,
// lets each fire once, and delays nobody else: neither the task of a new lead nor
// the first decision of its journey waits for the thousand.
func TestAPolicyThatMakesAThousandFire(t *testing.T) {
	ctx := bounded(t, 6*time.Minute)
	o := open(ctx, t)
	recordMany(ctx, t, o, poisoned)
	until(ctx, t, "every lead's journey has decided", func() bool { n, behind := leadsStand(ctx, t, o); return n >= poisoned && behind == 0 })
	allRead(ctx, t, o, follow(t, o.Follow(ctx))) // or the first of others would wait for what follows of the thousand
	quiet := othersWait(ctx, t, o)

	administrator := o.As(o.Administrator)
	var book struct {
		Sections map[string]map[string]any `json:"sections"`
	}
	if err := administrator.Get(ctx, "/v1/policy", &book); err != nil {
		t.Fatal(err)
	}
	section := book.Sections["lead_care"]
	section["idle"] = []map[string]any{{"after": "15s", "action": "remind"}}
	if err := administrator.Call(ctx, "PUT", "/v1/policy/drafts/poison/sections/lead_care", "", section, nil); err != nil {
		t.Fatal(err)
	}
	before, _ := leadsStand(ctx, t, o)
	var published struct {
		Touches []struct{ Journey string }
	}
	begun := time.Now()
	if err := administrator.Post(ctx, "/v1/policy/drafts/poison/publication", map[string]any{"reason": "everybody is reminded at once"}, &published); err != nil {
		t.Fatal(err)
	}
	if before < poisoned || len(published.Touches) == 0 || published.Touches[0].Journey != "lead" {
		t.Errorf("%d leads' journeys run, the publication touches %v", before, published.Touches)
	}
	until(ctx, t, "the sweep has begun", func() bool { n, behind := leadsStand(ctx, t, o); return behind > 0 && behind < n })
	storm := othersWait(ctx, t, o)
	until(ctx, t, "all of them have decided by the new policy", func() bool { _, behind := leadsStand(ctx, t, o); return behind == 0 })
	t.Logf("%d journeys decided by the new policy within %s", before, time.Since(begun).Round(time.Second))
	t.Logf("without: %s", quiet)
	t.Logf("with:    %s", storm)
	if storm.task > 3*quiet.task+time.Second || storm.decision > 3*quiet.decision+2*time.Second {
		t.Errorf("others wait: %s, without the thousand %s", storm, quiet)
	}
	var ledger struct {
		Fired int64 `json:"fired"`
		Twice int64 `json:"doubled"`
	}
	until(ctx, t, "each has fired", func() bool {
		if err := o.As(o.Boss).Get(ctx, "/v1/insights/ledger", &ledger); err != nil {
			t.Fatal(err)
		}
		return ledger.Fired >= poisoned
	})
	if ledger.Twice != 0 {
		t.Errorf("%d obligations fired twice", ledger.Twice)
	}
}

func recordMany(ctx context.Context, t *testing.T, o *programtest.Office, leads int) {
	t.Helper()
	var all sync.WaitGroup
	numbers := make(chan int)
	failed := make(chan error, 8)
	for w := range 8 {
		all.Go(func() {
			c := o.As(o.Sellers[w%len(o.Sellers)])
			for n := range numbers {
				name := fmt.Sprintf("万户%d", n)
				if err := c.Post(ctx, "/v1/leads", map[string]any{"company": name, "contact": "联系人", "wechat": name, "source": "website", "need": "需求"}, nil); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	for n := range leads {
		numbers <- n
	}
	close(numbers)
	all.Wait()
	select {
	case err := <-failed:
		t.Fatal(err)
	default:
	}
}

// others is how long other people's leads waited: the 99th percentile until the
// task was in the list, and until the journey had decided first.
type others struct {
	leads          int
	task, decision time.Duration
}

func (o others) String() string {
	return fmt.Sprintf("%d leads, p99 to the task %s, to the journey's first decision %s", o.leads, o.task.Round(time.Millisecond), o.decision.Round(time.Millisecond))
}

func othersWait(ctx context.Context, t *testing.T, o *programtest.Office) others {
	t.Helper()
	const during = 8 * time.Second
	var decisions []time.Duration
	var all sync.WaitGroup
	all.Go(func() {
		for end := time.Now().Add(during); time.Now().Before(end); {
			took, err := firstDecision(ctx, o)
			if err != nil {
				t.Error(err)
				return
			}
			decisions = append(decisions, took)
		}
	})
	tasks, err := programtest.TaskLatency(ctx, o, 5, during)
	all.Wait()
	if err != nil || len(decisions) == 0 {
		t.Fatal(err, len(decisions))
	}
	slices.Sort(tasks)
	slices.Sort(decisions)
	return others{len(tasks) + len(decisions), tasks[len(tasks)*99/100], decisions[len(decisions)*99/100]}
}

// firstDecision records a lead and waits until its journey has decided.
func firstDecision(ctx context.Context, o *programtest.Office) (time.Duration, error) {
	c := o.As(o.Boss)
	var lead struct{ ID string }
	name := fmt.Sprintf("旁人%x", time.Now().UnixNano())
	if err := o.As(o.Sellers[0]).Post(ctx, "/v1/leads", map[string]any{"company": name, "contact": "联系人", "wechat": name, "source": "website", "need": "需求"}, &lead); err != nil {
		return 0, err
	}
	begun := time.Now()
	for {
		err := c.Get(ctx, "/v1/journeys/lead/"+lead.ID, nil)
		if err == nil {
			return time.Since(begun), nil
		}
		if ctx.Err() != nil || time.Since(begun) > time.Minute {
			return 0, fmt.Errorf("lead %s has no decision after %s: %w", lead.ID, time.Since(begun), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
