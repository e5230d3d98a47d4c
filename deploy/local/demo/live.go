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
	"liuke.dev/shared/policy"
)

// Life plays the company: it brings in leads and lets the diligent work, while
// one person forgets.
type Life struct {
	URL   string
	Key   *auth.Key
	Speed int64
	Form  string // path of the web form that visitors fill in

	c         *api.Client
	pipelines map[string][]policy.Stage // the stages of each that a deal can stand in
	errs      chan error
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
	if err := l.learn(ctx); err != nil {
		return fmt.Errorf("the demo's company: %w", err)
	}
	if err := l.remember(ctx); err != nil {
		return fmt.Errorf("the demo's company: %w", err)
	}
	for _, one := range leads {
		id, err := l.c.Post(ctx, one.owner, "/v1/leads", one.body())
		if err != nil {
			return err
		}
		go func() { l.report(l.work(ctx, id, one)) }()
	}
	go func() { l.report(l.visit(ctx)) }()
	go func() { l.report(l.meet(ctx)) }()
	for _, who := range dutiful {
		go func() { l.report(l.attend(ctx, who)) }()
	}
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
	if err == nil || overtook(err) {
		return
	}
	select {
	case l.errs <- err:
	default:
	}
}

// overtook tells whether a refusal says that somebody was quicker.
func overtook(err error) bool {
	var refused *api.Error
	return errors.As(err, &refused) && slices.Contains(overtaken, refused.Status)
}

var overtaken = []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed}

// talk is what somebody and a customer said on the phone, and who had called.
type talk struct{ direction, points string }

const (
	outbound = "outbound"
	inbound  = "inbound"
)

// followUp records a talk and when the next one is planned; where the machine is so
// slow that the day of the next one has passed before it is told, a later one is.
func (l *Life) followUp(ctx context.Context, who, path string, t talk, next time.Duration) error {
	for {
		now := instant.Now()
		_, err := l.c.Post(ctx, who, path+"/follow-ups", body{"occurred_at": now.String(), "channel": "phone", "direction": t.direction,
			"key_points": t.points, "next_action": "再次联系", "next_touch_at": now.Add(max(next, 50*time.Millisecond)).String(), "result": "interested",
			"customer_type": "new", "budget_band": "medium", "key_person": "对方负责人", "key_need": t.points, "objections": []string{"price"}})
		if err == nil || next > patience || instant.Now().Sub(now) < next {
			return err
		}
		next = 2*next + 50*time.Millisecond
	}
}

// patience is how late a talk may be told.
const patience = 30 * time.Second

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
