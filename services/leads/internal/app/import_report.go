package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"encoding/csv"

	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spreadsheet"
	"liuke.dev/shared/store"
)

// Preview shows what an import would make of the file.
type Preview struct {
	Rows     int
	Refused  int
	Adjusted int
	// Rules counts entries by outcome, field and rule.
	Rules  map[string]int
	Stages map[string]int
	First  []PreviewRow
}

// PreviewRow is a row as it would be.
type PreviewRow struct {
	Line    int             `json:"line"`
	Refused bool            `json:"refused"`
	Deal    *catalogue.Deal `json:"deal,omitempty"`
	Lead    *lead.Intake    `json:"lead,omitempty"`
	Entries []imports.Entry `json:"entries"`
}

// PreviewImport reads every row by the mapping as it stands and shows the first
// ones; nothing is stored.
func (a *App) PreviewImport(ctx context.Context, id string, first int) (Preview, error) {
	doc, err := a.GetImport(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	at, v, err := a.now()
	if err != nil {
		return Preview{}, err
	}
	plan, err := a.plan(doc.Body, v, at)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Rules: map[string]int{}, Stages: map[string]int{}}
	for n := range doc.Body.Chunks {
		c, err := a.imports().Chunks.Get(ctx, chunkID(id, n))
		if err != nil {
			return p, err
		}
		for _, row := range c.Body.Rows {
			p.add(previewRow(plan, row), first)
		}
	}
	return p, nil
}

func previewRow(plan *imports.Plan, row imports.Row) PreviewRow {
	if plan.Kind == imports.Leads {
		x := plan.Lead(row)
		return PreviewRow{Line: row.Line, Refused: x.Refused, Lead: &x.Intake, Entries: x.Entries}
	}
	x := plan.Deal(row)
	return PreviewRow{Line: row.Line, Refused: x.Refused, Deal: &x.Deal, Entries: x.Entries}
}

func (p *Preview) add(x PreviewRow, first int) {
	p.Rows++
	switch {
	case x.Refused:
		p.Refused++
	case len(x.Entries) > 0:
		p.Adjusted++
	}
	if !x.Refused && x.Deal != nil {
		p.Stages[x.Deal.Stage]++
	}
	for _, e := range x.Entries {
		p.Rules[e.Outcome+" "+e.Field+" "+e.Rule]++
	}
	if len(p.First) < first {
		if x.Refused {
			x.Deal, x.Lead = nil, nil
		}
		if x.Entries == nil {
			x.Entries = []imports.Entry{}
		}
		p.First = append(p.First, x)
	}
}

// ImportReport gives entries of an import's report in the order of the file, a
// page of them, of one outcome or of both.
func (a *App) ImportReport(ctx context.Context, id, outcome, after string, limit int) ([]imports.Entry, string, error) {
	if _, err := a.GetImport(ctx, id); err != nil {
		return nil, "", err
	}
	place, skip := -1, 0
	if after != "" {
		if n, err := fmt.Sscanf(after, "%d-%d", &place, &skip); n != 2 || err != nil || place < 0 || skip < 0 {
			return nil, "", problem.InvalidFields(problem.FieldError("query.after", "cursor", "不是本列表的游标", "is not a cursor of this list"))
		}
	}
	var out []imports.Entry
	next := ""
	err := a.eachReport(ctx, id, place, func(r imports.Report) error {
		for n, e := range r.Entries {
			if r.Place == place && n < skip || outcome != "" && e.Outcome != outcome {
				continue
			}
			if len(out) == limit {
				next = fmt.Sprintf("%d-%d", r.Place, n)
				return errFound
			}
			out = append(out, e)
		}
		return nil
	})
	return out, next, err
}

// eachReport visits the pieces of a report from a place on; errFound ends it.
func (a *App) eachReport(ctx context.Context, id string, from int, visit func(imports.Report) error) error {
	q := store.Query{Index: "import", Equal: []any{id}, Limit: 20}
	if from > 0 {
		q.Range.From = int64(from)
	}
	err := each(ctx, a.imports().Reports, q, func(d *store.Doc[imports.Report]) error { return visit(d.Body) })
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}

// WriteImportReport writes the whole report as CSV, with the mark that
// spreadsheets recognise UTF-8 by.
func (a *App) WriteImportReport(ctx context.Context, id string, to io.Writer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	if err := w.Write([]string{"line", "outcome", "field", "rule", "value", "became", "text_zh", "text_en"}); err != nil {
		return err
	}
	err := a.eachReport(ctx, id, -1, func(r imports.Report) error {
		for _, e := range r.Entries {
			row := []string{fmt.Sprint(e.Line), e.Outcome, e.Field, e.Rule, spreadsheet.Harmless(e.Value), spreadsheet.Harmless(e.Became), e.Text.Zh, e.Text.En}
			if err := w.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
	w.Flush()
	return errors.Join(err, w.Error())
}
