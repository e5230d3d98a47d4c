// Package outage draws up receipts: after a time in which the program, a part of
// it, or something it depends on was down, one receipt says when, how many
// obligations came due meanwhile, that each fired once, and which were late
// beyond the target.
//
// When it was down is what programs record of themselves when they are back
// (shared/presence). What came due is counted anew from the recorded decisions
// of journeys: from what each said was pending, and what later ones say fired.
package outage

import (
	"context"
	"errors"

	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Interruption is what one program says of itself.
type Interruption struct {
	Program    string `json:"program" doc:"The service, or liuke for all of them in one program"`
	Cause      string `json:"cause" enum:"stopped,crashed,suspended,stalled,away" doc:"stopped: ended in order. crashed: ended without a word. suspended: its machine slept. stalled: held up. away: something it depends on did not answer"`
	Dependency string `json:"dependency,omitempty"`
	Window
}

// Receipt of an outage; its document id is the text of its beginning.
type Receipt struct {
	Window
	Interruptions []Interruption `json:"interruptions"`
	Counts
	LastFired instant.Time `json:"last_fired_at,omitempty" doc:"When the last of them fired"`
	// The worst of them; the counts hold all.
	LateOnes    []Promise    `json:"late_ones" doc:"The latest of those beyond the target, at most 200"`
	OpenOnes    []Promise    `json:"open_ones" doc:"At most 200"`
	DoubledOnes []Promise    `json:"doubled_ones" doc:"At most 200"`
	DrawnAt     instant.Time `json:"drawn_at" doc:"When it was counted"`
	Final       bool         `json:"final" doc:"It is not counted again"`
}

const (
	byUntil = "by_until"
	byFrom  = "by_from"
)

var (
	interruptionSpec = store.Spec{Name: "interruption", Indexes: []store.Index{{Name: byUntil, Order: "until"}}}
	receiptSpec      = store.Spec{Name: "outage", Indexes: []store.Index{{Name: byFrom, Order: "from"}}}
)

// Book keeps interruptions and receipts.
type Book struct {
	interruptions store.Collection[Interruption]
	receipts      store.Collection[Receipt]
	c             record.Collections
}

// Open declares them on an engine.
func Open(ctx context.Context, e store.Engine, c record.Collections) (*Book, error) {
	if err := e.Declare(ctx, interruptionSpec, receiptSpec); err != nil {
		return nil, err
	}
	return &Book{store.Of[Interruption](e, interruptionSpec), store.Of[Receipt](e, receiptSpec), c}, nil
}

// Project takes a fact; one that comes again changes nothing.
func (b *Book) Project(ctx context.Context, e facts.Event) error {
	if e.Type != (*catalogue.Interrupted)(nil).Kind().Type {
		return nil
	}
	d, err := facts.Decode[catalogue.Interrupted](e)
	if err != nil {
		return facts.Final(err)
	}
	err = b.interruptions.Commit(ctx, store.New(e.ID, Interruption{Program: d.Program, Cause: d.Cause, Dependency: d.Dependency, Window: Window{d.From, d.Until}}), "")
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// Page gives receipts, newest first.
func (b *Book) Page(ctx context.Context, limit int, after string) ([]Receipt, string, error) {
	page, err := b.receipts.Page(ctx, store.Query{Index: byFrom, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]Receipt, len(page.Docs))
	for i, d := range page.Docs {
		out[i] = d.Body
	}
	return out, page.Next, nil
}

// At gives the receipt of the outage that an instant lies in: receipts that turn
// out to be one are still found by either's beginning. Errors: store.ErrNotFound.
func (b *Book) At(ctx context.Context, at instant.Time) (Receipt, error) {
	page, err := b.receipts.Page(ctx, store.Query{Index: byFrom, Desc: true, Limit: 1, Range: store.Range{To: (at + 1).String()}})
	if err != nil {
		return Receipt{}, err
	}
	if len(page.Docs) == 0 || page.Docs[0].Body.Until < at {
		return Receipt{}, store.ErrNotFound
	}
	return page.Docs[0].Body, nil
}
