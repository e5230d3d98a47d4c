package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"liuke.dev/shared/programtest"
)

// ask makes a request by a client that takes little of the processors that it
// shares with what is measured; into takes the answer unless it is nil.
func ask(wire *fasthttp.Client, as *programtest.Client, method, path string, body, into any) error {
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(answer)
	request.SetRequestURI(as.URL + path)
	request.Header.SetMethod(method)
	request.Header.Set("Authorization", "Bearer "+as.Token)
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		request.Header.SetContentType("application/json")
		request.SetBodyRaw(text)
	}
	if err := wire.DoTimeout(request, answer, answerWithin); err != nil {
		return err
	}
	if answer.StatusCode() >= 300 {
		return fmt.Errorf("%s %s: %d: %s", method, path, answer.StatusCode(), answer.Body())
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer.Body(), into)
}

// crowd lets so many clients do something one after the other for a while, and
// gives how long each took and how many a second there were.
func crowd(ctx context.Context, clients int, during time.Duration, do func(wire *fasthttp.Client, n int64) error) (times, float64, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	wire := &fasthttp.Client{MaxConnsPerHost: clients}
	defer wire.CloseIdleConnections()
	var next atomic.Int64
	var mu sync.Mutex
	var all times
	begin := time.Now()
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			var took times
			for ctx.Err() == nil && time.Since(begin) < during {
				sent := time.Now()
				if err := do(wire, next.Add(1)); err != nil {
					stop(err)
					break
				}
				took = append(took, time.Since(sent))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		})
	}
	group.Wait()
	return all, float64(len(all)) / time.Since(begin).Seconds(), context.Cause(ctx)
}
