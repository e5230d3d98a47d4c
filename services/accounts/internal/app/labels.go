package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// LabelTypes are the facts after which the lists of customers by tag may be others.
var LabelTypes = []string{(&catalogue.CustomerChanged{}).Kind().Type, (&catalogue.CustomerFolded{}).Kind().Type, (&catalogue.CustomerUnfolded{}).Kind().Type}

// labelled are the fields of a file that these lists are made of.
var labelled = []string{"name", "tags", "product_tags", "need_tags"}

// Label keeps the lists of customers by tag, as the files' own facts tell that tags
// changed. What it writes is what the file holds by now, so facts may come twice or late.
func (a *Accounts) Label(ctx context.Context, e facts.Event) error {
	if e.Type == LabelTypes[0] {
		d, err := facts.Decode[struct {
			Changed []string `json:"changed"`
		}](e)
		if err != nil {
			return facts.Final(err)
		}
		if !slices.ContainsFunc(d.Changed, func(f string) bool { return slices.Contains(labelled, f) }) {
			return nil
		}
	}
	id := e.Aggregate[len("customer/"):]
	return retry(ctx, func() error { return a.relabel(ctx, id) })
}

// relabel brings the entries of one file up to date, again if the file changed
// meanwhile: of two that do so at once, the one that ends last saw the newest file.
func (a *Accounts) relabel(ctx context.Context, id string) error {
	for {
		d, err := a.docs.Customers.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := a.writeLabels(ctx, d); err != nil {
			return err
		}
		now, err := a.docs.Customers.Get(ctx, id)
		if err != nil || now.Version == d.Version {
			return err
		}
	}
}

func (a *Accounts) writeLabels(ctx context.Context, d *store.Doc[customer.File]) error {
	page, err := a.docs.Labels.Page(ctx, store.Query{Index: storage.LabelsOf, Equal: []any{d.ID}, Limit: 500})
	if err != nil {
		return err
	}
	wanted := labels(d.Body)
	for _, l := range page.Docs {
		i := slices.Index(wanted, l.Body.Label)
		switch {
		case i < 0:
			err = a.docs.Labels.Remove(ctx, l)
		case l.Body.Search != d.Body.Search:
			l.Body.Search = d.Body.Search
			err = a.docs.Labels.Commit(ctx, l, "")
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if i >= 0 {
			wanted = slices.Delete(wanted, i, i+1)
		}
	}
	for _, label := range wanted {
		entry := storage.Label{Label: label, File: d.ID, Search: d.Body.Search}
		if err := a.docs.Labels.Commit(ctx, store.New(label+"|"+d.ID, entry), ""); err != nil {
			return err
		}
	}
	return nil
}

// Kinds of tags, as labels begin.
const (
	LabelTag     = "tag:"
	LabelProduct = "product:"
	LabelNeed    = "need:"
)

// labels are all tags that a file is listed under; one that is folded is not.
func labels(f customer.File) []string {
	var out []string
	if f.MergedInto != "" {
		return out
	}
	for kind, tags := range map[string][]string{LabelTag: f.Tags, LabelProduct: f.ProductTags, LabelNeed: f.NeedTags} {
		for _, t := range tags {
			out = append(out, kind+t)
		}
	}
	slices.Sort(out)
	return out
}
