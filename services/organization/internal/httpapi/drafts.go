package httpapi

import (
	"context"
	"encoding/json"

	"liuke.dev/services/organization/internal/storage"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// draft of the policy book.
type draft struct {
	ID        string                     `json:"id"`
	Base      int64                      `json:"base" doc:"Version that it was begun from"`
	Author    string                     `json:"author"`
	Note      string                     `json:"note,omitempty"`
	ChangedAt instant.Time               `json:"changed_at"`
	Sections  map[string]json.RawMessage `json:"sections" doc:"The sections that it changes"`
}

func draftOf(d *store.Doc[storage.Draft]) draft {
	out := draft{d.ID, d.Body.Base, d.Body.Author, d.Body.Note, d.Body.ChangedAt, d.Body.Sections}
	if out.Sections == nil {
		out.Sections = map[string]json.RawMessage{}
	}
	return out
}

// validation is what is wrong with a draft.
type validation struct {
	Valid    bool            `json:"valid"`
	Errors   []problem.Field `json:"errors" doc:"Which field breaks which rule"`
	Outdated []string        `json:"outdated,omitempty" doc:"Sections that were published anew since the draft was begun"`
	Changes  []policy.Change `json:"changes" doc:"Against the version published last"`
}

// DraftPath names a draft.
type DraftPath struct {
	ID string `path:"id" maxLength:"60" pattern:"^[A-Za-z0-9_-]+$" example:"spring"`
}

// SectionPath names a section of a draft.
type SectionPath struct {
	DraftPath
	Section string `path:"section" maxLength:"40" example:"intake"`
}

func (a *API) drafts(s *httpx.Server) {
	op := func(method, path, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1/policy/drafts" + path, ID: id, Tag: "policy drafts", Summary: summary}
	}
	httpx.Handle(s, op("GET", "", "list-drafts", "Drafts, the one changed last first"), a.listDrafts)
	httpx.Handle(s, op("POST", "", "begin-draft", "Begin a draft on the version published last"), a.beginDraft)
	httpx.Handle(s, op("GET", "/{id}", "get-draft", "A draft"), a.getDraft)
	httpx.Handle(s, op("DELETE", "/{id}", "delete-draft", "Throw a draft away"), a.deleteDraft)
	put := op("PUT", "/{id}/sections/{section}", "put-draft-section", "Replace a section in a draft")
	put.Description = "Begins the draft if need be. The body is the whole section as its JSON Schema describes it; rules are checked by validation and publication."
	httpx.Handle(s, put, a.putSection)
	drop := op("DELETE", "/{id}/sections/{section}", "drop-draft-section", "Take a section out of a draft")
	drop.Status = 200
	httpx.Handle(s, drop, a.dropSection)
	check := op("POST", "/{id}/validation", "validate-draft", "What is wrong with a draft, and what it would change")
	check.Status = 200
	httpx.Handle(s, check, a.validateDraft)
	httpx.Handle(s, op("GET", "/{id}/diff", "compare-draft", "What a draft changes against a version"), a.diffDraft)
	httpx.Handle(s, op("POST", "/{id}/publication", "publish-draft", "Publish a draft as the next version"), a.publishDraft)
}

func (a *API) listDrafts(ctx context.Context, in *httpx.PageParams) (*httpx.List[draft], error) {
	page, err := a.App.Drafts(ctx, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	items := make([]draft, len(page.Docs))
	for i, d := range page.Docs {
		items[i] = draftOf(d)
	}
	return httpx.NewList(items, page.Next), nil
}

func (a *API) beginDraft(ctx context.Context, in *struct {
	Body struct {
		Note string `json:"note,omitempty" maxLength:"500" example:"春节安排"`
	}
}) (*httpx.Item[draft], error) {
	d, err := a.App.BeginDraft(ctx, httpx.NewID(ctx), in.Body.Note)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(draftOf(d), d.Version, httpx.Path("v1", "policy", "drafts", d.ID)), nil
}

func (a *API) getDraft(ctx context.Context, in *DraftPath) (*httpx.Item[draft], error) {
	d, err := a.App.Draft(ctx, in.ID)
	return shown(d, err)
}

func shown(d *store.Doc[storage.Draft], err error) (*httpx.Item[draft], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(draftOf(d), d.Version), nil
}

func (a *API) deleteDraft(ctx context.Context, in *struct {
	DraftPath
	httpx.IfMatch
}) (*httpx.None, error) {
	return httpx.NoContent(), a.App.DeleteDraft(ctx, in.ID, in.Check)
}

func (a *API) putSection(ctx context.Context, in *struct {
	SectionPath
	httpx.IfMatch
	Body json.RawMessage
}) (*httpx.Item[draft], error) {
	return shown(a.App.PutSection(ctx, in.ID, in.Section, in.Body, in.Check))
}

func (a *API) dropSection(ctx context.Context, in *struct {
	SectionPath
	httpx.IfMatch
}) (*httpx.Item[draft], error) {
	return shown(a.App.DropSection(ctx, in.ID, in.Section, in.Check))
}

func (a *API) validateDraft(ctx context.Context, in *DraftPath) (*httpx.Item[validation], error) {
	v, err := a.App.Validate(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := validation{Valid: len(v.Fields)+len(v.Stale) == 0, Errors: v.Fields, Outdated: v.Stale, Changes: v.Changes}
	if out.Errors == nil {
		out.Errors = []problem.Field{}
	}
	if out.Changes == nil {
		out.Changes = []policy.Change{}
	}
	return &httpx.Item[validation]{Status: 200, Body: out}, nil
}

func (a *API) diffDraft(ctx context.Context, in *struct {
	DraftPath
	From int64 `query:"from" minimum:"0" doc:"Version to compare with; absent: the one published last"`
}) (*httpx.Item[difference], error) {
	d, err := a.App.Draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	latest, err := a.App.Latest(ctx)
	if err != nil {
		return nil, err
	}
	after, err := a.App.Sections(d.Body, latest)
	if err != nil {
		return nil, err
	}
	before := latest
	if in.From > 0 {
		if before, err = a.App.Version(ctx, in.From); err != nil {
			return nil, err
		}
	}
	return &httpx.Item[difference]{Status: 200, Body: difference{changes(before.Sections, after), touches(before.Sections, after, latest.Version+1)}}, nil
}

func (a *API) publishDraft(ctx context.Context, in *struct {
	DraftPath
	httpx.IfMatch
	Body publication
}) (*httpx.Item[published], error) {
	p, err := a.App.Publish(ctx, in.ID, in.Body.as(), in.Check)
	return a.published(ctx, p, err)
}
