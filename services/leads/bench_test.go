package leads_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

// BenchmarkRecordLead records leads through the HTTP layer with 8 clients; the
// metric "of-store" is the rate as a share of the store's own rate with 8 writers.
func BenchmarkRecordLead(b *testing.B) {
	e, err := sqlite.Open(b.Context(), b.TempDir()+"/rate.db")
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	store, err := storetest.CommitRate(e, 8, time.Second)
	if err != nil {
		b.Fatal(err)
	}
	o := start(b)
	var n atomic.Int64
	b.SetParallelism(4) // times 2 cores
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			i := int(n.Add(1))
			if a := o.call("wang", "POST", "/v1/leads", newLead(i)); a.status != 201 {
				b.Errorf("%d %s", a.status, a.raw)
			}
		}
	})
	b.StopTimer()
	after, err := storetest.CommitRate(e, 8, time.Second)
	if err != nil {
		b.Fatal(err)
	}
	store = (store + after) / 2
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "leads/s")
	b.ReportMetric(rate/store, "of-store")
}

// BenchmarkLists reads a lead by id and a list of 20 while there are 10,000 leads.
func BenchmarkLists(b *testing.B) {
	o := start(b)
	id := ""
	for i := range 2000 {
		id = o.lead("wang", i)
	}
	for name, path := range map[string]string{"get": "/v1/leads/" + id, "list of 20": "/v1/leads?owner=wang&limit=20", "queue": "/v1/queue?limit=20"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := o.call("wang", "GET", path, nil); a.status != 200 {
					b.Fatal(fmt.Sprint(a.status))
				}
			}
		})
	}
}
