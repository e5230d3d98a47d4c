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

	"liuke.dev/shared/catalogue"
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

// everybody is how many customers the panorama is read among; busiest how many
// entries those have that are read.
const (
	everybody = 100_000
	busiest   = 1_000
	busy      = 100
)

// How long a panorama takes among 100,000 customers, of those with 1,000 entries each.
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
	at := instant.Of(time.Now()).Add(-1000 * time.Hour)
	put := func(collection, id string, body any) {
		raw, err := json.Marshal(body)
		if err == nil {
			err = e.Commit(b.Context(), collection, store.Write{Record: store.Record{ID: id, Body: raw}})
		}
		if err != nil {
			b.Error(err)
		}
	}
	work := make(chan int, 1000)
	var wait sync.WaitGroup
	for range 128 {
		wait.Go(func() {
			for i := range work {
				id := fmt.Sprintf("c%06d", i)
				put("customer", id, map[string]any{"id": id, "kind": "company", "name": "公司" + id, "created_at": at, "search": "公司" + id})
				put("panorama", id, boardOf(id, at))
				for n := 0; i < busy && n < busiest; n++ {
					entry := catalogue.TimelineEntry{ID: fmt.Sprintf("pbx:%s-%d", id, n), Customer: id, Kind: []string{"call", "mail", "order", "login"}[n%4], Source: "pbx", SourceID: fmt.Sprintf("%s-%d", id, n),
						OccurredAt: at.Add(time.Duration(n) * time.Minute), RecordedAt: at, Direction: "inbound"}
					entry.Says.Zh, entry.Says.En = "谈了交期和价格", "Talked about delivery and price"
					put("timeline", entry.ID, entry)
				}
			}
		})
	}
	for i := range everybody {
		work <- i
	}
	close(work)
	wait.Wait()
	var ids []string
	for i := range busy {
		ids = append(ids, fmt.Sprintf("c%06d", i))
	}
	return ids
}

// boardOf is that of a customer with much under way.
func boardOf(id string, at instant.Time) map[string]any {
	running, next := map[string]any{}, map[string]any{}
	for _, kind := range []string{"deal", "case", "contract", "intervention"} {
		for n := range 3 {
			key := fmt.Sprintf("%s/%s-%d", kind, id, n)
			running[key] = map[string]any{"subject": map[string]any{"kind": kind, "id": fmt.Sprintf("%s-%d", id, n)}, "title": "年度框架", "stage": "need", "stage_type": "need", "begun": at, "owner": "wang",
				"need": "不锈钢螺丝", "objections": []string{"price"}, "promise": "寄样品", "promise_due": at.Add(2000 * time.Hour), "promised_at": at}
			next[key] = []any{map[string]any{"journey": key, "rule": "idle", "due": at.Add(3000 * time.Hour), "does": map[string]any{"zh": "提醒负责人", "en": "Remind the owner"}, "because": []string{"lead/x/1/0"}}}
		}
	}
	return map[string]any{"customer": id, "running": running, "next": next}
}
