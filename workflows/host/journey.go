package host

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"liuke.dev/shared/instant"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/journey"
)

// Journey is the workflow of every kind of journey.
func Journey(ctx workflow.Context, in Input) error {
	return begin(ctx, in).run(ctx)
}

// run is the state of one run; what must outlive it is in the decision document.
type run struct {
	in     Input
	facts  workflow.ReceiveChannel
	again  workflow.ReceiveChannel
	events []journey.Event // read, not decided on yet
	retry  []string

	settled  workflow.Channel    // outcomes of effects, from lanes
	outcomes []decisions.Outcome // not reported yet
	urgent   bool                // an outcome must be reported now
	lanes    map[string]*lane
	inHand   map[string]bool

	asked   *decisions.Request // sent and not answered
	seq     int                // decisions of this run
	due     bool               // the timer says that something is due
	trouble time.Duration      // how long to wait after a decision that failed
	answer  decisions.Answer

	timer       workflow.Future
	timerAt     instant.Time
	cancelTimer workflow.CancelFunc
	shown       shown
}

func begin(ctx workflow.Context, in Input) *run {
	return &run{
		in: in, events: in.Events, outcomes: in.Outcomes, retry: in.Retry,
		facts: workflow.GetSignalChannel(ctx, SignalFacts), again: workflow.GetSignalChannel(ctx, SignalReconsider),
		settled: workflow.NewNamedBufferedChannel(ctx, "settled effects", 64),
		lanes:   map[string]*lane{}, inHand: map[string]bool{}, shown: in.Shown.at(),
	}
}

func (r *run) run(ctx workflow.Context) error {
	for {
		if err := ctx.Err(); err != nil { // an operator has cancelled the run
			return err
		}
		r.drain()
		if r.trouble > 0 && r.long(ctx) {
			return r.continueAsNew(ctx)
		}
		if r.mustDecide() {
			if err := r.decide(ctx); err != nil {
				return err
			}
			continue
		}
		if r.answer.Ended && len(r.inHand) == 0 {
			return nil
		}
		if r.long(ctx) {
			return r.continueAsNew(ctx)
		}
		r.wait(ctx)
	}
}

// mustDecide tells whether there is anything to decide about. Effects that went
// well are reported with the next decision, or before the end.
func (r *run) mustDecide() bool {
	return r.seq == 0 || r.asked != nil || len(r.events) > 0 || len(r.retry) > 0 || r.due || r.urgent ||
		r.answer.Ended && len(r.inHand) == 0 && len(r.outcomes) > 0
}

// drain takes all that waits, so that a burst is one decision.
func (r *run) drain() {
	for {
		var f Facts
		if !r.facts.ReceiveAsync(&f) {
			break
		}
		r.events = append(r.events, f.Events...)
	}
	for {
		var a Reconsider
		if !r.again.ReceiveAsync(&a) {
			break
		}
		r.reconsider(a)
	}
	for {
		var o decisions.Outcome
		if !r.settled.ReceiveAsync(&o) {
			break
		}
		r.settle(o)
	}
}

func (r *run) reconsider(a Reconsider) {
	r.retry = append(r.retry, a.Retry...)
	r.due = true
}

func (r *run) settle(o decisions.Outcome) {
	delete(r.inHand, o.ID)
	r.outcomes = append(r.outcomes, o)
	r.urgent = r.urgent || o.Status != ""
}

// decide asks for a decision and does what it says. A request keeps its key and
// content until it is answered, so that one decision is made of it.
func (r *run) decide(ctx workflow.Context) error {
	if r.asked == nil {
		r.asked = &decisions.Request{Kind: r.in.Kind, ID: r.in.ID, Key: r.key(ctx), Events: r.events,
			Outcomes: r.outcomes, Retry: r.retry, Fresh: r.seq == 0}
		r.events, r.outcomes, r.retry, r.due, r.urgent = nil, nil, nil, false, false
	}
	r.asked.Now = instant.Of(workflow.Now(ctx)) // it may have had to wait
	local := workflow.WithLocalActivityOptions(ctx, decideQuickly(summary(r.asked)))
	var d *decisions.Decider
	var a decisions.Answer
	if err := workflow.ExecuteLocalActivity(local, d.Decide, *r.asked).Get(ctx, &a); err != nil {
		return r.inTrouble(ctx, err)
	}
	r.asked, r.answer, r.trouble = nil, a, 0
	r.seq++
	workflow.SetCurrentDetails(ctx, a.Details)
	r.dispatch(ctx, a.Effects)
	r.setTimer(ctx)
	return r.shown.update(ctx, a.Show, r.timerAt)
}

func (r *run) key(ctx workflow.Context) string {
	return decisions.Key(workflow.GetInfo(ctx).WorkflowExecution.RunID, r.seq)
}

// inTrouble shows why no decision can be made, and waits before the next try, or
// until somebody asks for one. The store may be away, or the rules at fault;
// neither loses a fact.
func (r *run) inTrouble(ctx workflow.Context, err error) error {
	workflow.SetCurrentDetails(ctx, "⚠ **暂时无法决定 no decision possible**\n\n"+err.Error()+"\n")
	r.trouble = min(max(2*r.trouble, troubleFirst), troubleMost)
	options := workflow.TimerOptions{Summary: "try to decide again"}
	if r.in.Version < 2 {
		return workflow.NewTimerWithOptions(ctx, r.trouble, options).Get(ctx, nil)
	}
	timers, cancel := workflow.WithCancel(ctx)
	defer cancel()
	s := workflow.NewSelector(ctx)
	s.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {})
	s.AddReceive(r.again, func(c workflow.ReceiveChannel, _ bool) {
		var a Reconsider
		c.Receive(ctx, &a)
		r.reconsider(a)
		r.trouble = troubleFirst
	})
	s.AddFuture(workflow.NewTimerWithOptions(timers, r.trouble, options), func(workflow.Future) {})
	s.Select(ctx)
	return nil
}

func summary(q *decisions.Request) string {
	var parts []string
	for _, e := range q.Events {
		parts = append(parts, strings.TrimSuffix(e.Type[strings.LastIndexByte(strings.TrimSuffix(e.Type, ".v1"), '.')+1:], ".v1"))
	}
	if len(parts) == 0 {
		return "due, or asked to reconsider"
	}
	if n := len(parts); n > 4 {
		parts = append(parts[:4], fmt.Sprintf("and %d more", n-4))
	}
	return "read " + strings.Join(parts, ", ")
}

// setTimer sees that the journey wakes by its next due time. A timer that is too
// early is left to fire: that is cheaper than cancelling it with every fact.
func (r *run) setTimer(ctx workflow.Context) {
	next := r.answer.NextDue
	if next == 0 || r.timer != nil && r.timerAt <= next {
		return
	}
	if r.timer != nil {
		r.cancelTimer()
	}
	var timers workflow.Context
	timers, r.cancelTimer = workflow.WithCancel(ctx)
	r.timerAt = next
	wait := max(next.Sub(instant.Of(workflow.Now(ctx))), time.Millisecond)
	r.timer = workflow.NewTimerWithOptions(timers, wait, workflow.TimerOptions{Summary: r.answer.Next.Zh + " / " + r.answer.Next.En})
}

// wait waits for whatever comes first.
func (r *run) wait(ctx workflow.Context) {
	s := workflow.NewSelector(ctx)
	s.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {})
	s.AddReceive(r.facts, func(c workflow.ReceiveChannel, _ bool) {
		var f Facts
		c.Receive(ctx, &f)
		r.events = append(r.events, f.Events...)
	})
	s.AddReceive(r.again, func(c workflow.ReceiveChannel, _ bool) {
		var a Reconsider
		c.Receive(ctx, &a)
		r.reconsider(a)
	})
	s.AddReceive(r.settled, func(c workflow.ReceiveChannel, _ bool) {
		var o decisions.Outcome
		c.Receive(ctx, &o)
		r.settle(o)
	})
	if r.timer != nil {
		s.AddFuture(r.timer, func(workflow.Future) { r.woke(ctx) })
	}
	s.Select(ctx)
}

// woke takes that the timer fired: something is due, or a fact has postponed it
// and the journey sleeps on.
func (r *run) woke(ctx workflow.Context) {
	r.timer, r.timerAt = nil, 0
	if r.answer.NextDue == 0 {
		return
	}
	if r.due = r.answer.NextDue <= instant.Of(workflow.Now(ctx)); !r.due {
		r.setTimer(ctx)
		_ = r.shown.update(ctx, r.answer.Show, r.timerAt) // fails only on attributes that are not declared, which the first update has shown
	}
}

// ownBound is the length of history at which a run continues as new, well before
// the server insists; while effects are in hand it waits for them, up to hardBound.
const (
	ownBound  = 2_000
	hardBound = 8_000
)

func (r *run) long(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	n := info.GetCurrentHistoryLength()
	return n > hardBound || (n > ownBound || info.GetContinueAsNewSuggested()) && len(r.inHand) == 0
}

// continueAsNew carries everything over that is not in the decision document.
func (r *run) continueAsNew(ctx workflow.Context) error {
	r.drain()
	if q := r.asked; q != nil { // not answered
		r.events, r.outcomes, r.retry = append(q.Events, r.events...), append(q.Outcomes, r.outcomes...), append(q.Retry, r.retry...)
	}
	next := Input{Kind: r.in.Kind, ID: r.in.ID, Version: Version, Events: r.events, Outcomes: r.outcomes, Retry: r.retry}
	return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, next)
}
