// Package presence is a program's own record that it was at work. It keeps one
// small document in the program's store and says so there every few seconds;
// when it finds that nobody did for a while, it records the fact that the
// program was interrupted, and by what: it was ended in order, it crashed, its
// machine slept, it was held up, or something it depends on was away.
//
// All processes of one service share the document: as long as one of them is at
// work, the service is.
package presence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

const (
	// every is how often a program says that it is there.
	every = 5 * time.Second
	// Least is how long an interruption must last to be recorded: shorter ones are
	// restarts, and make nothing late.
	Least = 10 * time.Second
	// endWithin bounds the last word.
	endWithin = 2 * time.Second
)

// Document is what a program says of itself.
type Document struct {
	Process string       `json:"process"` // who said so last: one start of one process
	Seen    instant.Time `json:"seen"`
	Ended   bool         `json:"ended,omitempty"` // its last word, said in order
	// Away is since when things that the program depends on have not answered.
	Away map[string]instant.Time `json:"away,omitempty"`
}

// Spec declares the document.
var Spec = store.Spec{Name: "presence"}

// Presence is a program's.
type Presence struct {
	program string
	process string
	docs    store.Collection[Document]
	board   Board
	log     *slog.Logger
	clocks  clocks

	begun instant.Time
	known reading // when the program was last known to be at work
	tried reading // when this process last looked
}

// Board tells how the process stands with what it depends on (health.Board).
type Board interface {
	States(ctx context.Context) []health.State
}

// New declares the document in the program's store.
func New(ctx context.Context, program string, e store.Engine, b Board, l *slog.Logger) (*Presence, error) {
	if err := e.Declare(ctx, Spec); err != nil {
		return nil, fmt.Errorf("presence: %w", err)
	}
	return with(program, e, b, l, machine), nil
}

func with(program string, e store.Engine, b Board, l *slog.Logger, c clocks) *Presence {
	now := c()
	return &Presence{program: program, process: ulid.Make().String(), docs: store.Of[Document](e, Spec), board: b, log: l, clocks: c, begun: now.wall, known: now, tried: now}
}

// Run says that the program is there until ctx ends, and then that it ends.
func (p *Presence) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := p.say(ctx, false); err != nil && ctx.Err() == nil {
			p.log.Debug("presence", "error", err)
		}
		select {
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
			defer cancel()
			if err := p.say(end, true); err != nil {
				p.log.Debug("presence", "error", err)
			}
			return nil
		case <-tick.C:
		}
	}
}

// attempts bounds how often a word is repeated that another process's overtook.
const attempts = 5

// say says that the program is there, or that it ends, and records what it finds.
// It does not wait for a store that says nothing, so that it is known that the
// program looked.
func (p *Presence) say(ctx context.Context, end bool) (err error) {
	failing := p.failing(ctx, end)
	ctx, cancel := context.WithTimeout(store.Background(ctx), every)
	defer cancel()
	for range attempts {
		if err = p.once(ctx, failing, end); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			break
		}
	}
	p.tried = p.clocks()
	return err
}

// failing gives what the program depends on and does not reach, and when it last did.
func (p *Presence) failing(ctx context.Context, end bool) map[string]instant.Time {
	out := map[string]instant.Time{}
	if end {
		return out // what is being closed answers no more
	}
	for _, s := range p.board.States(ctx) {
		if s.Kind.Engine() && s.State == health.Failing && !strings.HasPrefix(s.Name, "store:") { // a store that is away takes no words: found by the gap
			out[s.Name] = cmp.Or(s.LastOK, s.Since)
		}
	}
	return out
}

func (p *Presence) once(ctx context.Context, failing map[string]instant.Time, end bool) error {
	doc, err := p.docs.Get(ctx, p.program)
	now := p.clocks() // the store answers now, and may not have when it was asked
	if errors.Is(err, store.ErrNotFound) {
		doc, err = store.New(p.program, Document{Seen: now.wall}), nil
	}
	if err != nil {
		return err
	}
	found := p.found(doc.Body, now)
	found = append(found, back(&doc.Body, now.wall, failing, end)...)
	if doc.Version > 0 && len(found) == 0 && !end && !doc.Body.Ended && maps.Equal(doc.Body.Away, failing) && doc.Body.Seen <= now.wall && now.wall.Sub(doc.Body.Seen) < every/2 {
		p.known = now
		return nil // another process has just said so
	}
	recorded, err := p.record(ctx, doc.Version+1, now.wall, found)
	if err != nil {
		return err
	}
	doc.Body.Process, doc.Body.Seen, doc.Body.Ended = p.process, now.wall, end
	if err := p.docs.Commit(ctx, doc, "", recorded...); err != nil {
		return err
	}
	p.known = now
	for _, f := range found {
		p.log.Info("was interrupted", "program", p.program, "cause", f.Cause, "dependency", f.Dependency, "from", f.From, "until", f.Until)
	}
	return nil
}

// found tells whether nobody was at work, and why: by whom the last word came,
// and what this machine's clocks counted since this process was last at work.
func (p *Presence) found(d Document, now reading) []catalogue.Interrupted {
	gap := now.wall.Sub(d.Seen)
	if gap < Least {
		return nil
	}
	i := catalogue.Interrupted{Program: p.program, From: d.Seen, Until: now.wall}
	if d.Seen < p.begun { // it was before this process
		i.Cause, i.Until = catalogue.CauseCrashed, p.begun
		if d.Ended {
			i.Cause = catalogue.CauseStopped
		}
		if p.begun.Sub(d.Seen) < Least {
			return nil
		}
		return []catalogue.Interrupted{i}
	}
	passed, awake := now.machine-p.known.machine, now.awake-p.known.awake
	switch {
	case passed < Least:
		return nil // the clock was set: no time has passed
	case passed-awake > passed/2:
		i.Cause = catalogue.CauseSuspended
	case now.awake-p.tried.awake > passed/2:
		i.Cause = catalogue.CauseStalled
	default:
		i.Cause, i.Dependency = catalogue.CauseAway, "store"
	}
	return []catalogue.Interrupted{i}
}

// back brings what is away up to date and gives what is back.
func back(d *Document, now instant.Time, failing map[string]instant.Time, end bool) (found []catalogue.Interrupted) {
	for _, name := range slices.Sorted(maps.Keys(d.Away)) {
		if _, still := failing[name]; still || end {
			continue
		}
		if since := d.Away[name]; now.Sub(since) >= Least {
			found = append(found, catalogue.Interrupted{Cause: catalogue.CauseAway, Dependency: name, From: since, Until: now})
		}
		delete(d.Away, name)
	}
	for name, since := range failing {
		if _, known := d.Away[name]; !known {
			if d.Away == nil {
				d.Away = map[string]instant.Time{}
			}
			d.Away[name] = since
		}
	}
	return found
}

func (p *Presence) record(ctx context.Context, version int64, at instant.Time, found []catalogue.Interrupted) ([]store.Fact, error) {
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: p.program, Kind: catalogue.ActorProcess})
	var data []catalogue.Data
	for i := range found {
		found[i].Program = p.program
		data = append(data, &found[i])
	}
	return facts.RecordAll(ctx, facts.Stamp{Source: "liuke/" + p.program, At: at}, version, data...)
}
