package timeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// Own is the source of entries that Liuke's own facts tell; nobody else may use it.
const Own = "liuke"

// Source makes entries of a fact. It is pure. What it leaves out is filled in:
// customer, source, source id (the fact's), and both instants (the fact's time).
type Source func(e facts.Event) ([]catalogue.TimelineEntry, error)

// sources are the functions of all parts, by fact type.
var sources = join(maintenanceSources, fileSources, caseSources, leadSources, contractSources, orderSources, standingSources, outreachSources, reviewSources)

// of makes a Source of a function over the data of one fact type; an entry
// without kind is none.
func of[D any](entry func(D, facts.Event) catalogue.TimelineEntry) Source {
	return func(e facts.Event) ([]catalogue.TimelineEntry, error) {
		d, err := facts.Decode[D](e)
		if err != nil {
			return nil, facts.Final(err)
		}
		if made := entry(d, e); made.Kind != "" {
			return []catalogue.TimelineEntry{made}, nil
		}
		return nil, nil
	}
}

// join makes one table of those of the parts.
func join(parts ...map[string]Source) map[string]Source {
	all := map[string]Source{}
	for _, p := range parts {
		for kind, s := range p {
			if all[kind] != nil {
				panic("timeline: two sources for " + kind)
			}
			all[kind] = s
		}
	}
	return all
}

// typeOf names a fact type.
func typeOf(d catalogue.Data) string { return d.Kind().Type }

// says makes words of two formats over the same arguments.
func says(zh, en string, args ...any) lang.Text {
	return lang.T(fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

// Types are the facts that the timeline reads, and what tells of customers.
func types() []string {
	return slices.Sorted(maps.Keys(maps.Collect(func(yield func(string, bool) bool) {
		for k := range sources {
			if !yield(k, true) {
				return
			}
		}
		for k := range releases {
			if !yield(k, true) {
				return
			}
		}
	})))
}

// Observe puts what a fact tells on the timeline, and lets go what waited for it.
func (t *Timeline) Observe(ctx context.Context, e facts.Event) error {
	if source := sources[e.Type]; source != nil {
		list, err := source(e)
		if err != nil {
			return err
		}
		for n, entry := range list {
			if err := t.tell(ctx, complete(entry, e, n)); err != nil {
				return err
			}
		}
	}
	return t.release(ctx, e)
}

// ObserveMany takes facts that came together side by side, so that the store groups
// their commits; those of one thing stay in their order, since what waits for a
// lead's customer must be kept aside before that is told.
func (t *Timeline) ObserveMany(ctx context.Context, batch []facts.Event) []error {
	outcome := make([]error, len(batch))
	things := map[string][]int{}
	for i, e := range batch {
		things[e.Aggregate] = append(things[e.Aggregate], i)
	}
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, list := range things {
		g.Go(func() error {
			for n, i := range list {
				e := batch[i]
				if outcome[i] = t.Observe(facts.WithCause(ctx, e.ID), e); outcome[i] != nil {
					for _, later := range list[n+1:] { // they wait for it
						outcome[later] = outcome[i]
					}
					break
				}
			}
			return nil
		})
	}
	_ = g.Wait() // each fact has its own outcome
	return outcome
}

// complete fills in what a source left to the fact.
func complete(entry catalogue.TimelineEntry, e facts.Event, n int) catalogue.TimelineEntry {
	if entry.Customer == "" {
		entry.Customer = e.Customer
	}
	if entry.Source == "" {
		entry.Source = Own
	}
	if entry.SourceID == "" {
		entry.SourceID = e.ID
		if n > 0 {
			entry.SourceID = fmt.Sprintf("%s#%d", e.ID, n)
		}
	}
	if entry.OccurredAt == 0 {
		entry.OccurredAt = e.Time
	}
	if entry.RecordedAt == 0 {
		entry.RecordedAt = e.Time
	}
	return entry
}

// tell appends an entry of a fact. What happens with a lead or deal before its
// customer is known waits until it is.
func (t *Timeline) tell(ctx context.Context, entry catalogue.TimelineEntry) error {
	if entry.Customer != "" {
		_, err := t.Take(ctx, entry, CustomerKeys{})
		return err
	}
	if entry.Ref == nil {
		return nil // it is no customer's
	}
	return t.park(ctx, UnmatchedEntry{Entry: entry, Waits: waitsFor(*entry.Ref), Reason: lang.T("线索或商机尚未对应客户", "its lead or deal has no customer yet")})
}

func waitsFor(s catalogue.Subject) string { return s.Kind + "/" + s.ID }
