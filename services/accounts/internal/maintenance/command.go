package maintenance

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// permitted follows folds and asks whether the caller may do the action to the
// customer; it gives the customer's id of today.
func (m *Maintenance) permitted(ctx context.Context, a access.Action, customer string) (string, error) {
	file, holder, err := m.Files.Permitted(ctx, auth.From(ctx), a, customer)
	if isMissing(err) || errors.Is(err, store.ErrNotFound) {
		return "", problem.Missing("客户", "customer", customer)
	}
	if err != nil {
		return "", err
	}
	_ = holder
	return file.ID, nil
}

// Get gives a customer's maintenance.
func (m *Maintenance) Get(ctx context.Context, customer string) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceRead, customer)
	if err != nil {
		return nil, err
	}
	doc, err := m.docs.Get(ctx, id)
	return doc, missing(err, id)
}

// Processes gives the processes that have ended, newest first.
func (m *Maintenance) Processes(ctx context.Context, customer string, limit int, after string) ([]catalogue.ProcessInstance, string, error) {
	id, err := m.permitted(ctx, access.MaintenanceRead, customer)
	if err != nil {
		return nil, "", err
	}
	page, err := m.archived.Page(ctx, store.Query{Index: "by_customer", Equal: []any{id}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	var out []catalogue.ProcessInstance
	for _, d := range page.Docs {
		out = append(out, d.Body.ProcessInstance)
	}
	return out, page.Next, nil
}

// List gives the maintenance of a success person's customers, or of all in a
// state, oldest first; the caller sees those that they may read.
func (m *Maintenance) List(ctx context.Context, success, status string, limit int, after string) ([]*store.Doc[Doc], string, error) {
	p := auth.From(ctx)
	if err := m.Guard.MayAtAll(p, access.MaintenanceRead); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: "by_status", Equal: []any{status}, Limit: limit, After: after}
	if success != "" {
		q = store.Query{Index: "by_success", Equal: []any{success, status}, Limit: limit, After: after}
	}
	page, err := m.docs.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	seen := slices.DeleteFunc(page.Docs, func(d *store.Doc[Doc]) bool {
		return d.Body.Success != p.ID && m.Guard.May(p, access.MaintenanceRead, access.Holder{Owner: d.Body.Owner}) != nil
	})
	return seen, page.Next, nil
}

// Agreement is what is agreed with a customer, and who looks after it; nil leaves
// a field as it is.
type Agreement struct {
	Contact        *string
	Nodes          *[]string
	Cadence        *catalogue.Cadence
	Success        *string
	Implementation *string
}

// Begin begins the maintenance of a customer by hand.
func (m *Maintenance) Begin(ctx context.Context, customer string, a Agreement) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceBegin, customer)
	if err != nil {
		return nil, err
	}
	file, err := m.Files.Root(ctx, id)
	if err != nil {
		return nil, err
	}
	command := httpx.Command(ctx)
	if d, err := m.docs.Get(ctx, id); err == nil {
		if d.Did(command) {
			return d, nil
		}
		return nil, problem.Refuse("R-068", "该客户已在维护中", "This customer is maintained already")
	}
	v, err := m.view()
	if err != nil {
		return nil, err
	}
	if err := m.check(a, v); err != nil {
		return nil, err
	}
	owner, err := m.owner(ctx, id, file.CreatedBy)
	if err != nil {
		return nil, err
	}
	return m.begin(ctx, file.Customer, owner, catalogue.BeganByHand, command, func(n plan.Now, d *Doc) { a.apply(d, n.Policy.Sections.Maintenance) })
}

// Agree changes what is agreed with a customer or who looks after it.
func (m *Maintenance) Agree(ctx context.Context, customer string, match func(int64) error, a Agreement) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceAgree, customer)
	if err != nil {
		return nil, err
	}
	return m.change(ctx, id, httpx.Command(ctx), match, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if err := m.check(a, n.Policy); err != nil {
			return nil, nil, err
		}
		a.apply(d, n.Policy.Sections.Maintenance)
		return &catalogue.MaintenanceChanged{Change: "contact"}, nil, nil
	})
}

func (a Agreement) apply(d *Doc, s policy.Maintenance) {
	set := func(to *string, v *string) {
		if v != nil {
			*to = strings.TrimSpace(*v)
		}
	}
	set(&d.Contact, a.Contact)
	set(&d.Success, a.Success)
	set(&d.Implementation, a.Implementation)
	if a.Cadence != nil {
		d.Cadence = *a.Cadence
	}
	if a.Nodes != nil {
		d.Nodes = nil
		for _, n := range *a.Nodes {
			d.Nodes = append(d.Nodes, catalogue.ServiceNode{ID: n, Name: s.Node(n)})
		}
	}
}

func (m *Maintenance) check(a Agreement, v *policy.View) error {
	var f []problem.Field
	person := func(field string, id *string) {
		if id == nil || m.People == nil {
			return
		}
		if p, ok := m.People.Person(*id); !ok || !p.Active {
			f = append(f, problem.FieldError(field, "active_person", "没有这位在职人员", "is not an active person"))
		}
	}
	person("success", a.Success)
	person("implementation", a.Implementation)
	if a.Nodes != nil {
		f = append(f, plan.UnknownNodes("nodes", *a.Nodes, v)...)
	}
	return problem.InvalidFields(f...)
}

// MoveLink goes to another link of the post-sale life cycle, with a reason.
func (m *Maintenance) MoveLink(ctx context.Context, customer, to, reason string) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceAgree, customer)
	if err != nil {
		return nil, err
	}
	by := auth.From(ctx).ID
	return m.change(ctx, id, httpx.Command(ctx), anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		if d.Link == to {
			return nil, nil, errNothing
		}
		plan.MoveLink(n, &d.Maintenance, to, by, reason)
		return &catalogue.MaintenanceChanged{Change: "link", Reason: reason}, nil, nil
	})
}

// Refer notes somebody whom the customer brought.
func (m *Maintenance) Refer(ctx context.Context, customer string, r catalogue.Referral) (*store.Doc[Doc], error) {
	id, err := m.permitted(ctx, access.MaintenanceAgree, customer)
	if err != nil {
		return nil, err
	}
	if r.Customer != "" {
		f, err := m.Files.Root(ctx, r.Customer)
		if err != nil || f.ID == id {
			return nil, problem.InvalidFields(problem.FieldError("customer", "exists", "不是另一个已知客户", "is not another known customer"))
		}
		r.Customer, r.Name = f.ID, f.Name
	}
	r.ID, r.By = httpx.NewID(ctx), auth.From(ctx).ID
	return m.change(ctx, id, httpx.Command(ctx), anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		for _, known := range d.Referred {
			if r.Customer != "" && known.Customer == r.Customer || r.Lead != "" && known.Lead == r.Lead {
				return nil, nil, problem.Refuse("R-075", "该转介绍已登记", "This referral is recorded already")
			}
		}
		if r.At.IsZero() {
			r.At = n.At
		}
		plan.Refer(&d.Maintenance, r)
		return &catalogue.MaintenanceChanged{Change: "referral"}, nil, nil
	})
}
