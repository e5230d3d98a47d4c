package needchange

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// everybody is who may read anything: whose customer it is is asked in its name.
var everybody = auth.Principal{ID: "accounts", Roles: []auth.Role{auth.System}}

// find gives a change and who answers for its customer.
func (c *Changes) find(ctx context.Context, id string) (*Doc, access.Holder, error) {
	d, err := c.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, access.Holder{}, problem.Missing("需求变更", "change of need", id)
	}
	if err != nil {
		return nil, access.Holder{}, err
	}
	_, holder, err := c.files.Permitted(ctx, everybody, access.Read, d.Body.Customer)
	return d, holder, err
}

// Get gives a change to whoever may read the customer or has to do with it: who
// asked, who decides, and the departments that must know.
func (c *Changes) Get(ctx context.Context, p auth.Principal, id string) (*Doc, error) {
	d, holder, err := c.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return d, c.maySee(p, d.Body.Change, holder)
}

func (c *Changes) maySee(p auth.Principal, n catalogue.NeedChange, h access.Holder) error {
	if p.ID == n.RequestedBy || p.ID == n.Approver {
		return nil
	}
	for _, d := range n.Departments {
		if c.mayConfirm(p, n, d.Department) == nil {
			return nil
		}
	}
	return c.guard.May(p, access.Read, h)
}

// Filter chooses one list.
type Filter struct {
	Customer string
	Status   string
	Approver string // with the status requested: what waits for a person
}

// List gives the changes that a principal may see, newest first; a page may be
// shorter than its limit.
func (c *Changes) List(ctx context.Context, p auth.Principal, f Filter, limit int, after string) ([]*Doc, string, error) {
	q := store.Query{Index: byRequested, Desc: true, Limit: limit, After: after}
	switch {
	case f.Customer != "":
		file, _, err := c.files.Permitted(ctx, p, access.Read, f.Customer)
		if err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = holdings.Index, []any{file.ID}
	case f.Approver != "":
		q.Index, q.Equal = byApprover, []any{f.Approver, catalogue.NeedRequested}
	case f.Status != "":
		q.Index, q.Equal = byStatus, []any{f.Status}
	}
	page, err := c.docs.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	var seen []*Doc
	for _, d := range page.Docs {
		_, holder, err := c.files.Permitted(ctx, everybody, access.Read, d.Body.Customer)
		if err != nil {
			return nil, "", err
		}
		if c.maySee(p, d.Body.Change, holder) == nil {
			seen = append(seen, d)
		}
	}
	return seen, page.Next, nil
}
