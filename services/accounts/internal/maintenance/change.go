package maintenance

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// errNothing says that a decision changes nothing.
var errNothing = errors.New("nothing changes")

// mostCounted bounds the newest orders and deals that a document remembers by id.
const mostCounted = 1000

// now gives what a command decides by.
func (m *Maintenance) now() (plan.Now, error) {
	at := m.Clock()
	v, err := m.view()
	if err != nil {
		return plan.Now{}, err
	}
	return plan.Now{At: at, Policy: v, People: people{m.People, v.Sections.Standing}}, nil
}

func (m *Maintenance) view() (*policy.View, error) {
	v, err := m.Policy.At(m.Clock())
	if err != nil {
		return nil, problem.Away(err)
	}
	return v, nil
}

// decision changes a document and says how; ended are processes that came to their end.
type decision func(n plan.Now, d *Doc) (fact *catalogue.MaintenanceChanged, ended []catalogue.ProcessInstance, err error)

// change carries a decision out on a customer's maintenance, again if somebody
// else's commit was faster. A command that was carried out before changes
// nothing. Errors: problem.NotFound where the customer is not maintained.
func (m *Maintenance) change(ctx context.Context, customer, command string, match func(int64) error, decide decision) (*store.Doc[Doc], error) {
	var doc *store.Doc[Doc]
	err := retry(ctx, func() error {
		var err error
		if doc, err = m.docs.Get(ctx, customer); err != nil {
			return missing(err, customer)
		}
		if doc.Did(command) {
			return nil
		}
		if err := match(doc.Version); err != nil {
			return err
		}
		return m.decide(ctx, doc, command, decide)
	})
	return doc, err
}

func (m *Maintenance) decide(ctx context.Context, doc *store.Doc[Doc], command string, decide decision) error {
	n, err := m.now()
	if err != nil {
		return err
	}
	doc.Body.Running = slices.Clone(doc.Body.Running)
	fact, ended, err := decide(n, &doc.Body)
	if errors.Is(err, errNothing) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, p := range ended {
		if err := m.keep(ctx, doc.ID, p); err != nil {
			return err
		}
	}
	fact.After = doc.Body.Maintenance
	return m.commit(ctx, doc, command, n, fact)
}

func (m *Maintenance) commit(ctx context.Context, doc *store.Doc[Doc], command string, n plan.Now, fact catalogue.Data) error {
	recorded, err := facts.Record(ctx, facts.Stamp{Source: "liuke/accounts", At: n.At, Customer: doc.ID, Policy: n.Policy.Version}, doc.Version+1, fact)
	if err != nil {
		return err
	}
	if err := m.docs.Commit(ctx, doc, command, recorded); !errors.Is(err, store.ErrRepeated) {
		return err
	}
	return nil
}

// keep puts a process that has ended into the archive; if the commit that ends it
// fails, the next one overwrites what was kept.
func (m *Maintenance) keep(ctx context.Context, customer string, p catalogue.ProcessInstance) error {
	body := Ended{Belonging: holdings.Belonging{Customer: customer}, ProcessInstance: p}
	d, err := m.archived.Get(ctx, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(p.ID, body), nil
	}
	if err != nil {
		return err
	}
	d.Body = body
	return m.archived.Commit(ctx, d, "")
}

// begin makes a customer's maintenance unless there is one; fill tells what it
// begins with.
func (m *Maintenance) begin(ctx context.Context, customer catalogue.Customer, owner, by, command string, fill func(plan.Now, *Doc)) (*store.Doc[Doc], error) {
	n, err := m.now()
	if err != nil {
		return nil, err
	}
	body := Doc{Maintenance: plan.Begin(n, customer, owner, by)}
	fill(n, &body)
	plan.File(&body.Maintenance, customer)
	doc := store.New(customer.ID, body)
	return doc, m.commit(ctx, doc, command, n, &catalogue.MaintenanceBegan{After: body.Maintenance})
}

func missing(err error, customer string) error {
	if errors.Is(err, store.ErrNotFound) {
		return problem.Missing("客户维护", "maintenance of customer", customer)
	}
	return err
}

func anyVersion(int64) error { return nil }

// tries bounds how often a command is decided again after it lost a race.
const tries = 16

func retry(ctx context.Context, do func() error) error {
	var err error
	for range tries {
		if err = do(); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return err
}

func remember(list []string, id string) []string {
	list = append(slices.Clone(list), id)
	return list[max(0, len(list)-mostCounted):]
}

// isMissing tells whether an error says that the customer is not maintained.
func isMissing(err error) bool {
	var p *problem.Error
	return errors.As(err, &p) && p.Code == problem.NotFound
}

// asRefusal tells whether an error says that things stand otherwise by now.
func asRefusal(err error, to **problem.Error) bool {
	return errors.As(err, to) && (*to).Code == problem.Refused
}
