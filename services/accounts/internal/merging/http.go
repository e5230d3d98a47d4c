package merging

import (
	"context"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const tag = "Merges"

// Register adds the operations.
func (m *Merging) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op(http.MethodGet, "/v1/merges/preview", "preview-merge", "What merging two customers would make", "Changes nothing (R-033)."), m.getPreview)
	httpx.Handle(s, op(http.MethodPost, "/v1/merges", "merge-customers", "Merge two customers", "Everything of both goes on as one customer, and can be taken back (R-033)."), m.post)
	httpx.Handle(s, op(http.MethodGet, "/v1/merges", "list-merges", "Merges, newest first", "Of a customer, or all."), m.list)
	httpx.Handle(s, op(http.MethodGet, "/v1/merges/{id}", "get-merge", "Read a merge", ""), m.get)
	httpx.Handle(s, op(http.MethodGet, "/v1/merges/{id}/undo", "preview-undo-merge", "What undoing a merge would do", "With what was recorded since, and whose it is."), m.getUndo)
	undo := op(http.MethodPost, "/v1/merges/{id}/undo", "undo-merge", "Undo a merge", "Both customers come back with what was their own; what nobody can tell must be answered.")
	undo.Status = http.StatusOK
	httpx.Handle(s, undo, m.postUndo)
}

type output[T any] struct{ Body T }

type previewInput struct {
	Keep string `query:"keep" required:"true" minLength:"1" maxLength:"200" doc:"Customer whose name stands"`
	Drop string `query:"drop" required:"true" minLength:"1" maxLength:"200" doc:"Customer that turned out to be the same"`
}

func (m *Merging) getPreview(ctx context.Context, in *previewInput) (*output[Preview], error) {
	out, err := m.Preview(ctx, in.Keep, in.Drop)
	return &output[Preview]{out}, err
}

type mergeInput struct {
	Body struct {
		Keep   string `json:"keep" minLength:"1" maxLength:"200" doc:"Customer whose name stands"`
		Drop   string `json:"drop" minLength:"1" maxLength:"200" doc:"Customer that turned out to be the same"`
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

func (m *Merging) post(ctx context.Context, in *mergeInput) (*httpx.Item[catalogue.Merge], error) {
	d, err := m.Merge(ctx, in.Body.Keep, in.Body.Drop, in.Body.Reason)
	return item(d, err)
}

func item(d *store.Doc[Record], err error) (*httpx.Item[catalogue.Merge], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(d.Body.Merge, d.Version), nil
}

type idInput struct {
	ID string `path:"id" maxLength:"80"`
}

func (m *Merging) get(ctx context.Context, in *idInput) (*httpx.Item[catalogue.Merge], error) {
	d, err := m.record(ctx, in.ID)
	if err == nil {
		err = m.Accounts.MayRead(ctx, auth.From(ctx), d.Body.Into)
	}
	return item(d, err)
}

type listInput struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200" doc:"Merges into this customer"`
}

func (m *Merging) list(ctx context.Context, in *listInput) (*httpx.List[catalogue.Merge], error) {
	q := store.Query{Index: newest, Desc: true, Limit: in.Limit, After: in.After}
	if in.Customer != "" {
		q.Index, q.Equal = byInto, []any{in.Customer}
	}
	page, err := m.records.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	seen := make([]catalogue.Merge, 0, len(page.Docs))
	for _, d := range page.Docs {
		if m.Accounts.MayRead(ctx, auth.From(ctx), d.Body.Into) == nil {
			seen = append(seen, d.Body.Merge)
		}
	}
	return httpx.NewList(seen, page.Next), nil
}

func (m *Merging) getUndo(ctx context.Context, in *idInput) (*output[Undoing], error) {
	out, err := m.PreviewUndo(ctx, in.ID)
	return &output[Undoing]{out}, err
}

type undoInput struct {
	ID   string `path:"id" maxLength:"80"`
	Body struct {
		Reason  string   `json:"reason" minLength:"1" maxLength:"1000"`
		Answers []Answer `json:"answers,omitempty" maxItems:"5000" doc:"Whose each doubtful thing is"`
	}
}

func (m *Merging) postUndo(ctx context.Context, in *undoInput) (*httpx.Item[catalogue.Merge], error) {
	for _, a := range in.Body.Answers {
		if a.Kind == "" || a.ID == "" {
			return nil, problem.InvalidFields(problem.Required("answers"))
		}
	}
	return item(m.Undo(ctx, in.ID, in.Body.Reason, in.Body.Answers))
}
