package leads_test

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

// BenchmarkRecordLead records leads through the HTTP layer with 8 clients; the
// metric "of-store" is the rate as a share of the store's own rate with 8 writers,
// "µs-cpu/op" what a lead takes of the processors, which hardly depends on what
// else the machine does.
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
	before := processorTime(b)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			i := int(n.Add(1))
			if a := o.call("wang", "POST", "/v1/leads", newLead(i)); a.status != 201 {
				b.Errorf("%d %s", a.status, a.raw)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "µs-cpu/op")
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

// processorTime gives what this process has taken of the processors.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
