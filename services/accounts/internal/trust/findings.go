package trust

import (
	"context"
	"errors"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Document of a finding. A merge does not move it: the board of both is judged anew.
type Document struct{ catalogue.Finding }

const (
	byCustomer = "by_customer"
	byStatus   = "by_status"
	byRule     = "by_rule"
)

var findings = store.Spec{Name: "finding", Indexes: []store.Index{
	{Name: byCustomer, Equal: []string{"customer"}, Order: "found_at"},
	{Name: byStatus, Equal: []string{"status"}, Order: "found_at"},
	{Name: byRule, Equal: []string{"status", "rule"}, Order: "found_at"},
}}

// Files is what findings ask of the customers' files.
type Files interface {
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Config is what findings are made of.
type Config struct {
	Engine store.Engine
	Files  Files
	Guard  access.Guard
	Policy *policy.Holder
	Clock  instant.Clock
}

// Findings keeps data-trust findings.
type Findings struct {
	Config
	docs store.Collection[Document]
}

// New declares the collection.
func New(ctx context.Context, c Config) (*Findings, error) {
	if err := c.Engine.Declare(ctx, findings); err != nil {
		return nil, err
	}
	return &Findings{Config: c, docs: store.Of[Document](c.Engine, findings)}, nil
}

// Judge gives a customer's findings by the policy in force, and when time alone changes them.
func (f *Findings) Judge(b board.Board, now instant.Time) ([]board.Finding, instant.Time, error) {
	v, err := f.Policy.At(now)
	if err != nil {
		return nil, 0, problem.Away(err)
	}
	found, next := Judge(b, v.Sections.DataTrust, now)
	return found, next, nil
}

// Settle records what is found now and was not before, and what is found no more.
// It may be repeated.
func (f *Findings) Settle(ctx context.Context, customer string, before, now []board.Finding) error {
	holds := map[string]bool{}
	for _, found := range now {
		holds[found.Key()] = true
		if err := f.raise(ctx, customer, found); err != nil {
			return err
		}
	}
	for _, found := range before {
		if holds[found.Key()] {
			continue
		}
		if err := f.end(ctx, customer, found.Key()); err != nil {
			return err
		}
	}
	return nil
}

func (f *Findings) raise(ctx context.Context, customer string, found board.Finding) error {
	id := customer + ":" + found.Key()
	now := f.Clock()
	for {
		d, err := f.docs.Get(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			d = store.New(id, Document{})
		case err != nil:
			return err
		case d.Body.Status == catalogue.FindingOpen, d.Body.Status == catalogue.FindingSetAside && f.quiet(d.Body, now):
			return nil
		}
		d.Body.Finding = catalogue.Finding{ID: id, Customer: customer, Rule: found.Rule, Subject: found.Subject, Says: found.Says, Evidence: found.Evidence, Since: found.Since,
			Status: catalogue.FindingOpen, FoundAt: now}
		if err := f.commit(ctx, d, "", &catalogue.FindingRaised{After: d.Body.Finding}); !lost(err) {
			return err
		}
	}
}

// quiet tells whether what somebody set aside stays so.
func (f *Findings) quiet(d Document, now instant.Time) bool {
	v, err := f.Policy.At(now)
	return err != nil || now < d.EndedAt.Add(v.Sections.DataTrust.SetAsideFor.Elapsed())
}

func (f *Findings) end(ctx context.Context, customer, key string) error {
	for {
		d, err := f.docs.Get(ctx, customer+":"+key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || d.Body.Status == catalogue.FindingSettled {
			return err
		}
		d.Body.Status, d.Body.EndedAt = catalogue.FindingSettled, f.Clock()
		if err := f.commit(ctx, d, "", &catalogue.FindingEnded{After: d.Body.Finding}); !lost(err) {
			return err
		}
	}
}

// SetAside notes that a finding is right as it is, and why; it may come up again
// after the time that the policy sets.
func (f *Findings) SetAside(ctx context.Context, p auth.Principal, customer, key, reason, command string) (catalogue.Finding, error) {
	file, _, err := f.Files.Permitted(ctx, p, access.FindingSettle, customer)
	if err != nil {
		return catalogue.Finding{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return catalogue.Finding{}, problem.InvalidFields(problem.Required("reason"))
	}
	d, err := f.docs.Get(ctx, file.ID+":"+key)
	if errors.Is(err, store.ErrNotFound) {
		return catalogue.Finding{}, problem.Missing("数据可信度问题", "finding", key)
	}
	if err != nil || d.Did(command) {
		return d.Body.Finding, err
	}
	if d.Body.Status != catalogue.FindingOpen {
		return catalogue.Finding{}, problem.Refuse("R-042", "该问题已不存在或已搁置", "It does not hold any more, or was set aside before")
	}
	d.Body.Status, d.Body.By, d.Body.Reason, d.Body.EndedAt = catalogue.FindingSetAside, p.ID, reason, f.Clock()
	err = f.commit(ctx, d, command, &catalogue.FindingEnded{After: d.Body.Finding})
	if lost(err) {
		return catalogue.Finding{}, problem.StaleVersion(d.Version + 1)
	}
	return d.Body.Finding, err
}

func (f *Findings) commit(ctx context.Context, d *store.Doc[Document], command string, data catalogue.Data) error {
	stamp := facts.Stamp{Source: "liuke/accounts", At: f.Clock(), Customer: d.Body.Customer, Key: "customer/" + d.Body.Customer}
	fact, err := facts.Record(ctx, stamp, d.Version+1, data)
	if err != nil {
		return err
	}
	return f.docs.Commit(ctx, d, command, fact)
}

func lost(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists)
}

// Of gives a page of a customer's findings, newest first.
func (f *Findings) Of(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]catalogue.Finding, string, error) {
	file, _, err := f.Files.Permitted(ctx, p, access.Read, customer)
	if err != nil {
		return nil, "", err
	}
	page, err := f.docs.Page(ctx, store.Query{Index: byCustomer, Equal: []any{file.ID}, Desc: true, Limit: limit, After: after})
	return shown(page.Docs), page.Next, err
}

// All gives a page of the findings in a state, newest first, of customers that the
// principal may read; a page may be short.
func (f *Findings) All(ctx context.Context, p auth.Principal, status, rule string, limit int, after string) ([]catalogue.Finding, string, error) {
	if err := f.Guard.MayAtAll(p, access.FindingList); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: byStatus, Equal: []any{status}, Desc: true, Limit: limit, After: after}
	if rule != "" {
		q.Index, q.Equal = byRule, []any{status, rule}
	}
	page, err := f.docs.Page(ctx, q)
	if err != nil || f.Guard.Everywhere(p, access.FindingList) {
		return shown(page.Docs), page.Next, err
	}
	var mine []*store.Doc[Document]
	for _, d := range page.Docs {
		_, _, err := f.Files.Permitted(ctx, p, access.FindingList, d.Body.Customer)
		var refused *problem.Error
		if errors.As(err, &refused) && refused.Status() < 500 {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		mine = append(mine, d)
	}
	return shown(mine), page.Next, nil
}

func shown(docs []*store.Doc[Document]) []catalogue.Finding {
	out := make([]catalogue.Finding, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Body.Finding)
	}
	return out
}
