package presence

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

const nine = instant.Time(1772355600000) // 2026-03-01T09:00:00Z

// world is a machine with clocks of its own, a store that can be away, and what
// the program depends on.
type world struct {
	t     *testing.T
	now   reading
	store *sometimes
	kafka error
	away  instant.Time
}

type sometimes struct {
	store.Engine
	away bool
	// silent is what happens while somebody waits for the store, which says nothing.
	silent func(patience time.Duration) (answers bool)
}

func (s *sometimes) Get(ctx context.Context, collection, id string) (store.Record, error) {
	if s.silent != nil {
		end, bounded := ctx.Deadline()
		if !bounded {
			return store.Record{}, errors.New("who waits for a store that says nothing waits for ever")
		}
		s.away = !s.silent(time.Until(end).Round(time.Second))
	}
	if s.away {
		return store.Record{}, store.ErrUnavailable
	}
	return s.Engine.Get(ctx, collection, id)
}

func newWorld(t *testing.T) *world {
	e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Declare(t.Context(), Spec); err != nil {
		t.Fatal(err)
	}
	return &world{t: t, now: reading{wall: nine}, store: &sometimes{Engine: e}}
}

func (w *world) start() *Presence {
	return with("leads", w.store, w, slog.New(slog.DiscardHandler), func() reading { return w.now })
}

// States is the board of health.
func (w *world) States(context.Context) []health.State {
	kafka := health.State{Name: "kafka", Kind: health.Used, State: health.OK}
	if w.kafka != nil {
		kafka.State, kafka.LastOK, kafka.Since = health.Failing, w.away, w.away.Add(2*time.Second)
	}
	return []health.State{kafka, {Name: "store:leads", Kind: health.Needed, State: health.Failing}, {Name: "relay", Kind: health.Own, State: health.Failing},
		{Name: "mail", Kind: health.Aside, State: health.Failing}}
}

// cut takes the broker away.
func (w *world) cut() { w.kafka, w.away = errors.New("no broker"), w.now.wall }

func (w *world) pass(d time.Duration) {
	w.now.wall, w.now.machine, w.now.awake = w.now.wall.Add(d), w.now.machine+d, w.now.awake+d
}

func (w *world) sleep(d time.Duration) {
	w.pass(d)
	w.now.awake -= d
}

// work lets a program say every five seconds that it is there.
func (w *world) work(p *Presence, d time.Duration) {
	for end := w.now.wall.Add(d); w.now.wall < end; {
		w.say(p)
		w.pass(every)
	}
	w.say(p)
}

func (w *world) say(p *Presence) {
	w.t.Helper()
	if err := p.say(w.t.Context(), false); err != nil && !w.store.away {
		w.t.Fatal(err)
	}
}

func (w *world) recorded() (out []catalogue.Interrupted) {
	w.t.Helper()
	all, err := w.store.History(w.t.Context(), "presence/leads", 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range all {
		e, err := facts.Stored(f)
		if err != nil {
			w.t.Fatal(err)
		}
		d, err := facts.Decode[catalogue.Interrupted](e)
		if err != nil {
			w.t.Fatal(err)
		}
		d.Head = catalogue.Head{}
		out = append(out, d)
	}
	return out
}

// Each way of not being at work is told from the others; what makes nothing
// late is not recorded.
func TestInterruptionsAreToldApart(t *testing.T) {
	const long = 5 * time.Minute
	for name, c := range map[string]struct {
		happens func(w *world, p *Presence)
		cause   string // empty: nothing is recorded
		lasted  time.Duration
		what    string
	}{
		"at work":        {happens: func(w *world, p *Presence) { w.work(p, 2*long) }},
		"a quick start":  {happens: func(w *world, p *Presence) { _ = p.say(w.t.Context(), true); w.pass(9 * time.Second); w.say(w.start()) }},
		"stopped":        {func(w *world, p *Presence) { _ = p.say(w.t.Context(), true); w.pass(long); w.say(w.start()) }, catalogue.CauseStopped, long, ""},
		"crashed":        {func(w *world, _ *Presence) { w.pass(long); w.say(w.start()) }, catalogue.CauseCrashed, long, ""},
		"machine slept":  {func(w *world, p *Presence) { w.sleep(long); w.work(p, long) }, catalogue.CauseSuspended, long, ""},
		"held up":        {func(w *world, p *Presence) { w.pass(long); w.work(p, long) }, catalogue.CauseStalled, long, ""},
		"clock set":      {happens: func(w *world, p *Presence) { w.now.wall = w.now.wall.Add(long); w.work(p, time.Minute) }},
		"clock set back": {happens: func(w *world, p *Presence) { w.now.wall = w.now.wall.Add(-long); w.work(p, 2*long) }},
		"store away": {func(w *world, p *Presence) {
			w.store.away = true
			w.work(p, long)
			w.store.away = false
			w.work(p, long)
		}, catalogue.CauseAway, long, "store"},
		"store away, and nobody was told": {func(w *world, p *Presence) {
			end := w.now.wall.Add(long)
			w.store.silent = func(patience time.Duration) bool {
				w.pass(min(patience, end.Sub(w.now.wall)))
				return w.now.wall >= end
			}
			for w.now.wall < end {
				w.say(p)
			}
			w.store.silent = nil
			w.work(p, long)
		}, catalogue.CauseAway, long, "store"},
		"broker away": {func(w *world, p *Presence) {
			w.cut()
			w.work(p, long)
			w.kafka = nil
			w.pass(every)
			w.work(p, long)
		}, catalogue.CauseAway, long + every, "kafka"},
		"broker away, and crashed meanwhile": {func(w *world, p *Presence) {
			w.cut()
			w.work(p, long)
			w.kafka = nil
			w.work(w.start(), time.Minute)
		}, catalogue.CauseAway, long, "kafka"},
		"another process is at work": {happens: func(w *world, p *Presence) {
			w.work(w.start(), long) // the first one is dead
			w.say(p)
		}},
		"another process goes on": {happens: func(w *world, p *Presence) {
			other := w.start()
			w.work(other, time.Minute)
			_ = p.say(w.t.Context(), true)
			w.work(other, long)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.start()
			w.work(p, time.Minute)
			begun := w.now.wall
			c.happens(w, p)
			got := w.recorded()
			if c.cause == "" {
				if len(got) > 0 {
					t.Errorf("recorded %+v", got)
				}
				return
			}
			want := catalogue.Interrupted{Program: "leads", Cause: c.cause, Dependency: c.what, From: begun, Until: begun.Add(c.lasted)}
			if len(got) != 1 || got[0] != want {
				t.Errorf("recorded %+v, want %+v", got, want)
			}
		})
	}
}

// The document is written once in five seconds, however many processes say so.
func TestManyProcessesWriteLikeOne(t *testing.T) {
	w := newWorld(t)
	all := []*Presence{w.start(), w.start(), w.start()}
	for range 10 {
		for _, p := range all {
			w.say(p)
		}
		w.pass(every)
	}
	doc, err := all[0].docs.Get(t.Context(), "leads")
	if err != nil || doc.Version != 10 {
		t.Errorf("version %d after ten rounds of three processes (%v)", doc.Version, err)
	}
}

// What Run says on its way in and out.
func TestRunSaysItsLastWord(t *testing.T) {
	w := newWorld(t)
	p := w.start()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	doc, err := p.docs.Get(t.Context(), "leads")
	if err != nil || !doc.Body.Ended {
		t.Errorf("%+v %v", doc, err)
	}
}

// The machine's clocks count.
func TestMachineClocks(t *testing.T) {
	a := machine()
	time.Sleep(20 * time.Millisecond)
	b := machine()
	for name, d := range map[string]time.Duration{"wall": b.wall.Sub(a.wall), "machine": b.machine - a.machine, "awake": b.awake - a.awake} {
		if d < 15*time.Millisecond || d > 10*time.Second {
			t.Errorf("%s counted %s", name, d)
		}
	}
}
