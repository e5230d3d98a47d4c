package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// importCause names the row that caused a fact.
func importCause(id string, line int) string { return fmt.Sprintf("import/%s:%d", id, line) }

// ownCustomers sees that every customer with an open deal in the file has its
// one responsible person: who holds it already, or who has most of its
// open deals here.
func (r *importRun) ownCustomers(ctx context.Context) error {
	held := map[string]map[string]int{}
	names := map[string]string{}
	for n := range r.doc.Body.Chunks {
		c, err := r.imports().Chunks.Get(ctx, chunkID(r.doc.ID, n))
		if err != nil {
			return err
		}
		for _, row := range c.Body.Rows {
			x := r.plan.Deal(row)
			d := x.Deal
			if x.Refused || d.Customer == "" || d.Outcome != catalogue.DealOpen {
				continue
			}
			if held[d.Customer] == nil {
				held[d.Customer] = map[string]int{}
			}
			held[d.Customer][d.Owner]++
			names[d.Customer] = d.Company
		}
	}
	ctx = facts.WithCause(ctx, importCause(r.doc.ID, 0))
	for customer, owners := range held {
		o, err := r.ensureOwned(ctx, customer, most(owners), names[customer])
		if err != nil {
			return err
		}
		r.owners[customer] = o.Body.Owner
	}
	return nil
}

// most gives who has the most, the first by id among equals.
func most(owners map[string]int) string {
	best := ""
	for id, n := range owners {
		if best == "" || n > owners[best] || n == owners[best] && id < best {
			best = id
		}
	}
	return best
}

func (r *importRun) dealRow(ctx context.Context, row imports.Row) (rowResult, error) {
	x := r.plan.Deal(row)
	out := rowResult{outcome: rowRefused, entries: x.Entries}
	if x.Refused {
		return out, nil
	}
	d := &x.Deal
	d.ID = derivedID(x.Key...)
	if owner := r.owners[d.Customer]; owner != "" && d.Outcome == catalogue.DealOpen && owner != d.Owner {
		out.entries = append(out.entries, imports.Entry{Line: row.Line, Outcome: imports.Adjusted, Field: "owner", Rule: "R-043", Value: d.Owner, Became: owner,
			Text: lang.T("客户只有一位第一责任人，商机随客户", "the customer has one first-responsible person: the deal goes with the customer")})
		d.Owner = owner
	}
	for _, f := range x.Facts {
		switch f := f.(type) {
		case *catalogue.DealOpened:
			f.After = *d
		case *catalogue.DealImported:
			f.After = *d
		}
	}
	recorded, err := facts.RecordAll(ctx, r.stamp(d.Customer), 1, x.Facts...)
	if err != nil {
		return out, err
	}
	err = r.Deals.Commit(ctx, store.New(d.ID, storage.NewDeal(*d)), "", recorded...)
	if out.outcome, err = r.cameBefore(ctx, r.Deals.Aggregate(d.ID), row, *d, &out, err); err != nil || out.outcome == rowRefused {
		return out, err
	}
	out.stage = d.Stage
	if d.Outcome == catalogue.DealWon {
		out.won = d.Amount
	}
	return out, nil
}

// cameBefore judges the outcome of a commit: a row that is in the system was
// brought in by this very row before a crash, by an earlier import, or by
// another row of this file.
func (r *importRun) cameBefore(ctx context.Context, aggregate string, row imports.Row, now any, out *rowResult, err error) (int, error) {
	if err == nil {
		return rowCreated, nil
	}
	if !errors.Is(err, store.ErrExists) {
		return rowRefused, err
	}
	first, err := r.Engine.History(ctx, aggregate, 0, 1)
	if err != nil || len(first) == 0 {
		return rowRefused, errors.Join(err, store.ErrNotFound)
	}
	e, err := facts.Stored(first[0])
	if err != nil {
		return rowRefused, err
	}
	head, err := facts.Decode[catalogue.Head](e)
	switch {
	case err != nil:
		return rowRefused, err
	case head.Cause == importCause(r.doc.ID, row.Line):
		return rowCreated, nil
	case strings.HasPrefix(head.Cause, "import/"+r.doc.ID+":"):
		_, line, _ := strings.Cut(head.Cause, ":")
		out.entries = append(out.entries, imports.Entry{Line: row.Line, Outcome: imports.Refused, Field: "external", Rule: "duplicate_row", Value: r.external(now),
			Text: lang.T("与第 "+line+" 行重复", "repeats line "+line)})
		return rowRefused, nil
	}
	// What an earlier import adjusted was reported by that one.
	out.entries = nil
	if differs := r.differences(e, now); len(differs) > 0 {
		list := strings.Join(differs, ", ")
		out.entries = []imports.Entry{{Line: row.Line, Outcome: imports.Adjusted, Field: differs[0], Rule: "already_imported", Value: r.external(now),
			Text: lang.T("之前已导入，保持系统中的内容；文件中不同的字段："+list, "was imported before and stays as it is in the system; the file differs in: "+list)}}
	}
	return rowUnchanged, nil
}

func (r *importRun) external(now any) string {
	if d, ok := now.(catalogue.Deal); ok {
		return d.External
	}
	return ""
}

// differences names what a row says otherwise than the row that was imported before.
func (r *importRun) differences(e facts.Event, now any) []string {
	var list []string
	compare := func(name string, x, y any) {
		if !reflect.DeepEqual(x, y) {
			list = append(list, name)
		}
	}
	switch now := now.(type) {
	case catalogue.Deal:
		f, err := facts.Decode[catalogue.DealOpened](e) // an imported deal has the same form
		if err != nil {
			return nil
		}
		was := f.After
		compare("stage", was.Stage, now.Stage)
		compare("amount", was.Amount, now.Amount)
		compare("product", was.Product, now.Product)
		compare("customer", was.Company, now.Company)
		if !now.ClosedAt.IsZero() && now.ClosedAt < r.doc.Body.StartedAt {
			compare("closed_at", was.ClosedAt, now.ClosedAt)
		}
	case catalogue.Lead:
		f, err := facts.Decode[catalogue.LeadRecorded](e)
		if err != nil {
			return nil
		}
		compare("company", f.After.Company, now.Company)
		compare("contact", f.After.Contact, now.Contact)
		compare("need", f.After.Need, now.Need)
		compare("phone", f.After.Phone, now.Phone)
	}
	slices.Sort(list)
	return list
}

// leadRow records a lead as an import does: its clocks run from the import, its
// arrival is history.
func (r *importRun) leadRow(ctx context.Context, row imports.Row) (rowResult, error) {
	x := r.plan.Lead(row)
	out := rowResult{outcome: rowRefused, entries: x.Entries}
	if x.Refused {
		return out, nil
	}
	at, id := r.doc.Body.StartedAt, derivedID(x.Key...)
	if _, err := r.Leads.Get(ctx, id); err == nil {
		return r.leadBefore(ctx, id, row, x, out)
	}
	owner, reason := x.Intake.Owner, ownership.Manual
	if owner == "" {
		owner, reason = r.inTurn(r.view, "", at), ownership.Rotation
	}
	l := lead.Record(id, x.Intake, owner, r.doc.Body.CreatedBy, r.view, at)
	l.Imported = true
	if !x.Arrived.IsZero() {
		l.ArrivedAt = x.Arrived
	}
	doc, data := firstRecord(l, reason, at)
	recorded, err := facts.RecordAll(ctx, r.stamp(""), 1, data...)
	if err != nil {
		return out, err
	}
	err = r.Leads.Commit(ctx, doc, "", recorded...)
	out.outcome, err = r.cameBefore(ctx, r.Leads.Aggregate(id), row, l, &out, err)
	return out, err
}

func (r *importRun) leadBefore(ctx context.Context, id string, row imports.Row, x imports.LeadRow, out rowResult) (rowResult, error) {
	now := catalogue.Lead{Company: x.Intake.Company, Contact: x.Intake.Contact, Need: x.Intake.Need, Phone: x.Intake.Phone}
	var err error
	out.outcome, err = r.cameBefore(ctx, r.Leads.Aggregate(id), row, now, &out, store.ErrExists)
	return out, err
}
