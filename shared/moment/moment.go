// Package moment names the instants at which a process can die most harmfully:
// just before and just after it commits, publishes, decides, carries an effect
// out, delivers a reminder. deploy/faults makes a running program die, stand
// still, slow down or fail at exactly such an instant, at the passage it chooses.
//
// It is in the product's code, and not woven in by a build step or a tag, so that
// the very program that users run is the one that is tried: what is tested is
// what is shipped. Unarmed, a passage costs one atomic load and nothing else
// (BenchmarkUnarmed). Armed it is only by a configuration that says twice that it
// is meant: `at`, and `trial` (see shared/config); a program with one and not the
// other does not start.
package moment

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Moment is an instant in the way of a command, a fact or a promise.
type Moment string

// The moments, in the order in which a promise passes them.
const (
	BeforeCommit   Moment = "commit.before"   // everything is written, nothing is durable
	AfterCommit    Moment = "commit.after"    // durable, and nobody has been told
	BeforePublish  Moment = "publish.before"  // facts are read from the outbox, the broker has not seen them
	AfterPublish   Moment = "publish.after"   // the broker has them, the outbox does not know
	BeforeDecision Moment = "decision.before" // decided, not kept
	AfterDecision  Moment = "decision.after"  // kept, Temporal does not know
	BeforeEffect   Moment = "effect.before"   // the service has not been called
	AfterEffect    Moment = "effect.after"    // the service did it and answered, Temporal does not know
	BeforeDelivery Moment = "delivery.before" // taken for sending, not sent
	AfterDelivery  Moment = "delivery.after"  // sent by mail or webhook, not noted
)

// All lists the moments.
var All = []Moment{BeforeCommit, AfterCommit, BeforePublish, AfterPublish, BeforeDecision, AfterDecision, BeforeEffect, AfterEffect, BeforeDelivery, AfterDelivery}

// ErrMade is the error of a passage that was told to fail.
var ErrMade = errors.New("made to fail at this moment")

// plan is what was armed; nil is nothing.
var plan atomic.Pointer[[]*order]

// Reached says that a moment is passed. The error, if any, is to be taken as the
// failure of the step that the moment belongs to.
func Reached(m Moment) error {
	if p := plan.Load(); p != nil {
		return pass(*p, m)
	}
	return nil
}

// order is what is to happen at some passages of a moment.
type order struct {
	text     string
	moment   Moment
	action   string
	pause    time.Duration
	from, to int64 // first and last passage, counted from 1
	passed   atomic.Int64
}

// What an order may do.
const (
	kill = "kill" // as a power cut would
	stop = "stop" // stand still until somebody continues the process
	wait = "sleep"
	fail = "error"
)

// Arm orders what is to happen, separated by commas: MOMENT:ACTION:PASSAGE, with
// kill, stop, sleep=DURATION or error as the action and N, N-M or N- (to the end)
// as the passage. Empty disarms.
//
//	commit.after:kill:40
//	publish.before:error:1-20,effect.after:sleep=200ms:5-
func Arm(text string) error {
	if text == "" {
		plan.Store(nil)
		return nil
	}
	var orders []*order
	for one := range strings.SplitSeq(text, ",") {
		o, err := parse(one)
		if err != nil {
			return fmt.Errorf("moment %q: %w", one, err)
		}
		orders = append(orders, o)
	}
	plan.Store(&orders)
	return nil
}

func parse(text string) (*order, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return nil, errors.New("is not MOMENT:ACTION:PASSAGE")
	}
	o := &order{text: text, moment: Moment(parts[0])}
	if !slices.Contains(All, o.moment) {
		return nil, fmt.Errorf("there is no moment %s, only %v", o.moment, All)
	}
	var err error
	action, pause, paused := strings.Cut(parts[1], "=")
	switch o.action = action; {
	case action == wait:
		if o.pause, err = time.ParseDuration(pause); err != nil || o.pause <= 0 {
			return nil, fmt.Errorf("sleeps %q, which is no time", pause)
		}
	case paused || action != kill && action != stop && action != fail:
		return nil, fmt.Errorf("does %q, not kill, stop, sleep=DURATION or error", parts[1])
	}
	o.from, o.to, err = passages(parts[2])
	return o, err
}

func passages(text string) (from, to int64, err error) {
	first, last, many := strings.Cut(text, "-")
	if from, err = strconv.ParseInt(first, 10, 64); err != nil || from < 1 {
		return 0, 0, fmt.Errorf("%q is no passage", text)
	}
	switch {
	case !many:
		return from, from, nil
	case last == "":
		return from, 1 << 62, nil
	}
	if to, err = strconv.ParseInt(last, 10, 64); err != nil || to < from {
		return 0, 0, fmt.Errorf("%q are no passages", text)
	}
	return from, to, nil
}

func pass(orders []*order, m Moment) (err error) {
	for _, o := range orders {
		if o.moment == m {
			err = errors.Join(err, o.pass()) // every order counts every passage
		}
	}
	return err
}

func (o *order) pass() error {
	n := o.passed.Add(1)
	if n < o.from || n > o.to {
		return nil
	}
	// For whoever tries the program: lines by which the trial knows what happened.
	if n == o.from {
		fmt.Fprintf(os.Stderr, "moment %s reached\n", o.text)
	}
	err := o.act()
	if n == o.to {
		fmt.Fprintf(os.Stderr, "moment %s over\n", o.text)
	}
	return err
}

func (o *order) act() error {
	switch o.action {
	case kill:
		killSelf()
		select {} // nothing of this process goes on
	case stop:
		stopSelf()
	case wait:
		time.Sleep(o.pause)
	case fail:
		return fmt.Errorf("%s: %w", o.moment, ErrMade)
	}
	return nil
}
