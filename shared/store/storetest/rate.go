package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// RateSpec is the collection that CommitRate writes to.
var RateSpec = store.Spec{Name: "rate", Indexes: []store.Index{
	{Name: "by_owner", Equal: []string{"owner"}, Order: "next_touch"},
	{Name: "by_stage", Equal: []string{"stage", "open"}, Order: "score"},
}}

// rateDoc is a document of about one kilobyte.
type rateDoc struct {
	Owner     string       `json:"owner"`
	Stage     string       `json:"stage"`
	Open      bool         `json:"open"`
	Score     int64        `json:"score"`
	NextTouch instant.Time `json:"next_touch"`
	Need      string       `json:"need"`
}

// CommitRate has so many writers commit for a while, each on a document of its
// own (1 KB, two facts, two indexes), and gives the commits per second.
func CommitRate(e store.Engine, writers int, duration time.Duration) (float64, error) {
	ctx := context.Background()
	if err := e.Declare(ctx, RateSpec); err != nil {
		return 0, err
	}
	docs := store.Of[rateDoc](e, RateSpec)
	run := fmt.Sprintf("%x", time.Now().UnixNano())
	start := time.Now()
	return rateOf(writers, duration, func(w int) func(n int) error {
		d := store.New(fmt.Sprintf("%s-%d", run, w), rateDoc{Need: strings.Repeat("需求 ", 120)})
		return func(n int) error {
			d.Body.Owner, d.Body.Stage, d.Body.Open = fmt.Sprint("p-", n%7), fmt.Sprint("s-", n%5), n%2 == 0
			d.Body.Score, d.Body.NextTouch = int64(n), instant.Of(start.Add(time.Duration(n)*time.Minute))
			return docs.Commit(ctx, d, fmt.Sprint("c-", n), rateFact(n), rateFact(n))
		}
	})
}

// rateOf has so many writers write for a while and gives the writes per second;
// writer makes what one of them does for its n-th time.
func rateOf(writers int, duration time.Duration, writer func(w int) func(n int) error) (float64, error) {
	var done atomic.Int64
	failures := make(chan error, writers)
	start := time.Now()
	end := start.Add(duration)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			write := writer(w)
			for n := 0; time.Now().Before(end); n++ {
				if err := write(n); err != nil {
					failures <- err
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	close(failures)
	var errs []error
	for err := range failures {
		errs = append(errs, err)
	}
	return float64(done.Load()) / took.Seconds(), errors.Join(errs...)
}

// CommitRates measures several numbers of writers in turn, round by round, so
// that what else the machine does falls on all alike, and gives the medians.
func CommitRates(e store.Engine, rounds int, duration time.Duration, writers ...int) (map[int]float64, error) {
	rates := map[int][]float64{}
	for range rounds {
		for _, w := range writers {
			rate, err := CommitRate(e, w, duration)
			if err != nil {
				return nil, err
			}
			rates[w] = append(rates[w], rate)
		}
	}
	medians := map[int]float64{}
	for w, r := range rates {
		slices.Sort(r)
		medians[w] = r[len(r)/2]
	}
	return medians, nil
}

func rateFact(n int) store.Fact {
	return store.Fact{Type: "liuke.rate.changed.v1", Topic: "rate", Key: "k", Time: instant.Time(n + 1),
		Body: json.RawMessage(fmt.Sprintf(`{"specversion":"1.0","n":%d,"note":"%s"}`, n, strings.Repeat("x", 300)))}
}
