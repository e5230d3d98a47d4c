package standing

import (
	"context"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// lookEvery is how often it is looked whether other rules are in force.
const lookEvery = 2 * time.Second

// followRules judges customers anew who were last judged by other rules: once
// after a book with other rules comes into force, in small steps, the work of
// people before it. It goes by an index of who was judged by what.
func (p *Part) followRules(ctx context.Context) error {
	done := ""
	for {
		if v, err := p.Policy.At(p.Clock()); err == nil {
			if name := p.settings.of(v); name != done {
				if err := p.rejudge(store.Background(ctx), name); err == nil {
					done = name
				} else if ctx.Err() == nil {
					p.Log.WarnContext(ctx, "judging customers by other rules", "error", err)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// rejudge judges everybody who was judged by rules of another name.
func (p *Part) rejudge(ctx context.Context, name string) error {
	for _, r := range []store.Range{{To: name}, {From: name + "!"}} {
		for {
			page, err := p.docs.Page(ctx, store.Query{Index: bySettings, Range: r, Limit: 100})
			if err != nil {
				return err
			}
			for _, d := range page.Docs {
				if err := p.rejudgeOne(ctx, d, name); err != nil {
					return err
				}
			}
			if len(page.Docs) < 100 {
				break
			}
		}
	}
	return nil
}

func (p *Part) rejudgeOne(ctx context.Context, d *store.Doc[Doc], name string) error {
	if d.Body.FoldedInto != "" {
		d.Body.Settings = name
		return p.docs.Commit(ctx, d, "")
	}
	_, err := p.change(ctx, d.ID, "", func(*Doc, instant.Time) (bool, error) { return true, nil })
	return err
}
