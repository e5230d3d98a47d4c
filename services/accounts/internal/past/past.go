// Package past gives a store customers with a past: files, owners, boards and two
// years of orders each, as documents that are simply there. It is for measuring how
// the service behaves among many customers: what years of facts would have left is
// there within a minute or two. No facts are recorded of it.
package past

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/panorama"
	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/store"
)

// Config says how many customers get how long a past.
type Config struct {
	Customers int
	Orders    int // of each in the two years before Now, on average
	Busy      int // the first customers have so many …
	Busiest   int // … entries of all kinds besides, and much under way
	Owners    []string
	Now       instant.Time
}

// length is how far back orders go.
const length = 730 * 24 * time.Hour

// ID names the n-th customer.
func ID(n int) string { return fmt.Sprintf("past-%07d", n) }

// filler writes documents of customers.
type filler struct {
	Config
	files   store.Collection[customer.File]
	owners  store.Collection[storage.Owner]
	boards  store.Collection[board.Board]
	entries store.Collection[timeline.Entry]

	mu   sync.Mutex
	told int
}

const (
	sideBySide = 4
	atOnce     = 20 // customers
)

// Fill writes the customers, those in the order of their ids, the entries of one
// customer beside one another; it gives how many entries they have.
func Fill(ctx context.Context, e store.Engine, c Config) (int, error) {
	docs, err := storage.Open(ctx, e)
	if err != nil {
		return 0, err
	}
	if _, err := timeline.New(ctx, timeline.Config{Engine: e}); err != nil {
		return 0, err
	}
	if _, err := panorama.New(ctx, panorama.Config{Engine: e}); err != nil {
		return 0, err
	}
	f := &filler{Config: c, files: docs.Customers, owners: docs.Owners, boards: store.Of[board.Board](e, store.Spec{Name: "panorama"}), entries: store.Of[timeline.Entry](e, store.Spec{Name: "timeline"})}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sideBySide)
	for from := 0; from < c.Customers; from += atOnce {
		g.Go(func() error { return f.some(ctx, from, min(from+atOnce, c.Customers)) })
	}
	err = g.Wait()
	return f.told, err
}

// some writes the customers from one number to another.
func (f *filler) some(ctx context.Context, from, to int) error {
	var files []store.Change[customer.File]
	var owners []store.Change[storage.Owner]
	var boards []store.Change[board.Board]
	var entries []store.Change[timeline.Entry]
	for n := from; n < to; n++ {
		id := ID(n)
		r := rand.New(rand.NewPCG(uint64(n), 7)) //nolint:gosec // it is to be the same every time
		owner := f.Owners[n%len(f.Owners)]
		files = append(files, store.Change[customer.File]{Doc: store.New(id, f.file(n))})
		owners = append(owners, store.Change[storage.Owner]{Doc: store.New(id, storage.Owner{Owner: owner, Version: 1})})
		boards = append(boards, store.Change[board.Board]{Doc: store.New(id, f.board(n, owner))})
		for _, e := range append(f.orders(r, n), f.talk(r, n)...) {
			entries = append(entries, store.Change[timeline.Entry]{Doc: store.New(e.ID, timeline.Entry{TimelineEntry: e})})
		}
	}
	f.mu.Lock()
	f.told += len(entries)
	f.mu.Unlock()
	return errors.Join(put(ctx, f.files, files), put(ctx, f.owners, owners), put(ctx, f.boards, boards), put(ctx, f.entries, entries))
}

func put[T any](ctx context.Context, c store.Collection[T], list []store.Change[T]) error {
	if len(list) == 0 {
		return nil
	}
	return errors.Join(c.CommitAll(ctx, list)...)
}

func (f *filler) file(n int) customer.File {
	who := matching.Identify(matching.Known{Kind: matching.Company, Name: fmt.Sprintf("往年第%07d贸易有限公司", n), Phone: fmt.Sprintf("139%08d", n)})
	who.Keys = nil
	opened := f.Now.Add(-length).Add(time.Duration(n) * time.Second)
	file := customer.Open(customer.Claim{Identity: who, Contact: "王经理", Under: ID(n), Sector: []string{"manufacturing", "retail", "software"}[n%3]}, opened)
	file.Leads = nil
	file.IdentifyContacts()
	return file
}

// orders gives two years of orders: from the first they come in the customer's own
// rhythm, and one customer in ten stops at some time.
func (f *filler) orders(r *rand.Rand, n int) []catalogue.TimelineEntry {
	if f.Orders == 0 {
		return nil
	}
	gap := float64(length) / float64(f.Orders) * (0.5 + r.Float64())
	end := f.Now
	if n%10 == 9 {
		end = end.Add(-time.Duration(r.Int64N(int64(length))))
	}
	var out []catalogue.TimelineEntry
	for at := f.Now.Add(-length).Add(time.Duration(gap * r.Float64())); at < end; at = at.Add(time.Duration(gap * (0.6 + 0.8*r.Float64()))) {
		amount := money.Of(10_000+r.Int64N(900_000), "CNY")
		e := entry(n, fmt.Sprintf("o%d", len(out)), catalogue.EntryOrder, catalogue.Inbound, at)
		e.Amount, e.Ref = &amount, &catalogue.Subject{Kind: catalogue.KindOrder, ID: "erp:" + e.SourceID}
		e.Says = lang.T("下单 "+amount.String(), "Ordered "+amount.String())
		e.Data, e.Numbers = map[string]string{"channel": "erp", "products": "M6x20, M8x30"}, map[string]float64{"units": float64(1 + r.IntN(500)), "lines": 2}
		out = append(out, e)
	}
	return out
}

// talk gives the entries that the busiest have besides.
func (f *filler) talk(r *rand.Rand, n int) []catalogue.TimelineEntry {
	if n >= f.Busy {
		return nil
	}
	out := make([]catalogue.TimelineEntry, 0, f.Busiest)
	for i := range f.Busiest {
		kind := []string{catalogue.EntryCall, catalogue.EntryMail, catalogue.EntryVisit, catalogue.EntryLogin}[i%4]
		direction := []string{catalogue.Inbound, catalogue.Outbound}[r.IntN(2)]
		e := entry(n, fmt.Sprintf("t%d", i), kind, direction, f.Now.Add(-time.Duration(r.Int64N(int64(length)))))
		e.Says, e.By, e.Contact = lang.T("谈了交期和价格，客户要求下周给出新的报价", "Talked about delivery and price; the customer wants a new quote next week"), f.Owners[n%len(f.Owners)], "王经理"
		out = append(out, e)
	}
	return out
}

func entry(n int, what, kind, direction string, at instant.Time) catalogue.TimelineEntry {
	id := fmt.Sprintf("%07d-%s", n, what)
	return catalogue.TimelineEntry{ID: timeline.ID("erp", id), Customer: ID(n), Kind: kind, Source: "erp", SourceID: id, OccurredAt: at, RecordedAt: at, Direction: direction}
}

// board gives what is under way: little with most, much with the busiest.
func (f *filler) board(n int, owner string) board.Board {
	b := board.Board{Customer: ID(n), Owner: catalogue.Ownership{Customer: ID(n), Owner: owner, Window: owner}, Running: map[string]board.Running{}, Next: map[string][]board.Next{}, Touches: map[string]board.Touch{}}
	things := 1
	if n < f.Busy {
		things = 12
	}
	for i := range things {
		s := catalogue.Subject{Kind: []string{catalogue.KindDeal, catalogue.KindCase, catalogue.KindContract, catalogue.KindIntervention}[i%4], ID: fmt.Sprintf("%s-%d", ID(n), i)}
		b.Running[board.Key(s)] = board.Running{Subject: s, Title: "年度框架", Stage: "need", StageType: "need", Begun: f.Now, Owner: owner, Need: "不锈钢螺丝", Objections: []string{"price"},
			Promise: "寄样品", PromiseDue: f.Now.Add(2000 * time.Hour), PromisedAt: f.Now, PromisedBy: owner}
		b.Next[board.Key(s)] = []board.Next{{Journey: board.Key(s), Rule: "idle", Due: f.Now.Add(3000 * time.Hour), Does: lang.T("提醒负责人", "Remind the owner"), Because: []string{"lead/x/1/0"}}}
	}
	for _, kind := range []string{catalogue.EntryCall, catalogue.EntryMail, catalogue.EntryOrder} {
		b.Touches[kind+"/"+catalogue.Inbound] = board.Touch{Entry: "erp:x", At: f.Now, By: owner, Says: lang.T("谈了交期和价格", "Talked about delivery and price")}
	}
	return b
}
