package standing

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	rules "liuke.dev/shared/standing"
	"liuke.dev/shared/store"
)

// reading says what a fact says about how its customer stands.
type reading func(facts.Event) ([]rules.Classed, error)

// of makes a reading of a function over the data of one fact type.
func of[D any](read func(e facts.Event, d D) []rules.Classed) reading {
	return func(e facts.Event) ([]rules.Classed, error) {
		d, err := facts.Decode[D](e)
		if err != nil {
			return nil, facts.Final(err)
		}
		return read(e, d), nil
	}
}

// readings are the facts that say something by themselves.
var readings = map[string]reading{
	typeOf(&catalogue.TimelineRecorded{}): of(func(_ facts.Event, d catalogue.TimelineRecorded) []rules.Classed { return rules.Read(d.After) }),
	typeOf(&catalogue.ContactChanged{}): of(func(e facts.Event, d catalogue.ContactChanged) []rules.Classed {
		return rules.FromContact(e.ID, e.Time, d)
	}),
	typeOf(&catalogue.ChurnConfirmed{}):     of(func(_ facts.Event, d catalogue.ChurnConfirmed) []rules.Classed { return rules.FromChurn(d) }),
	typeOf(&catalogue.ChurnWithdrew{}):      of(func(e facts.Event, d catalogue.ChurnWithdrew) []rules.Classed { return rules.FromWithdrawn(e.Time, d) }),
	typeOf(&catalogue.MaintenanceBegan{}):   of(func(_ facts.Event, d catalogue.MaintenanceBegan) []rules.Classed { return link(d.After) }),
	typeOf(&catalogue.MaintenanceChanged{}): of(func(_ facts.Event, d catalogue.MaintenanceChanged) []rules.Classed { return link(d.After) }),
}

// changedType says how a customer is to be judged, not what happened to it.
var changedType = typeOf(&catalogue.CustomerChanged{})

// Types are the facts that the part reads.
var Types = func() []string {
	out := []string{changedType}
	for t := range readings {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}()

func typeOf(d catalogue.Data) string { return d.Kind().Type }

func link(m catalogue.Maintenance) []rules.Classed {
	if m.Link == "" || m.LinkSince == 0 {
		return nil
	}
	return rules.FromLink(m.Link, m.LinkSince)
}

// together is how many customers of a batch are worked on side by side.
const together = 8

// share is what a batch holds for one customer.
type share struct {
	events []int // positions in the batch
	marks  []rules.Classed
	file   bool   // the file changed
	cause  string // the newest fact
}

// Observe takes in a batch of facts: those of one customer cost it once. A fact
// that cannot be taken in fails by itself.
func (p *Part) Observe(ctx context.Context, batch []facts.Event) []error {
	outcome := make([]error, len(batch))
	shares, order := map[string]*share{}, []string{}
	for i, e := range batch {
		root, marks, err := p.read(ctx, e)
		if err != nil || root == "" {
			outcome[i] = err
			continue
		}
		s := shares[root]
		if s == nil {
			s = &share{}
			shares[root], order = s, append(order, root)
		}
		s.events, s.marks, s.cause = append(s.events, i), append(s.marks, marks...), e.ID
		s.file = s.file || e.Type == changedType
	}
	var g errgroup.Group
	g.SetLimit(together)
	for _, root := range order {
		g.Go(func() error {
			s := shares[root]
			if err := p.take(store.Background(facts.WithCause(ctx, s.cause)), root, s); err != nil {
				for _, i := range s.events {
					outcome[i] = err
				}
			}
			return nil
		})
	}
	_ = g.Wait() // each customer's outcome is its facts'
	return outcome
}

// read gives the customer of today that a fact is about, and what it says; no
// customer where there is nothing to do.
func (p *Part) read(ctx context.Context, e facts.Event) (string, []rules.Classed, error) {
	var marks []rules.Classed
	of := e.Customer
	if read := readings[e.Type]; read != nil {
		var err error
		if marks, err = read(e); err != nil || len(marks) == 0 {
			return "", nil, err
		}
	}
	if of == "" {
		return "", nil, nil
	}
	f, err := p.Files.Root(ctx, of)
	if missing(err) {
		return "", nil, nil // of a customer that is not ours
	}
	return f.ID, marks, err
}

// take takes a customer's share of a batch in and judges it, again if somebody
// else's commit was faster.
func (p *Part) take(ctx context.Context, id string, s *share) error {
	_, err := p.change(ctx, id, "", func(d *Doc, _ instant.Time) (bool, error) {
		return d.History.Take(s.marks...) || s.file && d.Customer != "", nil
	})
	return err
}
