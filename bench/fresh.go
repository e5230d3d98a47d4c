package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"liuke.dev/shared/programtest"
)

// toldPerSecond is how many facts of customers come in while it is measured how
// soon they are seen.
const toldPerSecond = 20

// measureFresh gives how soon what is told of a customer shows in its health and in
// its panorama, and a change of its file in the panorama, among many
// customers, by polling as an impatient reader would.
func measureFresh(ctx context.Context, b *bench) error {
	all := b.scale(many)
	o, err := b.withPast(ctx, all)
	if err != nil {
		return err
	}
	defer o.Kill()
	f := &freshness{office: o, wire: &fasthttp.Client{}, customers: all}
	if err := f.tell(ctx, 3*time.Second); err != nil { // warms up
		return err
	}
	f.health, f.glance, f.file = nil, nil, nil
	if err := f.tell(ctx, b.during(15*time.Second)); err != nil {
		return err
	}
	for _, one := range []struct {
		what string
		took times
	}{
		{"a customer's health judged anew after something happened", f.health}, {"something that happened, in the panorama", f.glance}, {"a change of the file, in the panorama", f.file},
	} {
		b.report.judge(one.took.at(0.99) <= 2*time.Second, "p99 ≤ 2 s", fmt.Sprintf("%s, %d a second, among %d customers", one.what, toldPerSecond, all), one.took.String())
	}
	return nil
}

// freshness tells of customers and looks when it shows.
type freshness struct {
	office    *programtest.Office
	wire      *fasthttp.Client
	customers int
	told      int

	mu                   sync.Mutex
	health, glance, file times
	errs                 []error
}

// tell tells at a steady rate, each time of another customer.
func (f *freshness) tell(ctx context.Context, during time.Duration) error {
	var all sync.WaitGroup
	tick := time.NewTicker(time.Second / toldPerSecond)
	defer tick.Stop()
	for begin := time.Now(); time.Since(begin) < during && ctx.Err() == nil; <-tick.C {
		f.told++
		n := f.told
		all.Go(func() {
			err := f.one(ctx, pastID((busy+n*7)%f.customers), n)
			f.mu.Lock()
			f.errs = append(f.errs, err)
			f.mu.Unlock()
		})
	}
	all.Wait()
	return errors.Join(append(f.errs, ctx.Err())...)
}

// one tells of one customer, by turns something that happened or a change of its file.
func (f *freshness) one(ctx context.Context, customer string, n int) error {
	boss := f.office.As(f.office.Boss)
	if n%3 == 0 {
		name := fmt.Sprintf("改名%d有限公司", n)
		if err := ask(f.wire, boss, "PATCH", "/v1/customers/"+customer, map[string]any{"name": name}, nil); err != nil {
			return err
		}
		return f.until(ctx, &f.file, func() (bool, error) {
			var seen struct{ Customer struct{ Name string } }
			err := ask(f.wire, boss, "GET", "/v1/customers/"+customer+"/panorama", nil, &seen)
			return seen.Customer.Name == name, err
		})
	}
	var stood struct{ Version int64 }
	if err := ask(f.wire, boss, "GET", "/v1/customers/"+customer+"/standing", nil, &stood); err != nil {
		return err
	}
	id := fmt.Sprint("fresh-", n)
	if err := ask(f.wire, boss, "POST", "/v1/timeline", call(customer, id), nil); err != nil {
		return err
	}
	if n%3 == 1 {
		return f.until(ctx, &f.health, func() (bool, error) {
			var stands struct{ Version int64 }
			err := ask(f.wire, boss, "GET", "/v1/customers/"+customer+"/standing", nil, &stands)
			return stands.Version > stood.Version, err
		})
	}
	return f.until(ctx, &f.glance, func() (bool, error) {
		var seen struct {
			Last struct{ Entry string } `json:"last_inbound"`
		}
		err := ask(f.wire, boss, "GET", "/v1/customers/"+customer+"/panorama", nil, &seen)
		return seen.Last.Entry == "pbx:"+id, err
	})
}

// until waits until it shows and notes how long that took.
func (f *freshness) until(ctx context.Context, into *times, shows func() (bool, error)) error {
	for begin := time.Now(); ; {
		seen, err := shows()
		took := time.Since(begin)
		switch {
		case err != nil:
			return err
		case seen:
			f.mu.Lock()
			*into = append(*into, took)
			f.mu.Unlock()
			return nil
		case took > 30*time.Second:
			return errors.New("what was told does not show within 30 s")
		}
		if err := rest(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}
