package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/shared/programtest"
)

// lead makes the body of a lead of its own company.
func lead(run string, n int64) map[string]any {
	name := fmt.Sprintf("基准%s第%07d有限公司", run, n)
	return map[string]any{"company": name, "contact": "王经理", "phone": fmt.Sprintf("1%010d", 3_000_000_000+n*7%6_999_999_999), "source": "website",
		"need": "需要一套不会忘记客户的系统，最好本季度上线，先试用二十个账号"}
}

type made struct {
	ID string `json:"id"`
}

// creation is how leads were recorded.
type creation struct {
	ids   []string
	rate  float64
	times times
}

// create records leads with so many clients, for a while or until there are
// enough (0: no bound). keyed sends an Idempotency-Key with each.
func create(ctx context.Context, o *programtest.Office, run string, clients, enough int, during time.Duration, keyed bool) (creation, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var mu sync.Mutex
	var out creation
	begin := time.Now()
	var group sync.WaitGroup
	for c := range clients {
		client := o.As(o.Sellers[c%len(o.Sellers)])
		group.Go(func() {
			var ids []string
			var took times
			for ctx.Err() == nil && (during == 0 || time.Since(begin) < during) {
				n := next.Add(1)
				if enough > 0 && n > int64(enough) {
					break
				}
				key := ""
				if keyed {
					key = ulid.Make().String()
				}
				var m made
				sent := time.Now()
				if err := client.Call(ctx, "POST", "/v1/leads", key, lead(run, n), &m); err != nil {
					stop(err)
					break
				}
				took, ids = append(took, time.Since(sent)), append(ids, m.ID)
			}
			mu.Lock()
			out.ids, out.times = append(out.ids, ids...), append(out.times, took...)
			mu.Unlock()
		})
	}
	group.Wait()
	out.rate = float64(len(out.ids)) / time.Since(begin).Seconds()
	return out, context.Cause(ctx)
}

// settle waits until every fact is published and every consumer has read it.
func settle(ctx context.Context, o *programtest.Office, within time.Duration) (time.Duration, error) {
	begin := time.Now()
	for quiet := 0; ; {
		m, err := programtest.Metrics(ctx, o.URL())
		if err != nil {
			return 0, err
		}
		waiting := m.Sum("liuke_outbox_pending") + m.Sum("liuke_consumer_lag")
		if quiet++; waiting > 0 {
			quiet = 0
		}
		if quiet >= 8 { // the gauges are looked at now and then only
			return time.Since(begin), nil
		}
		if time.Since(begin) > within {
			return 0, fmt.Errorf("not settled within %s: %v %v", within, m.Above("liuke_outbox_pending", 0), m.Above("liuke_consumer_lag", 0))
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
}
