package journey_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	minute = instant.Time(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

// life is a kind of journey and a way to draw what may happen to a thing of it.
type life struct {
	process journey.Process
	id      string
	draw    func(*pen)
	// rounds are the rules that come round for ever where nobody acts.
	rounds []string
	// anyOrder tells that its facts may come in any order. Of the other kinds each fact
	// tells all there is, and one that is older than what is known changes nothing.
	anyOrder bool
}

// lives are the kinds that the kernel's properties are held against, by their names.
func lives() map[string]life {
	out := map[string]life{}
	for _, l := range []life{leadLife, dealLife, transferLife, needChangeLife, reviewLife, churnReviewLife, caseLife, contractLife, interventionLife} {
		out[l.process.Name()] = l
	}
	return out
}

// everyLife holds a property against drawn lives of every kind.
func everyLife(t *testing.T, holds func(t *testing.T, rt *rapid.T, l life, h *journeytest.History)) {
	t.Helper()
	for name, l := range lives() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { holds(t, rt, l, l.write(rt, t)) })
		})
	}
}

func (l life) write(rt *rapid.T, tb testing.TB) *journeytest.History {
	p := &pen{t: rt, h: journeytest.New(tb), at: journeytest.At(tb, "2026-03-02 09:00"), of: l.process.Name() + "/" + l.id}
	l.draw(p)
	return p.h
}

// pen writes a drawn life down, one fact after the other.
type pen struct {
	t  *rapid.T
	h  *journeytest.History
	at instant.Time
	of string // the thing's aggregate
}

// happens draws how much happens, and lets some time go by before each of it.
func (p *pen) happens(most int, what func(n int)) {
	for n := range p.number(1, most) {
		p.at += instant.Time(p.number(1, 12*24*60)) * minute
		what(n)
	}
}

// tell records facts of the thing itself.
func (p *pen) tell(data ...catalogue.Data) { p.h.Tell(p.of, p.at, data...) }

// subject is the thing itself.
func (p *pen) subject() catalogue.Subject {
	kind, id, _ := strings.Cut(p.of, "/")
	return catalogue.Subject{Kind: kind, ID: id}
}

// moved tells that the thing went along when two customers' files were merged, or back.
func (p *pen) moved(one, other string) {
	if p.yes() {
		one, other = other, one
	}
	s := p.subject()
	p.tell(&catalogue.HoldingMoved{Thing: catalogue.Thing(s), From: one, Into: other})
}

func (p *pen) number(from, to int) int { return rapid.IntRange(from, to).Draw(p.t, "number") }

func (p *pen) yes() bool { return rapid.Bool().Draw(p.t, "yes") }

func (p *pen) one(of ...string) string { return rapid.SampledFrom(of).Draw(p.t, "one") }

// ago draws an instant up to so many minutes before now.
func (p *pen) ago(minutes int) instant.Time { return p.at - instant.Time(p.number(0, minutes))*minute }

// days draws an instant some days ahead.
func (p *pen) days(from, to int) instant.Time { return p.at + instant.Time(p.number(from, to))*day }
