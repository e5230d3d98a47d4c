package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"liuke.dev/shared/store"
)

// InsertSpec is the collection that InsertRate writes to: as many lists as a
// lead is in, most of them sparse or of few values.
var InsertSpec = store.Spec{Name: "insert", Indexes: []store.Index{
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

// insertDoc is a document of about one kilobyte.
type insertDoc struct {
	Phone       string `json:"phone"`
	Source      string `json:"source"`
	Status      string `json:"status"`
	Owner       string `json:"owner"`
	Open        bool   `json:"open"`
	NoNextTouch bool   `json:"no_next_touch"`
	ArrivedAt   int64  `json:"arrived_at"`
	Need        string `json:"need"`
}

// InsertRate has so many writers commit new documents of many lists, with a fact
// each, for a while, and gives the commits per second.
func InsertRate(e store.Engine, writers int, duration time.Duration) (float64, error) {
	ctx := context.Background()
	if err := e.Declare(ctx, InsertSpec); err != nil {
		return 0, err
	}
	docs := store.Of[insertDoc](e, InsertSpec)
	run := fmt.Sprintf("%x", time.Now().UnixNano())
	var next atomic.Int64
	return rateOf(writers, duration, func(int) func(int) error {
		return func(int) error {
			n := next.Add(1)
			d := store.New(fmt.Sprintf("%s-%012d", run, n), insertDoc{Phone: fmt.Sprintf("+861%010d", n*7919%10_000_000_000), Source: "website", Status: "new",
				Owner: fmt.Sprint("p-", n%8), Open: true, NoNextTouch: true, ArrivedAt: n, Need: strings.Repeat("需求 ", 100)})
			return docs.Commit(ctx, d, "", rateFact(int(n)))
		}
	})
}
