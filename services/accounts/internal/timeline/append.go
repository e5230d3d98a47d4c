package timeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// What became of an entry that was told.
const (
	Recorded = "recorded" // it is on the timeline now
	Known    = "known"    // it was told before; nothing changed
	Parked   = "unmatched"
)

// ID is the id of the entry that a source tells under its own id.
func ID(source, sourceID string) string { return source + ":" + sourceID }

// Append puts entries on their customers' timelines; what was told before is left
// as it is. Customers must be known: entries of others are for Take.
func (t *Timeline) Append(ctx context.Context, list []catalogue.TimelineEntry) error {
	for _, e := range list {
		if _, _, err := t.append(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// append stores one entry with its fact in one commit. It does not look first
// whether it is there: as a rule it is not.
func (t *Timeline) append(ctx context.Context, e catalogue.TimelineEntry) (catalogue.TimelineEntry, string, error) {
	f, err := t.Files.Root(ctx, e.Customer)
	if err != nil {
		return e, "", err
	}
	e.ID, e.Customer, e.RecordedAt = ID(e.Source, e.SourceID), f.ID, cmp.Or(e.RecordedAt, t.Clock())
	e.Direction = cmp.Or(e.Direction, catalogue.Neither)
	if e.SameAs, err = t.correlate(ctx, e); err != nil {
		return e, "", err
	}
	// One partition for all of a customer, so that whoever reads gets them in the order of recording.
	stamp := facts.Stamp{Source: "liuke/accounts", At: t.Clock(), Customer: e.Customer, Key: "customer/" + e.Customer}
	fact, err := facts.Record(ctx, stamp, 1, &catalogue.TimelineRecorded{After: e})
	if err != nil {
		return e, "", err
	}
	err = t.entries.Commit(ctx, store.New(e.ID, Entry{TimelineEntry: e}), "", fact)
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		known, err := t.entries.Get(ctx, e.ID)
		if err != nil {
			return e, "", err
		}
		return known.Body.TimelineEntry, Known, nil
	}
	return e, Recorded, err
}

// correlation says which entry was the first to tell of a thing that several
// sources know under one key.
type correlation struct {
	holdings.Belonging
	Entry  string       `json:"entry"`
	Source string       `json:"source"`
	At     instant.Time `json:"at"`
}

// correlate gives the entry of another source that told of the same thing first.
// The key is claimed before the entry is there: who claimed it and died repeats.
func (t *Timeline) correlate(ctx context.Context, e catalogue.TimelineEntry) (string, error) {
	if e.Correlation == "" {
		return "", nil
	}
	sum := sha256.Sum256([]byte(e.Correlation))
	id := e.Customer + ":" + hex.EncodeToString(sum[:16])
	first := correlation{Belonging: holdings.Belonging{Customer: e.Customer}, Entry: e.ID, Source: e.Source, At: e.RecordedAt}
	err := t.correlations.Commit(ctx, store.New(id, first), "")
	if err == nil || !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrConflict) {
		return "", err
	}
	d, err := t.correlations.Get(ctx, id)
	if err != nil || d.Body.Source == e.Source {
		return "", err
	}
	return d.Body.Entry, nil
}
