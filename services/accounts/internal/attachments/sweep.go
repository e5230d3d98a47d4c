package attachments

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// pending says that the content of an attachment is being put or taken away; its id
// is the attachment's. It is there before the content is, and goes when the document
// says what became of it: what a crash leaves in between is found by it, without a
// look at all that the object store holds.
type pending struct {
	At instant.Time `json:"at"`
	// Removing says that a sweep takes the content away: no upload begins meanwhile.
	Removing bool `json:"removing,omitempty"`
}

const byAge = "by_age"

var unsettled = store.Spec{Name: "attachment_pending", Indexes: []store.Index{{Name: byAge, Order: "at"}}}

// begin notes that content is about to be put or taken away.
func (a *Attachments) begin(ctx context.Context, id string) (d *store.Doc[pending], err error) {
	err = race.Again(ctx, 20, func() (err error) {
		d, err = a.pending.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(id, pending{}), nil
		}
		if err != nil {
			return err
		}
		if d.Body.Removing {
			return &problem.Error{Code: problem.Unavailable, RetryAfter: time.Second, Text: lang.T("该文件正在清理，请稍后重试", "What was left of this file is being cleared away; try again")}
		}
		d.Body.At = a.Clock()
		return a.pending.Commit(ctx, d, "")
	})
	return d, err
}

// settle takes the note back. Failing is no harm: the sweep looks and finds all well.
func (a *Attachments) settle(ctx context.Context, d *store.Doc[pending]) {
	_ = a.pending.Remove(context.WithoutCancel(ctx), d)
}

// lookEvery is how often it is looked for what was left behind.
const lookEvery = time.Minute

// Run clears away what uploads that never ended left behind, until ctx ends.
func (a *Attachments) Run(ctx context.Context) error {
	for {
		if _, err := a.Sweep(store.Background(ctx)); err != nil && ctx.Err() == nil && a.Log != nil {
			a.Log.WarnContext(ctx, "clearing what uploads left behind", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// Sweep removes content whose document was never committed, or says that it was
// taken away, once it is older than the policy allows; it tells how much. Content
// that a document names stays. It reads what is unsettled, never all files.
func (a *Attachments) Sweep(ctx context.Context) (removed int, err error) {
	if a.Objects == nil {
		return 0, nil
	}
	v, err := a.Policy.At(a.Clock())
	if err != nil {
		return 0, problem.Away(err)
	}
	now, keep := a.Clock(), v.Sections.Customers.AttachmentAbandoned.Elapsed() // uploads take as long at a demo's speed
	for {
		page, err := a.pending.Page(ctx, store.Query{Index: byAge, Limit: 100})
		if err != nil {
			return removed, err
		}
		for _, d := range page.Docs {
			if now.Sub(d.Body.At) < keep {
				return removed, nil // and all that follow are younger
			}
			gone, err := a.clear(ctx, d)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
		if len(page.Docs) < 100 {
			return removed, nil
		}
	}
}

// clear settles one note. The note is claimed before it is looked whether a document
// names the content, so that no upload of the same id slips in between.
func (a *Attachments) clear(ctx context.Context, d *store.Doc[pending]) (bool, error) {
	if !d.Body.Removing {
		d.Body.Removing = true
		if err := a.pending.Commit(ctx, d, ""); err != nil {
			return false, passed(err)
		}
	}
	doc, err := a.docs.Get(ctx, d.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	named := err == nil && doc.Body.File.RemovedAt == 0
	if !named {
		if err := a.Objects.Remove(ctx, key(d.ID)); err != nil {
			return false, err
		}
	}
	return !named, passed(a.pending.Remove(ctx, d))
}

// passed leaves out that somebody else was faster.
func passed(err error) error {
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
