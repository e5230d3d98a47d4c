package timeline

import (
	"context"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/store"
)

// Kind of an entry as something that a customer holds.
const Kind = "timeline"

// Holders move entries with their customer.
func (t *Timeline) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of(Kind, t.entries, func(e *Entry) (*string, *[]string) { return &e.Customer, &e.Origins },
			func(d *store.Doc[Entry], s holdings.Split) bool { // what belongs to a thing goes where that goes
				r := d.Body.Ref
				return r != nil && s.Gives(r.Kind, r.ID)
			}),
		holdings.Of("timeline_correlation", t.correlations, func(c *correlation) (*string, *[]string) { return &c.Customer, &c.Origins }, nil),
	}
}

// Each visits all entries of a customer, oldest first.
func (t *Timeline) Each(ctx context.Context, customer string, visit func(Entry) error) error {
	q := store.Query{Index: holdings.Index, Equal: []any{customer}, Limit: 500}
	for {
		page, err := t.entries.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := visit(d.Body); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
