// Package trial tries a running suite by faults, one after the other: who works
// with it, what is broken at which moment, and whether afterwards everything that
// was acknowledged is there, nothing was done twice, and how long catching up
// took. The table is embedded.go and real.go, the runner is trial.go.
package trial

import (
	"context"
	"errors"
	"fmt"
	"time"

	"liuke.dev/shared/moment"
)

// Kind of a fault.
type Kind string

// The kinds.
const (
	Kill  Kind = "kill -9"
	Pause Kind = "stop and continue"
	Slow  Kind = "slow"
	Cut   Kind = "cut"
	Hang  Kind = "cut, nobody told" // what is sent vanishes
	Lose  Kind = "cut, answers lost"
)

// When a fault happens.
type When string

// The moments of the table; At names those of the program.
const (
	Idle When = "idle"
	Load When = "under load"
	Long When = "under load, for long"
)

// At gives the row's word for a moment of the program.
func At(m moment.Moment) When { return When("at " + string(m)) }

// Fault is a row of the table.
type Fault struct {
	Target string // process or link
	Kind   Kind
	When   When
	// Short rows are tried in CI, the others by the command.
	Short bool
	// Delivers says that catching up includes mails and webhooks: they are what the fault hits.
	Delivers bool
	// away names what programs do without meanwhile, of which there must be a receipt.
	away string
	// prepare is done before anybody works: the program is armed.
	prepare func(ctx context.Context, t *Trial) error
	// do makes the fault, lets it last and ends it; it gives when that was.
	do func(ctx context.Context, t *Trial) (ended time.Time, err error)
}

// Name of the row.
func (f Fault) Name() string { return fmt.Sprintf("%s · %s · %s", f.Target, f.Kind, f.When) }

func (f Fault) short() Fault    { f.Short = true; return f }
func (f Fault) delivers() Fault { f.Delivers = true; return f }

// lasts is how long a fault lasts that somebody must end: longer than what the
// clients of the suite wait before they try again, or give a session up.
const lasts = 5 * time.Second

// killed is a process that is ended by kill -9 and started again at once.
func killed(process string, when When) Fault {
	return Fault{Target: process, Kind: Kill, When: when, do: func(ctx context.Context, t *Trial) (time.Time, error) {
		p, err := t.Process(ctx, process)
		if err != nil {
			return time.Time{}, err
		}
		if err := errors.Join(p.Kill(), t.made()); err != nil {
			return time.Time{}, err
		}
		return time.Now(), p.Start(ctx)
	}}
}

// killedAt is a process that ends itself by kill -9 at a moment.
func killedAt(process string, m moment.Moment) Fault {
	f := armed(process, Kill, m, "kill")
	f.do = func(ctx context.Context, t *Trial) (time.Time, error) {
		p, err := t.Process(ctx, process)
		if err != nil {
			return time.Time{}, err
		}
		select {
		case <-p.Exited():
		case <-time.After(within):
			return time.Time{}, fmt.Errorf("the moment did not come within %s", within)
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
		return time.Now(), p.Start(ctx)
	}
	return f
}

// paused is a process that is stopped, and continued after a while.
func paused(process string, when When) Fault {
	return Fault{Target: process, Kind: Pause, When: when, do: func(ctx context.Context, t *Trial) (time.Time, error) {
		p, err := t.Process(ctx, process)
		if err != nil {
			return time.Time{}, err
		}
		if err := p.Pause(); err != nil {
			return time.Time{}, err
		}
		err = rest(ctx, lasts)
		ended := time.Now()
		if failed := p.Continue(); err == nil {
			err = failed
		}
		return ended, err
	}}
}

// pausedAt is a process that stops itself at a moment and is continued.
func pausedAt(process string, m moment.Moment) Fault {
	f := armed(process, Pause, m, "stop")
	f.do = func(ctx context.Context, t *Trial) (time.Time, error) {
		p, err := t.standing(ctx, process)
		if err != nil {
			return time.Time{}, err
		}
		err = rest(ctx, lasts)
		ended := time.Now()
		if failed := p.Continue(); err == nil {
			err = failed
		}
		return ended, err
	}
	return f
}

// standing waits until a process that was armed has stopped itself at its moment.
func (t *Trial) standing(ctx context.Context, process string) (Process, error) {
	p, err := t.Process(ctx, process)
	if err != nil {
		return nil, err
	}
	return p, p.Printed(ctx, "moment "+t.order+" ", "reached")
}

// ailing is a process in which a step is slow, or fails, at several passages of a
// moment. target names what seems to be slow or cut off.
func ailing(target, process string, kind Kind, m moment.Moment, action string, passages int) Fault {
	f := Fault{Target: target, Kind: kind, When: At(m)}
	f.prepare = func(ctx context.Context, t *Trial) error {
		from := t.passage(m)
		return t.arm(ctx, process, fmt.Sprintf("%s:%s:%d-%d", m, action, from, from+passages-1))
	}
	f.do = func(ctx context.Context, t *Trial) (time.Time, error) {
		p, err := t.Process(ctx, process)
		if err != nil {
			return time.Time{}, err
		}
		err = p.Printed(ctx, "moment "+t.order+" ", "over")
		return time.Now(), err
	}
	return f
}

// armed is a process that does something to itself at a passage of a moment.
func armed(process string, kind Kind, m moment.Moment, action string) Fault {
	return Fault{Target: process, Kind: kind, When: At(m), prepare: func(ctx context.Context, t *Trial) error {
		return t.arm(ctx, process, fmt.Sprintf("%s:%s:%d", m, action, t.passage(m)))
	}}
}

// usual is how often moments pass until a process has started and some seconds of
// load are through it; from so many on, up to twice as many, a fault happens.
var usual = map[moment.Moment]int{moment.BeforeCommit: 60, moment.AfterCommit: 60, moment.BeforePublish: 30, moment.AfterPublish: 30,
	moment.BeforeDecision: 15, moment.AfterDecision: 15, moment.BeforeEffect: 10, moment.AfterEffect: 10, moment.BeforeDelivery: 4, moment.AfterDelivery: 4}

// passage chooses at which passage of a moment something happens.
func (t *Trial) passage(m moment.Moment) int { return usual[m] + t.chance.IntN(usual[m]+1) }

// within bounds how long a moment is waited for.
const within = 90 * time.Second

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
