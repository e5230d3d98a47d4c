// Package punctuality owns how promptly people record their follow-ups, and how much
// they have to type for it (C-16): one small document for each, built from the facts of leads, and the figures per owner and
// period that are counted from them.
package punctuality

import (
	"context"
	"errors"
	"math"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Record is when a follow-up happened and when it was recorded; its document id
// is the fact's. What a telephone or mail system recorded by itself has none.
type Record struct {
	Owner      string            `json:"owner" doc:"Who answered for the customer, in whose figures it counts"`
	By         string            `json:"by" doc:"Who recorded it"`
	Subject    catalogue.Subject `json:"subject"`
	Customer   string            `json:"customer,omitempty"`
	OccurredAt instant.Time      `json:"occurred_at"`
	RecordedAt instant.Time      `json:"recorded_at"`
	Late       bool              `json:"late"`
	LateByMS   int64             `json:"late_by_ms,omitempty" doc:"By how many milliseconds it came later than the policy allowed"`
	Typed      int               `json:"typed,omitempty" doc:"How many fields the person filled in (C-16)"`
	Policy     int64             `json:"policy,omitempty" doc:"Version of the policy that judged it"`
}

const (
	byOwner = "by_owner"
	byTyped = "by_typed"
)

var spec = store.Spec{Name: "record_time", Indexes: []store.Index{{Name: byOwner, Equal: []string{"owner", "late"}, Order: "recorded_at"},
	{Name: byTyped, Equal: []string{"typed", "owner"}, Order: "recorded_at", Sparse: true}}}

// Book keeps the records.
type Book struct{ docs store.Collection[Record] }

// Open declares the records on an engine.
func Open(ctx context.Context, e store.Engine) (*Book, error) {
	if err := e.Declare(ctx, spec); err != nil {
		return nil, err
	}
	return &Book{store.Of[Record](e, spec)}, nil
}

// Project takes a fact; one that comes again changes nothing, and the order does not matter.
func (b *Book) Project(ctx context.Context, e facts.Event) error {
	if e.Type != (*catalogue.FollowUpRecorded)(nil).Kind().Type {
		return nil
	}
	d, err := facts.Decode[catalogue.FollowUpRecorded](e)
	if err != nil {
		return facts.Final(err)
	}
	u := d.FollowUp
	if u.Captured {
		return nil // nobody had to think of it
	}
	owner := d.Owner
	if owner == "" {
		owner = u.By
	}
	err = b.docs.Commit(ctx, store.New(e.ID, Record{Owner: owner, By: u.By, Subject: u.Subject, Customer: e.Customer, OccurredAt: u.OccurredAt,
		RecordedAt: u.RecordedAt, Late: u.Late, LateByMS: u.LateByMS, Typed: u.Typed, Policy: d.PolicyVersion}), "")
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// Period is a span of time in which follow-ups were recorded, From included, To not.
type Period struct{ From, To instant.Time }

func (p Period) of() store.Range { return store.Range{From: p.From.String(), To: p.To.String()} }

// Figures are an owner's in a period. Times are in milliseconds.
type Figures struct {
	Recorded   int64 `json:"recorded" doc:"Follow-ups that a person recorded"`
	OnTime     int64 `json:"on_time" doc:"Of these, recorded within the time of the policy"`
	Late       int64 `json:"late" doc:"Of these, recorded later"`
	LateMeanMS int64 `json:"late_mean_ms" doc:"By how much the late ones were late on average; 0 without any"`
	LateMostMS int64 `json:"late_most_ms" doc:"By how much the latest one was late"`
	// Of follow-ups recorded before this was counted nothing is known.
	TypedMean float64 `json:"typed_mean" doc:"Fields that a person filled in for each follow-up (C-16), on average, to two decimals"`
}

// Of counts an owner's follow-ups of a period.
func (b *Book) Of(ctx context.Context, owner string, p Period) (Figures, error) {
	var f Figures
	var err error
	if f.OnTime, err = b.docs.Count(ctx, store.Query{Index: byOwner, Equal: []any{owner, false}, Range: p.of()}); err != nil {
		return f, err
	}
	var sum int64
	for after := ""; ; {
		page, err := b.docs.Page(ctx, store.Query{Index: byOwner, Equal: []any{owner, true}, Range: p.of(), Limit: 500, After: after})
		if err != nil {
			return f, err
		}
		for _, d := range page.Docs {
			f.Late++
			sum += d.Body.LateByMS
			f.LateMostMS = max(f.LateMostMS, d.Body.LateByMS)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if f.Late > 0 {
		f.LateMeanMS = sum / f.Late
	}
	f.Recorded = f.OnTime + f.Late
	f.TypedMean, err = b.typed(ctx, owner, p)
	return f, err
}

// typed gives how many fields an owner's follow-ups of a period took on average.
func (b *Book) typed(ctx context.Context, owner string, p Period) (float64, error) {
	var fields, followUps int64
	for n := 1; n <= catalogue.MostTyped; n++ {
		times, err := b.docs.Count(ctx, store.Query{Index: byTyped, Equal: []any{n, owner}, Range: p.of()})
		if err != nil {
			return 0, err
		}
		fields, followUps = fields+int64(n)*times, followUps+times
	}
	if followUps == 0 {
		return 0, nil
	}
	return math.Round(100*float64(fields)/float64(followUps)) / 100, nil
}

// Page gives an owner's late, or punctual, records of a period, newest first.
func (b *Book) Page(ctx context.Context, owner string, late bool, p Period, limit int, after string) (store.List[Record], error) {
	return b.docs.Page(ctx, store.Query{Index: byOwner, Equal: []any{owner, late}, Range: p.of(), Desc: true, Limit: limit, After: after})
}
