package sqlite_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// many is a collection of many lists, most of which most documents are not in.
var many = store.Spec{Name: "many", Indexes: []store.Index{
	{Name: "arrived", Order: "arrived_at"},
	{Name: "owner", Equal: []string{"owner"}, Order: "arrived_at"},
	{Name: "owner_open", Equal: []string{"owner", "open"}, Order: "next_touch_at"},
	{Name: "status", Equal: []string{"status"}, Order: "arrived_at"},
	{Name: "source", Equal: []string{"source"}, Order: "arrived_at"},
	{Name: "no_next_touch", Equal: []string{"no_next_touch"}, Order: "arrived_at", Sparse: true},
	{Name: "in_pool", Equal: []string{"in_pool"}, Order: "pooled_at", Sparse: true},
	{Name: "customer", Equal: []string{"customer"}, Order: "arrived_at", Sparse: true},
	{Name: "phone_open", Equal: []string{"phone", "open"}, Sparse: true},
	{Name: "email_open", Equal: []string{"email", "open"}, Sparse: true},
}}

type wide struct {
	Company     string `json:"company"`
	Need        string `json:"need"`
	Phone       string `json:"phone"`
	Source      string `json:"source"`
	Status      string `json:"status"`
	Owner       string `json:"owner"`
	Open        bool   `json:"open"`
	NoNextTouch bool   `json:"no_next_touch"`
	ArrivedAt   int64  `json:"arrived_at"`
	Filling     string `json:"filling"`
}

// BenchmarkCommitOfManyLists gives the processor time of a commit to a
// collection of ten lists, by 8 writers.
func BenchmarkCommitOfManyLists(b *testing.B) {
	e, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "many.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	if err := e.Declare(b.Context(), many); err != nil {
		b.Fatal(err)
	}
	docs := store.Of[wide](e, many)
	var n atomic.Int64
	before := processorTime()
	b.ResetTimer()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				d := store.New(fmt.Sprintf("%026d", i), wide{Company: fmt.Sprintf("company %d", i), Need: "a system", Phone: fmt.Sprintf("+861%010d", i*7919%1e10), Source: "website",
					Status: "new", Owner: fmt.Sprintf("person-%d", i%8), Open: true, NoNextTouch: true, ArrivedAt: i, Filling: filling})
				if err := docs.Commit(b.Context(), d, "", store.Fact{Type: "t", Topic: "t", Key: d.ID, Time: 1, Body: []byte(`{"filling":"` + filling + `"}`)}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

var filling = fmt.Sprintf("%0500d", 0)

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
