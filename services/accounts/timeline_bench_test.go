package accounts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/past"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// ask sends a request as BenchmarkTimelineAppend and BenchmarkPanorama count it: to the end of the answer.
func ask(b *testing.B, client *http.Client, who, method, url string, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		b.Error(err)
		return
	}
	r, err := http.NewRequestWithContext(b.Context(), method, url, bytes.NewReader(raw))
	if err != nil {
		b.Error(err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+who)
	resp, err := client.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		b.Error(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode >= 300 {
		b.Errorf("%s %s: %d %v", method, url, resp.StatusCode, err)
	}
}

// clients is how many ask at once.
const clients = 16

func crowd(b *testing.B, do func(n int64)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				do(n)
			}
		})
	}
	wait.Wait()
}

func caller() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
}

// What it costs to tell of one thing over HTTP, one by one, by 16 clients at once.
func BenchmarkTimelineAppend(b *testing.B) {
	o := start(b)
	var ids []string
	for i := range 100 {
		ids = append(ids, o.customer("上海华兴"+number(i)+"贸易有限公司", fmt.Sprintf("138%08d", 10000000+i*7)))
	}
	client := caller()
	b.ResetTimer()
	crowd(b, func(n int64) {
		ask(b, client, "journeys", "POST", o.server.URL+"/v1/timeline", draft(ids[n%100], "call", fmt.Sprint(n), instant.Of(time.Now()).Add(-time.Duration(n)*time.Minute).String(), "inbound"))
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// everybody is how many customers the panorama is read among (go run ./bench reads
// it among 100,000); busiest how many entries those have that are read.
const (
	everybody = 2_000
	busiest   = 1_000
	busy      = 20
)

// How long a panorama takes of those with 1,000 entries each.
func BenchmarkPanorama(b *testing.B) {
	o := start(b)
	ids := seed(b, o.store)
	client := caller()
	took := make([]time.Duration, b.N+1)
	b.ResetTimer()
	crowd(b, func(n int64) {
		begin := time.Now()
		ask(b, client, "director", "GET", o.server.URL+"/v1/customers/"+ids[rand.IntN(len(ids))]+"/panorama", nil)
		took[n] = time.Since(begin)
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "panoramas/s")
	took = slices.Sorted(slices.Values(took[1:]))
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms-16-clients")
	alone := make([]time.Duration, 500)
	for i := range alone {
		begin := time.Now()
		ask(b, client, "director", "GET", o.server.URL+"/v1/customers/"+ids[rand.IntN(len(ids))]+"/panorama", nil)
		alone[i] = time.Since(begin)
	}
	slices.Sort(alone)
	b.ReportMetric(float64(alone[len(alone)*99/100].Microseconds())/1000, "p99-ms-one-client")
}

// seed stores customers with boards, and the entries of the busiest, as the service does.
func seed(b *testing.B, e store.Engine) []string {
	b.Helper()
	if _, err := past.Fill(b.Context(), e, past.Config{Customers: everybody, Busy: busy, Busiest: busiest, Owners: []string{"wang"}, Now: instant.Now()}); err != nil {
		b.Fatal(err)
	}
	var ids []string
	for i := range busy {
		ids = append(ids, past.ID(i))
	}
	return ids
}
