package programtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// visibleWithin bounds how long a task is waited for.
const visibleWithin = 30 * time.Second

// TaskLatency records leads at a steady rate for a while and gives, for each, how
// long after its answer the first-contact task was in the list of tasks.
func TaskLatency(ctx context.Context, o *Office, perSecond int, during time.Duration) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failed []error
	var group sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	run := time.Now().UnixNano()
	for n := range int(during.Seconds() * float64(perSecond)) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		seller := o.Sellers[n%len(o.Sellers)]
		group.Go(func() {
			one, err := taskOf(ctx, o.As(seller), fmt.Sprintf("时延%x-%d", run, n))
			mu.Lock()
			defer mu.Unlock()
			if took = append(took, one); err != nil {
				failed = append(failed, err)
			}
		})
	}
	group.Wait()
	if len(failed) > 3 {
		failed = failed[:3]
	}
	return took, errors.Join(failed...)
}

func taskOf(ctx context.Context, c *Client, company string) (time.Duration, error) {
	var lead struct {
		ID string `json:"id"`
	}
	if err := c.Post(ctx, "/v1/leads", map[string]any{"company": company, "contact": "联系人", "wechat": company, "source": "website", "need": "需求"}, &lead); err != nil {
		return 0, err
	}
	begin := time.Now()
	for time.Since(begin) < visibleWithin {
		var page Page[struct {
			ID string `json:"id"`
		}]
		if err := c.Get(ctx, "/v1/tasks?subject=lead/"+lead.ID, &page); err != nil {
			return 0, err
		}
		if len(page.Items) > 0 {
			return time.Since(begin), nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return visibleWithin, fmt.Errorf("no task for lead %s within %s", lead.ID, visibleWithin)
}
