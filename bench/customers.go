package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"liuke.dev/shared/programtest"
)

// Customers that have a past: so many of them busy, with so many entries each.
const (
	busy    = 100
	busiest = 1_000
	orders  = 24 // of everybody, in two years
)

// pastID names the n-th customer that has a past.
func pastID(n int) string { return fmt.Sprintf("past-%07d", n) }

// withPast gives a company with so many customers of two years, and starts its
// program; done ends it. The documents are written straight into the store of the
// program while it does not run: years of facts would take hours. What was filled
// once in a run is filled no more.
func (b *bench) withPast(ctx context.Context, customers int) (*programtest.Office, error) {
	if o := b.pasts[customers]; o != nil {
		return o, begun(ctx, o)
	}
	o, err := b.open(ctx, fmt.Sprintf("past-%d", customers))
	if err != nil {
		return nil, err
	}
	if err := o.Stop(time.Minute); err != nil {
		return nil, err
	}
	root, err := programtest.Root()
	if err != nil {
		return nil, err
	}
	fill := exec.CommandContext(ctx, "go", "run", "./services/accounts/cmd/past", "--store", "sqlite:"+filepath.Join(o.Data, "store"), "--owners", strings.Join(o.Sellers, ","),
		"--customers", fmt.Sprint(customers), "--orders", fmt.Sprint(orders), "--busy", fmt.Sprint(min(busy, customers)), "--busiest", fmt.Sprint(busiest))
	fill.Dir, fill.Stderr = root, os.Stderr
	said, err := fill.Output()
	if err != nil {
		return nil, fmt.Errorf("filling the store: %w", err)
	}
	b.report.note("customers of two years, written straight into the store while the program does not run: %s", strings.TrimSpace(string(said)))
	if b.pasts == nil {
		b.pasts = map[int]*programtest.Office{}
	}
	b.pasts[customers] = o
	return o, begun(ctx, o)
}

// begun starts a program and waits until it has read what there is.
func begun(ctx context.Context, o *programtest.Office) error {
	if err := o.Start(ctx); err != nil {
		return err
	}
	_, err := settle(ctx, o, time.Minute)
	if err != nil {
		o.Kill()
	}
	return err
}

// measureCustomers gives how fast customers are listed when there are few and when
// there are many.
func measureCustomers(ctx context.Context, b *bench) error {
	small, err := b.measureLists(ctx, few)
	if err != nil {
		return err
	}
	all := b.scale(many)
	large, err := b.measureLists(ctx, all)
	if err != nil {
		return err
	}
	for i, l := range lists {
		ratio := float64(large[i].at(0.5)) / float64(small[i].at(0.5))
		b.report.judge(large[i].at(0.99) <= 15*time.Millisecond && ratio <= 1.5, fmt.Sprintf("p99 ≤ 15 ms, ≤ 1.5 × the time at %d", few),
			fmt.Sprintf("%s over HTTP at %d customers", l.what, all), fmt.Sprintf("%s, median %.2f × (at %d: %s)", large[i], ratio, few, small[i]))
	}
	return nil
}

// lists of customers that are asked for.
var lists = []struct{ what, path string }{
	{"list of 20 newest customers", "/v1/customers?limit=20"},
	{"list of 20 customers whose names begin so", "/v1/customers?limit=20&name=" + "%E5%BE%80%E5%B9%B4"},
	{"list of 20 customers of an owner", "/v1/customers?limit=20&owner="},
}

func (b *bench) measureLists(ctx context.Context, customers int) ([]times, error) {
	o, err := b.withPast(ctx, customers)
	if err != nil {
		return nil, err
	}
	defer o.Kill()
	wire, took := &fasthttp.Client{}, make([]times, len(lists))
	defer wire.CloseIdleConnections()
	for i := range b.scale(2_000) + 200 {
		for n, l := range lists {
			path := l.path
			if strings.HasSuffix(path, "owner=") {
				path += o.Sellers[i%len(o.Sellers)]
			}
			sent := time.Now()
			if err := ask(wire, o.As(o.Boss), "GET", path, nil, nil); err != nil {
				return nil, err
			}
			if i >= 200 { // the first warm up
				took[n] = append(took[n], time.Since(sent))
			}
		}
	}
	return took, nil
}

// measurePanorama gives how long a customer at a glance takes, of the busiest
// among many, for one client and for several at once, and its processor time.
func measurePanorama(ctx context.Context, b *bench) error {
	all := b.scale(many)
	o, err := b.withPast(ctx, all)
	if err != nil {
		return err
	}
	defer o.Kill()
	boss := o.As(o.Boss)
	look := func(wire *fasthttp.Client, _ int64) error {
		return ask(wire, boss, "GET", "/v1/customers/"+pastID(rand.IntN(min(busy, all)))+"/panorama", nil, nil) //nolint:gosec // which does not matter
	}
	if _, _, err := crowd(ctx, 2, b.during(3*time.Second), look); err != nil { // warms up
		return err
	}
	for _, n := range []int{1, 4, 8, 16} {
		profiled := profile(ctx, fmt.Sprint("panorama-", n), b.during(8*time.Second))
		before, _, err := b.cpu(ctx, o)
		if err != nil {
			return err
		}
		took, r, err := crowd(ctx, n, b.during(8*time.Second), look)
		if err != nil {
			return err
		}
		after, _, err := b.cpu(ctx, o)
		if err != nil {
			return err
		}
		if err := <-profiled; err != nil {
			return err
		}
		what := fmt.Sprintf("panorama of a customer with %d entries among %d customers, %d at once", busiest, all, n)
		value := fmt.Sprintf("%s, %s, %s of processor time each", took, rate(r), short((after-before)/time.Duration(max(len(took), 1))))
		b.report.judge(took.at(0.99) <= 15*time.Millisecond, "p99 ≤ 15 ms", what, value)
	}
	return nil
}
