package programtest

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// visibleWithin bounds how long a task is waited for.
	visibleWithin = 60 * time.Second
	// looksPerSecond bounds how often lists are looked at, for all leads together:
	// looking must not be the load.
	looksPerSecond = 250
)

// watched is a lead whose task is waited for.
type watched struct {
	client *Client
	id     string
	since  time.Time
}

// TaskLatency records leads at a steady rate for a while and gives, for each, how
// long after its answer the first-contact task was seen in the list of tasks.
func TaskLatency(ctx context.Context, o *Office, perSecond int, during time.Duration) ([]time.Duration, error) {
	leads := int(during.Seconds() * float64(perSecond))
	recorded := make(chan watched, leads)
	failed := make(chan error, leads)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(recorded)
		var all sync.WaitGroup
		defer all.Wait()
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		run := time.Now().UnixNano()
		for n := range leads {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			c := o.As(o.Sellers[n%len(o.Sellers)])
			all.Go(func() {
				w, err := recordFor(ctx, c, fmt.Sprintf("时延%x-%d", run, n))
				if err != nil {
					failed <- err
					return
				}
				recorded <- w
			})
		}
	})
	took, err := watch(ctx, recorded)
	group.Wait()
	close(failed)
	for one := range failed {
		return took, one // one is enough
	}
	return took, err
}

func recordFor(ctx context.Context, c *Client, company string) (watched, error) {
	var lead struct {
		ID string `json:"id"`
	}
	err := c.Post(ctx, "/v1/leads", map[string]any{"company": company, "contact": "联系人", "wechat": company, "source": "website", "need": "需求"}, &lead)
	return watched{c, lead.ID, time.Now()}, err
}

// watch looks at the lists, the longest waiting first in turn, until every lead
// that comes through the channel has its task.
func watch(ctx context.Context, recorded <-chan watched) ([]time.Duration, error) {
	var took []time.Duration
	var waiting []watched
	tick := time.NewTicker(time.Second / looksPerSecond)
	defer tick.Stop()
	next, open := 0, true
	for open || len(waiting) > 0 {
		select {
		case <-ctx.Done():
			return took, ctx.Err()
		case w, ok := <-recorded:
			if !ok {
				open, recorded = false, nil
				continue
			}
			waiting = append(waiting, w)
		case <-tick.C:
			if len(waiting) == 0 {
				continue
			}
			next %= len(waiting)
			w := waiting[next]
			seen, err := hasTask(ctx, w)
			switch {
			case err != nil:
				return took, err
			case seen:
				took = append(took, time.Since(w.since))
				waiting = append(waiting[:next], waiting[next+1:]...)
			case time.Since(w.since) > visibleWithin:
				return took, fmt.Errorf("no task for lead %s within %s; %d leads have theirs, %d wait", w.id, visibleWithin, len(took), len(waiting))
			default:
				next++
			}
		}
	}
	return took, nil
}

func hasTask(ctx context.Context, w watched) (bool, error) {
	var page Page[struct {
		ID string `json:"id"`
	}]
	err := w.client.Get(ctx, "/v1/tasks?subject=lead/"+w.id, &page)
	return len(page.Items) > 0, err
}
