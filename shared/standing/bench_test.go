package standing_test

import (
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/money"
	"liuke.dev/shared/standing"
)

// twoYears gives a customer's entries of two years: an order a fortnight or so, and
// words now and then.
func twoYears(r *rand.Rand, customer int) []catalogue.TimelineEntry {
	var out []catalogue.TimelineEntry
	add := func(kind, direction string, days float64) {
		amount := money.Of(r.Int64N(100_000), "CNY")
		out = append(out, catalogue.TimelineEntry{ID: "erp:" + strconv.Itoa(customer) + "-" + strconv.Itoa(len(out)), Kind: kind, Direction: direction, OccurredAt: ago(days), Amount: &amount})
	}
	for days := 730.0; days > 0; days -= 7 + 14*r.Float64() {
		add(catalogue.EntryOrder, catalogue.Inbound, days)
	}
	for days := 730.0; days > 0; days -= 60 * r.Float64() {
		add(catalogue.EntryCall, catalogue.Outbound, days)
		add(catalogue.EntryWeChat, catalogue.Inbound, days-1)
	}
	return out
}

// BenchmarkScoreFromScratch judges one customer of two years anew with every
// iteration: history, standing, next check. 100,000 customers take 100,000 times as long.
func BenchmarkScoreFromScratch(b *testing.B) {
	s := standing.By(book(b), standing.File{})
	r := rand.New(rand.NewPCG(1, 2))
	sample := make([][]catalogue.TimelineEntry, 200)
	entries := 0
	for i := range sample {
		sample[i] = twoYears(r, i)
		entries += len(sample[i])
	}
	b.ReportMetric(float64(entries)/float64(len(sample)), "entries/customer")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h := history(sample[i%len(sample)]...)
		standing.Assess(h, s, now)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
	b.ReportMetric(float64(after.HeapInuse)/(1<<20), "MiB-heap")
}

// BenchmarkOneFact is what one fact costs its customer: taken in, and judged anew.
func BenchmarkOneFact(b *testing.B) {
	s := standing.By(book(b), standing.File{})
	h := history(twoYears(rand.New(rand.NewPCG(1, 2)), 1)...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h.Add(catalogue.TimelineEntry{ID: "x" + strconv.Itoa(i), Kind: catalogue.EntryCall, Direction: catalogue.Inbound, OccurredAt: now})
		standing.Assess(h, s, now)
	}
}
