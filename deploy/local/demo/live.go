package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"liuke.dev/deploy/local/api"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
)

// Life plays the company: it brings in leads and lets the diligent work, while
// one person forgets.
type Life struct {
	URL   string
	Key   *auth.Key
	Speed int64

	c    *api.Client
	errs chan error
}

// days gives how long so many days take at the demo's speed.
func (l *Life) days(n float64) time.Duration {
	return time.Duration(n * 24 * float64(time.Hour) / float64(l.Speed))
}

// Run plays until ctx ends. An error ends it: the demo must not pretend.
func (l *Life) Run(ctx context.Context) error {
	l.c = api.New(l.URL, l.Key)
	l.errs = make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := l.remember(ctx); err != nil {
		return fmt.Errorf("the demo's company: %w", err)
	}
	for i, one := range leads {
		id, err := l.c.Post(ctx, one.owner, "/v1/leads", one.body())
		if err != nil {
			return err
		}
		go func() { l.report(l.work(ctx, id, one, i)) }()
	}
	go func() { l.report(l.visitors(ctx)) }()
	go func() { l.report(l.meet(ctx)) }()
	l.business(ctx)
	select {
	case err := <-l.errs:
		return fmt.Errorf("the demo's company: %w", err)
	case <-ctx.Done():
		return nil
	}
}

// report tells the first error of what runs beside Run; one is enough. Work ends where
// a journey was quicker, as when a rule has given a lead to somebody else or cancelled
// what nobody decided about: that is the program at work, not a failure.
func (l *Life) report(err error) {
	var refused *api.Error
	if errors.As(err, &refused) && slices.Contains(overtaken, refused.Status) {
		return
	}
	if err == nil {
		return
	}
	select {
	case l.errs <- err:
	default:
	}
}

var overtaken = []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed}

func (one lead) body() body {
	b := body{"company": one.company, "contact": one.contact, "source": one.source, "need": one.need}
	if one.phone != "" {
		b["phone"] = one.phone
	}
	if one.email != "" {
		b["email"] = one.email
	}
	if one.owner != "" {
		b["owner"] = one.owner
	}
	if one.value > 0 {
		b["value"] = body{"minor": one.value * 100, "currency": "CNY"}
	}
	return b
}

// work is what an owner does with a lead: the forgetful calls once, the
// diligent until it is won.
func (l *Life) work(ctx context.Context, id string, one lead, turn int) error {
	if !rest(ctx, l.days(0.1)) {
		return nil
	}
	if err := l.followUp(ctx, one.owner, "leads", id, "第一次联系："+one.need, l.days(2)); err != nil {
		return err
	}
	if one.owner == forgetful {
		return nil // and nobody hears of him again
	}
	if !rest(ctx, l.days(1.5)) {
		return nil
	}
	deal, err := l.convert(ctx, id, one)
	if err != nil {
		return err
	}
	return l.close(ctx, deal, one, turn)
}

// followUp records a talk and when the next one is planned; where the machine is so
// slow that the day of the next one has passed before it is told, a later one is.
func (l *Life) followUp(ctx context.Context, who, kind, id, points string, next time.Duration) error {
	for {
		now := instant.Now()
		_, err := l.c.Post(ctx, who, "/v1/"+kind+"/"+id+"/follow-ups", body{"occurred_at": now.String(), "channel": "phone", "direction": "outbound",
			"key_points": points, "next_action": "再次联系", "next_touch_at": now.Add(max(next, 50*time.Millisecond)).String(), "result": "interested",
			"customer_type": "new", "budget_band": "medium", "key_person": "对方负责人", "key_need": points, "objections": []string{"price"}})
		if err == nil || next > patience || instant.Now().Sub(now) < next {
			return err
		}
		next = 2*next + 50*time.Millisecond
	}
}

// patience is how late a talk may be told.
const patience = 30 * time.Second

func (l *Life) convert(ctx context.Context, id string, one lead) (string, error) {
	var out struct {
		ID   string `json:"id"`
		Deal string `json:"deal"`
	}
	err := l.c.Do(ctx, one.owner, "POST", "/v1/leads/"+id+"/conversion", body{"title": one.company, "amount": body{"minor": one.value * 100, "currency": "CNY"}}, &out)
	return out.Deal, err
}

// close takes a deal through its stages, one step every day and a half.
func (l *Life) close(ctx context.Context, id string, one lead, turn int) error {
	path := "/v1/deals/" + id
	var quote struct {
		Quote string `json:"quote"`
	}
	act := func(method, sub string, in body) func() error {
		return func() error { return l.c.Do(ctx, one.owner, method, path+sub, in, nil) }
	}
	answer := func(question string) func() error {
		return act("POST", "/answers", body{"answers": []body{{"question": question, "yes": true}}})
	}
	steps := [][]func() error{
		{act("POST", "/stage", body{"stage": "need_confirmed"}), answer("need_clear")},
		{act("POST", "/stage", body{"stage": "proposed"}), answer("budget_clear")},
		{func() error {
			return l.c.Do(ctx, one.owner, "POST", path+"/quotes", body{"amount": body{"minor": one.value * 100, "currency": "CNY"}}, &quote)
		}, act("POST", "/stage", body{"stage": "quoted"}), answer("decision_maker_reached")},
		{func() error {
			return l.c.Do(ctx, one.owner, "POST", path+"/quotes/"+quote.Quote+"/confirmation", body{}, nil)
		}, act("PATCH", "", body{"competitors": []string{"某某软件"}, "objections": []string{"price"}}), act("POST", "/stage", body{"stage": "negotiating"})},
		{act("PATCH", "", body{"decision_maker": "总经理", "procurement_node": "合同评审"}), act("POST", "/stage", body{"stage": "to_sign"})},
	}
	for _, step := range steps {
		if err := l.followUp(ctx, one.owner, "deals", id, "推进到下一阶段", l.days(1.6)); err != nil {
			return err
		}
		for _, do := range step {
			if err := do(); err != nil {
				return err
			}
		}
		if !rest(ctx, l.days(1.5)) {
			return nil
		}
	}
	if lost(turn) {
		return l.c.Do(ctx, one.owner, "POST", path+"/loss", body{"reason": "price"}, nil)
	}
	return l.c.Do(ctx, one.owner, "POST", path+"/win", body{}, nil)
}

// lost tells which deals are lost: one in three, so that there is a reason to see.
func lost(turn int) bool { return turn%3 == 2 }

// visitors fill in the web form, one every four days, and the owner whom the
// rotation chose calls them.
func (l *Life) visitors(ctx context.Context) error {
	for i, one := range walkIns {
		if !rest(ctx, l.days(4)) {
			return nil
		}
		id, err := l.c.Post(ctx, diligent[i%len(diligent)], "/v1/leads", one.body())
		if err != nil {
			return err
		}
		if !rest(ctx, l.days(0.2)) {
			return nil
		}
		var got struct {
			Owner string `json:"owner"`
		}
		if err := l.c.Do(ctx, "zhou", "GET", "/v1/leads/"+id, nil, &got); err != nil {
			return err
		}
		if got.Owner != forgetful && i%2 == 0 {
			if err := l.followUp(ctx, got.Owner, "leads", id, "首次联系："+one.need, l.days(3)); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest waits, false if ctx ended meanwhile.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// body is a JSON object.
type body = map[string]any
