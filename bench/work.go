package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/valyala/fasthttp"

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
	wire := &fasthttp.Client{MaxConnsPerHost: clients}
	defer wire.CloseIdleConnections()
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
				sent := time.Now()
				id, err := post(wire, client, key, lead(run, n))
				if err != nil {
					stop(err)
					break
				}
				took, ids = append(took, time.Since(sent)), append(ids, id)
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

// answerWithin bounds the wait for an answer.
const answerWithin = 30 * time.Second

// post records one lead and gives its id. It goes by a client that takes a
// fraction of the processor time of Go's own: clients share the processors with
// what is measured.
func post(wire *fasthttp.Client, as *programtest.Client, key string, body map[string]any) (string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(answer)
	request.SetRequestURI(as.URL + "/v1/leads")
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.SetContentType("application/json")
	request.Header.Set("Authorization", "Bearer "+as.Token)
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	request.SetBodyRaw(text)
	if err := wire.DoTimeout(request, answer, answerWithin); err != nil {
		return "", err
	}
	if answer.StatusCode() != fasthttp.StatusCreated {
		return "", fmt.Errorf("POST /v1/leads: %d: %s", answer.StatusCode(), answer.Body())
	}
	return path.Base(string(answer.Header.Peek("Location"))), nil
}

// settle waits until every fact is published and every consumer has read it.
func settle(ctx context.Context, o *programtest.Office, within time.Duration) (time.Duration, error) {
	begin := time.Now()
	for quiet := 0; ; {
		m, err := o.Metrics(ctx)
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
