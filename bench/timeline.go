package main

import (
	"context"
	"fmt"
	"time"

	"github.com/valyala/fasthttp"

	"liuke.dev/shared/instant"
)

// measureTimeline gives how many things that happened with customers can be told
// over HTTP, one by one, compared with leads recorded in the same run. Rounds
// alternate, so that a slow moment of the machine does not hit one of them alone.
func measureTimeline(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "timeline", "LIUKE_JOURNEYS=held")
	if err != nil {
		return err
	}
	defer o.Kill()
	boss := o.As(o.Boss)
	var customers []string
	for n := range 100 {
		var c made
		if err := boss.Post(ctx, "/v1/customers", map[string]any{"name": fmt.Sprintf("轴第%03d贸易有限公司", n), "phone": fmt.Sprintf("137%08d", n)}, &c); err != nil {
			return err
		}
		customers = append(customers, c.ID)
	}
	const rounds = 3
	var leads, entries float64
	var all times
	for round := range rounds + 1 { // the first warms up
		c, err := create(ctx, o, fmt.Sprint("轴", round), clients, 0, b.during(4*time.Second), false)
		if err != nil {
			return err
		}
		profiled := profile(ctx, "timeline", b.during(4*time.Second))
		took, r, err := crowd(ctx, clients, b.during(4*time.Second), func(wire *fasthttp.Client, n int64) error {
			return ask(wire, boss, "POST", "/v1/timeline", call(customers[int(n)%len(customers)], fmt.Sprintf("%d-%d", round, n)), nil)
		})
		if err != nil {
			return err
		}
		if err := <-profiled; err != nil {
			return err
		}
		if round > 0 {
			leads, entries, all = leads+c.rate/rounds, entries+r/rounds, append(all, took...)
		}
	}
	b.report.judge(entries >= leads/2, "≥ 0.50 of leads recorded in the same run", "timeline entries told over HTTP, one by one, 8 clients, journeys held back",
		fmt.Sprintf("%s, %s = %.2f of %s leads", rate(entries), all, entries/leads, rate(leads)))
	return nil
}

// call makes the body of an entry: the customer called.
func call(customer, id string) map[string]any {
	return map[string]any{"customer": customer, "kind": "call", "source": "pbx", "source_id": id, "occurred_at": instant.Now().String(), "direction": "inbound",
		"text": "谈了交期和价格，客户要求下周给出新的报价", "contact": "王经理"}
}
