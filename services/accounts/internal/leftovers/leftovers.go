// Package leftovers finds content in the object store that no document names: what a
// crash left between the content and its document, or what a document named once and
// names no more. A note is made before content is put, or let go, so that it is found
// without a look at all that the object store holds.
package leftovers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// Note says that content is being put or taken away. It is there before the content
// is, and goes when a document says what became of it, or with a sweep.
type Note struct {
	At instant.Time `json:"at"`
	// Removing says that a sweep takes the content away: nobody puts it meanwhile.
	Removing bool `json:"removing,omitempty"`
}

// ByAge is the index by which notes are read, oldest first.
const ByAge = "by_age"

// Spec gives the collection of notes of a name.
func Spec(name string) store.Spec {
	return store.Spec{Name: name, Indexes: []store.Index{{Name: ByAge, Order: "at"}}}
}

// Config is what leftovers are looked for with.
type Config struct {
	Collection string // of the notes
	Engine     store.Engine
	Objects    objects.Store // nil: there is no content
	Policy     *policy.Holder
	Clock      instant.Clock
	Log        *slog.Logger
	// Key gives under which key the content of a note lies.
	Key func(id string) string
	// Named tells whether a document names the content of a note.
	Named func(ctx context.Context, id string) (bool, error)
}

// Leftovers keeps the notes about one kind of content.
type Leftovers struct {
	Config
	notes store.Collection[Note]
}

// New declares the collection.
func New(ctx context.Context, c Config) (*Leftovers, error) {
	spec := Spec(c.Collection)
	if err := c.Engine.Declare(ctx, spec); err != nil {
		return nil, err
	}
	return &Leftovers{Config: c, notes: store.Of[Note](c.Engine, spec)}, nil
}

// Begin notes that content is about to be put or let go. Errors: unavailable, while a
// sweep takes that very content away.
func (l *Leftovers) Begin(ctx context.Context, id string) (d *store.Doc[Note], err error) {
	err = race.Again(ctx, 20, func() (err error) {
		d, err = l.notes.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(id, Note{}), nil
		}
		if err != nil {
			return err
		}
		if d.Body.Removing {
			return &problem.Error{Code: problem.Unavailable, RetryAfter: time.Second, Text: lang.T("该文件正在清理，请稍后重试", "What was left of this file is being cleared away; try again")}
		}
		d.Body.At = l.Clock()
		return l.notes.Commit(ctx, d, "")
	})
	return d, err
}

// Settle takes a note back. Failing is no harm: the sweep looks and finds all well.
func (l *Leftovers) Settle(ctx context.Context, d *store.Doc[Note]) {
	_ = l.notes.Remove(context.WithoutCancel(ctx), d)
}

// lookEvery is how often it is looked for what was left behind.
const lookEvery = time.Minute

// Run clears away what was left behind, until ctx ends.
func (l *Leftovers) Run(ctx context.Context) error {
	for {
		if _, err := l.Sweep(store.Background(ctx)); err != nil && ctx.Err() == nil && l.Log != nil {
			l.Log.WarnContext(ctx, "clearing what was left behind", "of", l.Collection, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// Sweep removes content that no document names, once its note is older than the
// policy allows (customers.attachment_abandoned); it tells how much. Content that a
// document names stays. It reads the notes, never all files.
func (l *Leftovers) Sweep(ctx context.Context) (removed int, err error) {
	if l.Objects == nil {
		return 0, nil
	}
	v, err := l.Policy.At(l.Clock())
	if err != nil {
		return 0, problem.Away(err)
	}
	now, keep := l.Clock(), v.Sections.Customers.AttachmentAbandoned.Elapsed() // uploads take as long at a demo's speed
	for {
		page, err := l.notes.Page(ctx, store.Query{Index: ByAge, Limit: 100})
		if err != nil {
			return removed, err
		}
		for _, d := range page.Docs {
			if now.Sub(d.Body.At) < keep {
				return removed, nil // and all that follow are younger
			}
			gone, err := l.clear(ctx, d)
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
// names the content, so that nobody who puts it again slips in between.
func (l *Leftovers) clear(ctx context.Context, d *store.Doc[Note]) (bool, error) {
	if !d.Body.Removing {
		d.Body.Removing = true
		if err := l.notes.Commit(ctx, d, ""); err != nil {
			return false, passed(err)
		}
	}
	named, err := l.Named(ctx, d.ID)
	if err != nil {
		return false, err
	}
	if !named {
		if err := l.Objects.Remove(ctx, l.Key(d.ID)); err != nil {
			return false, err
		}
	}
	return !named, passed(l.notes.Remove(ctx, d))
}

// passed leaves out that somebody else was faster.
func passed(err error) error {
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
