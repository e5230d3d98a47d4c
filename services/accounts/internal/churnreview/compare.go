package churnreview

import (
	"cmp"
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/churnreview/traits"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// Known is what a customer is compared by; its id is the customer's. It is kept
// by facts, one customer at a time, and compared by counting an index.
type Known struct {
	holdings.Belonging
	catalogue.ChurnTraits
	// Group is churned, retained, or empty: never bought and never lost, so in neither.
	Group  string `json:"group,omitempty"`
	Repeat string `json:"repeat,omitempty"` // once, more
}

// Value is a value that some customer has in a dimension.
type Value struct {
	Dimension string `json:"dimension"`
	Value     string `json:"value"`
}

// mostOrders are the orders that a customer's usual cycle and amount are told from: the newest.
const mostOrders = 500

func (r *Reviews) traitsOf(ctx context.Context, f customer.File, p policy.ChurnReviews) (catalogue.ChurnTraits, error) {
	orders, err := r.orders(ctx, f.ID)
	return traits.Of(f.Sector, cmp.Or(f.Type, f.Kind), orders, p), err
}

func (r *Reviews) orders(ctx context.Context, customer string) ([]catalogue.TimelineEntry, error) {
	return r.entries(ctx, customer, timeline.Filter{Kinds: []string{catalogue.EntryOrder}, Unique: true}, mostOrders)
}

// know brings what a customer is compared by up to date, from how things stand now.
func (r *Reviews) know(ctx context.Context, id string) error {
	f, err := r.Files.Root(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := r.learn(ctx, f)
	if err != nil {
		return err
	}
	if err := r.keep(ctx, f.ID, now); err != nil || f.ID == id {
		return err
	}
	gone, err := r.known.Get(ctx, id) // it turned out to be another customer
	if err == nil {
		err = r.known.Remove(ctx, gone)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (r *Reviews) learn(ctx context.Context, f customer.File) (Known, error) {
	_, v, err := r.settings()
	if err != nil {
		return Known{}, err
	}
	orders, err := r.orders(ctx, f.ID)
	if err != nil {
		return Known{}, err
	}
	docs, err := r.of(ctx, f.ID)
	if err != nil {
		return Known{}, err
	}
	k := Known{Belonging: holdings.Belonging{Customer: f.ID}, ChurnTraits: traits.Of(f.Sector, cmp.Or(f.Type, f.Kind), orders, v.Sections.Reviews.Churn)}
	switch len(orders) {
	case 0:
	case 1:
		k.Group, k.Repeat = traits.Retained, "once"
	default:
		k.Group, k.Repeat = traits.Retained, "more"
	}
	for _, d := range docs { // newest first
		if d.Body.Status == catalogue.ChurnWithdrawn {
			continue
		}
		if d.Body.WonBackAt == 0 {
			k.Group, k.ChurnTraits = traits.Churned, d.Body.Traits
		}
		break
	}
	return k, nil
}

func (r *Reviews) keep(ctx context.Context, id string, now Known) error {
	for range 8 {
		d, err := r.known.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(id, Known{}), nil
		}
		if err != nil {
			return err
		}
		now.Origins = d.Body.Origins
		if d.Version > 0 && d.Body.ChurnTraits == now.ChurnTraits && d.Body.Group == now.Group && d.Body.Repeat == now.Repeat {
			return nil
		}
		if err := r.nameValues(ctx, now.ChurnTraits); err != nil { // first, so that no customer has a value that is not compared
			return err
		}
		d.Body = now
		if err = r.known.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return store.ErrConflict
}

// nameValues notes the values that some customer has.
func (r *Reviews) nameValues(ctx context.Context, t catalogue.ChurnTraits) error {
	for _, d := range traits.Dimensions {
		v := Value{Dimension: d, Value: traits.Value(t, d)}
		if err := r.values.Commit(ctx, store.New(d+":"+v.Value, v), ""); err != nil && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return nil
}

// mostValues of a dimension are compared; a company with more industries names them too finely.
const mostValues = 500

// Compare compares lost customers with those that stayed.
func (r *Reviews) Compare(ctx context.Context, p auth.Principal) (traits.Comparison, error) {
	if err := r.Guard.MayAtAll(p, access.ChurnReport); err != nil {
		return traits.Comparison{}, err
	}
	_, v, err := r.settings()
	if err != nil {
		return traits.Comparison{}, err
	}
	counts := map[string][]traits.Count{}
	for _, d := range traits.Dimensions {
		page, err := r.values.Page(ctx, store.Query{Index: "by_dimension", Equal: []any{d}, Limit: mostValues})
		if err != nil {
			return traits.Comparison{}, err
		}
		for _, doc := range page.Docs {
			n := traits.Count{Value: doc.Body.Value}
			if n.Churned, n.Retained, err = r.both(ctx, "by_"+d, doc.Body.Value); err != nil {
				return traits.Comparison{}, err
			}
			counts[d] = append(counts[d], n)
		}
	}
	churned, retained, err := r.both(ctx, "by_group")
	return traits.Compare(churned, retained, counts, v.Sections.Reviews.Churn.FewAre), err
}

// both counts the lost and those that stayed.
func (r *Reviews) both(ctx context.Context, index string, value ...any) (churned, retained int64, err error) {
	if churned, err = r.known.Count(ctx, store.Query{Index: index, Equal: append([]any{traits.Churned}, value...)}); err != nil {
		return 0, 0, err
	}
	retained, err = r.known.Count(ctx, store.Query{Index: index, Equal: append([]any{traits.Retained}, value...)})
	return churned, retained, err
}
