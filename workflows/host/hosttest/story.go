package hosttest

import (
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/client"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// Story is a journey from its first fact to its end, told the same to the host in
// a test and to the real server: each chapter is told at the journey's own time,
// once the rule that it waits for has acted.
type Story struct {
	Kind, ID string
	Chapters []Chapter
	// Fires are rules that have fired in the end.
	Fires []string
}

// Chapter is what happened once a rule had acted; the first waits for none.
type Chapter struct {
	Once  string
	Facts func(at instant.Time) []catalogue.Data
}

// Telling is a story that is being told.
type Telling struct {
	Story
	w    *World
	t    testing.TB
	h    *journeytest.History
	send func(...journey.Event)
	mu   sync.Mutex
	told int // chapters
	read int // facts
	last instant.Time
}

// Recount begins a story. It gives the facts of its first chapter, which begin the
// journey, and sends those of the others as the journey's effects are carried out.
func (w *World) Recount(t testing.TB, s Story, at instant.Time, send func(...journey.Event)) (*Telling, []journey.Event) {
	t.Helper()
	g := &Telling{Story: s, w: w, t: t, h: journeytest.New(t), send: send}
	w.Services.Answer(g.answer)
	return g, g.chapter(at)
}

// chapter tells the next one.
func (g *Telling) chapter(at instant.Time) []journey.Event {
	first := len(g.h.Events)
	g.last = max(at, g.last)
	facts := g.Chapters[g.told].Facts(g.last)
	g.told++
	g.read += len(facts)
	g.h.Tell(host.WorkflowID(g.Kind, g.ID), g.last, facts...)
	return g.h.Events[first:]
}

// answer sends the next chapter when the rule that it waits for asks for its effect.
func (g *Telling) answer(call client.Call, nth int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	parts := strings.Split(call.Cause, ":") // <kind>:<id>:<rule>:<episode>
	if nth > 1 || g.told == len(g.Chapters) || len(parts) != 4 || parts[2] != g.Chapters[g.told].Once {
		return nil
	}
	doc, _, err := g.w.Decider.Get(g.t.Context(), g.Kind, g.ID)
	if err != nil {
		return err
	}
	g.send(g.chapter(doc.At)...)
	return nil
}

// Check wants the story to have been told whole and understood: every fact read,
// every obligation fired once and in time, every effect asked for once and done, and
// what people see of it in both languages.
func (g *Telling) Check() {
	g.t.Helper()
	doc, version, err := g.w.Decider.Get(g.t.Context(), g.Kind, g.ID)
	if err != nil {
		g.t.Fatal(err)
	}
	if g.told != len(g.Chapters) {
		g.t.Errorf("chapter %d was not told: %s did not fire", g.told, g.Chapters[g.told].Once)
	}
	if !doc.Ended || len(doc.Effects) != 0 || doc.Troubled {
		g.t.Errorf("ended %v, effects left %v, troubled %v, pending %v", doc.Ended, doc.Effects, doc.Troubled, doc.Pending)
	}
	all, err := g.w.Decider.Recent(g.t.Context(), g.Kind, g.ID, version, 10_000)
	if err != nil {
		g.t.Fatal(err)
	}
	read, fired, rules := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, d := range all {
		g.seen(d)
		for _, f := range d.Read {
			read[f.ID]++
		}
		for _, f := range d.Fired {
			fired[f.Obligation.ID]++
			rules[f.Obligation.Rule] = true
			if f.Late {
				g.t.Errorf("%s was due %s and fired late at %s", f.Obligation.Rule, f.Obligation.Due, f.At)
			}
		}
	}
	if len(read) != g.read {
		g.t.Errorf("%d facts were told, %d read", g.read, len(read))
	}
	once(g.t, "fired", fired)
	for _, rule := range g.Fires {
		if !rules[rule] {
			g.t.Errorf("%s did not fire; fired %v", rule, rules)
		}
	}
	asked := map[string]int{}
	for _, c := range g.w.Services.Calls() {
		asked[c.Method+" "+strings.Join(c.Path[:1], "")+" "+c.Key]++
	}
	once(g.t, "asked for", asked)
}

// seen wants a decision to say in both languages where the journey stands and what
// will happen.
func (g *Telling) seen(d catalogue.Decided) {
	g.t.Helper()
	g.t.Logf("%s | %s", d.Says.Zh, d.Says.En)
	if d.Stage == "" || d.Says.Zh == "" || d.Says.En == "" || d.Says.Zh == d.Says.En {
		g.t.Errorf("decision %d shows stage %q and says %q, %q", d.Number, d.Stage, d.Says.Zh, d.Says.En)
	}
	for _, o := range d.Pending {
		if o.Does.Zh == "" || o.Does.En == "" || o.Does.Zh == o.Does.En || len(o.Because) == 0 {
			g.t.Errorf("%s does %q, %q because %v", o.Rule, o.Does.Zh, o.Does.En, o.Because)
		}
	}
}

func once(t testing.TB, what string, times map[string]int) {
	t.Helper()
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s was %s %d times", id, what, n)
		}
	}
}
