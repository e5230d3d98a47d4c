package standing

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	rules "liuke.dev/shared/standing"
	"liuke.dev/shared/store"
)

// Holders let a merge of customers and its undo move how they stand.
func (p *Part) Holders() []holdings.Holder { return []holdings.Holder{holder{p}} }

type holder struct{ part *Part }

func (h holder) Kind() string { return "standing" }

func (h holder) Count(ctx context.Context, customer string) (int64, error) {
	_, err := h.part.docs.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return 1, err
}

func (h holder) Fold(ctx context.Context, from, into string) error {
	return h.part.fold(ctx, from, into)
}

// Unfold gives both their own histories back. What was recorded since goes by the
// timeline, which has been divided by then.
func (h holder) Unfold(ctx context.Context, s holdings.Split) error {
	was, err := h.part.docs.Get(ctx, s.From)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	given := was.Body.History.Clone()
	if h.part.lines != nil {
		err := h.part.lines.Each(ctx, s.From, func(e catalogue.TimelineEntry) { given.Add(e) })
		if err != nil {
			return err
		}
	}
	if _, err := h.part.change(ctx, s.From, "", func(d *Doc, _ instant.Time) (bool, error) {
		d.FoldedInto, d.History = "", given.Clone()
		return true, nil
	}); err != nil {
		return err
	}
	_, err = h.part.change(ctx, s.Into, "", func(d *Doc, _ instant.Time) (bool, error) {
		d.History = without(d.History, given)
		d.Origins = remove(d.Origins, s.From)
		return true, nil
	})
	return err
}

// fold lets a customer take in the history of a file that turned out to be it. A
// repeat changes nothing.
func (p *Part) fold(ctx context.Context, from, into string) error {
	was, err := p.docs.Get(ctx, from)
	if errors.Is(err, store.ErrNotFound) || from == into {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := p.change(ctx, into, "", func(d *Doc, _ instant.Time) (bool, error) {
		before := d.History.Size()
		d.History.Merge(was.Body.History)
		d.Origins = append(remove(d.Origins, from), from)
		return d.History.Size() != before, nil
	}); err != nil {
		return err
	}
	return p.rest(ctx, from, into)
}

// rest takes a folded file off the lists; its history stays, for an undo.
func (p *Part) rest(ctx context.Context, from, into string) error {
	for {
		d, err := p.docs.Get(ctx, from)
		if err != nil || d.Body.FoldedInto == into {
			return err
		}
		d.Body.FoldedInto, d.Body.Red, d.Body.Key, d.Body.In, d.Body.Lifecycle = into, false, false, nil, ""
		if err := p.docs.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// without gives a history without the marks of another.
func without(h, gone rules.History) rules.History {
	var out rules.History
	for class, list := range h.Marks {
		theirs := map[rules.Mark]bool{}
		for _, m := range gone.Marks[class] {
			theirs[m] = true
		}
		for _, m := range list {
			if !theirs[m] {
				out.Take(rules.Classed{Class: class, Mark: m})
			}
		}
	}
	return out
}

func remove(list []string, id string) []string {
	var out []string
	for _, v := range list {
		if v != id {
			out = append(out, v)
		}
	}
	return out
}
