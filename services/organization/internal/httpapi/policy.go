package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/app"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// Edition is a version of the book without its sections.
type Edition struct {
	Version       int64        `json:"version"`
	EffectiveFrom instant.Time `json:"effective_from"`
	Author        string       `json:"author"`
	Reason        string       `json:"reason"`
	PublishedAt   instant.Time `json:"published_at"`
	InForce       bool         `json:"in_force"`
}

func editionOf(b policy.Book, inForce int64) Edition {
	return Edition{b.Version, b.EffectiveFrom, b.Author, b.Reason, b.PublishedAt, b.Version == inForce}
}

// published is the answer to a publication.
type published struct {
	Edition
	Changes   []policy.Change `json:"changes" doc:"Against the version published before"`
	Touches   []touched       `json:"touches" doc:"Running journeys that decide by the new version from then on"`
	Displaced []int64         `json:"displaced,omitempty" doc:"Scheduled versions that now never come into force"`
}

// touched is a kind of journey that a change reaches.
type touched struct {
	Journey  string   `json:"journey" example:"deal"`
	Sections []string `json:"sections"`
	Href     string   `json:"href" example:"/v1/journeys?kind=deal&behind=7" doc:"The running ones that have not decided by it yet"`
}

// reach says which sections each kind of journey decides by.
var reach = []struct {
	journey  string
	sections []string
}{
	{"lead", []string{"intake", "follow_up", "lead_care", "ownership", "tasks", "risk", "calendars"}},
	{"deal", []string{"pipelines", "risk", "ownership", "tasks", "follow_up", "calendars"}},
	{"transfer", []string{"ownership", "calendars"}},
}

// touches says what a change from one version of the book to another reaches.
// version is the one that has after; a draft will be the next one.
func touches(before, after policy.Sections, version int64) []touched {
	changed := map[string]bool{}
	for _, name := range policy.SectionNames {
		a, errA := before.Section(name)
		b, errB := after.Section(name)
		changed[name] = errA != nil || errB != nil || string(a) != string(b)
	}
	out := []touched{}
	for _, r := range reach {
		t := touched{Journey: r.journey, Href: fmt.Sprintf("/v1/journeys?kind=%s&behind=%d", r.journey, version)}
		for _, name := range r.sections {
			if changed[name] {
				t.Sections = append(t.Sections, name)
			}
		}
		if len(t.Sections) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// publication is why and from when a version is published.
type publication struct {
	Reason        string       `json:"reason" maxLength:"1000" example:"春节前放宽回收期限"`
	EffectiveFrom instant.Time `json:"effective_from,omitempty" doc:"Now if absent; never in the past"`
}

func (p publication) as() app.Publication {
	return app.Publication{Reason: p.Reason, EffectiveFrom: p.EffectiveFrom}
}

// VersionPath names a version of the book.
type VersionPath struct {
	Version int64 `path:"version" minimum:"1" example:"1"`
}

func (a *API) policy(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/policy", ID: "get-policy", Tag: "policy", Summary: "The policy book in force"}, a.getPolicy)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/policy/versions", ID: "list-policy-versions", Tag: "policy", Summary: "Versions, newest first"}, a.listVersions)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/policy/versions/{version}", ID: "get-policy-version", Tag: "policy", Summary: "A version"}, a.getVersion)
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/v1/policy/versions/{version}/restoration", ID: "restore-policy-version", Tag: "policy", Summary: "Go back to a version",
		Description: "Publishes its sections as a new version; history stays."}, a.restore)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/policy/diff", ID: "compare-policy-versions", Tag: "policy", Summary: "What differs between two versions"}, a.diff)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/policy/schemas", ID: "list-policy-schemas", Tag: "policy", Summary: "Sections of the book", Public: true}, a.schemas)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/policy/schemas/{section}", ID: "get-policy-schema", Tag: "policy", Summary: "JSON Schema of a section", Public: true}, a.schema)
}

func (a *API) getPolicy(ctx context.Context, _ *struct{}) (*httpx.Item[policy.Book], error) {
	b, err := a.inForce(ctx)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(b, b.Version), nil
}

func (a *API) listVersions(ctx context.Context, in *httpx.PageParams) (*httpx.List[Edition], error) {
	now, err := a.inForce(ctx)
	if err != nil {
		return nil, err
	}
	page, err := a.App.Docs.Books.Page(ctx, store.Query{Index: "by_version", Desc: true, Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	items := make([]Edition, len(page.Docs))
	for i, d := range page.Docs {
		items[i] = editionOf(d.Body, now.Version)
	}
	return httpx.NewList(items, page.Next), nil
}

func (a *API) version(ctx context.Context, n int64) (policy.Book, error) {
	if err := a.App.May(ctx, access.ReadPolicy); err != nil {
		return policy.Book{}, err
	}
	return a.App.Version(ctx, n)
}

func (a *API) getVersion(ctx context.Context, in *VersionPath) (*httpx.Item[policy.Book], error) {
	b, err := a.version(ctx, in.Version)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(b, b.Version), nil
}

func (a *API) restore(ctx context.Context, in *struct {
	VersionPath
	Body publication
}) (*httpx.Item[published], error) {
	p, err := a.App.Restore(ctx, in.Version, in.Body.as())
	return a.published(ctx, p, err)
}

// published shows a version that was just published.
func (a *API) published(ctx context.Context, p app.Published, err error) (*httpx.Item[published], error) {
	if err != nil {
		return nil, err
	}
	before, err := a.App.Version(ctx, p.Book.Version-1)
	if err != nil {
		return nil, err
	}
	now, err := a.App.InForce(ctx)
	if err != nil {
		return nil, err
	}
	body := published{editionOf(p.Book, now.Version), changes(before.Sections, p.Book.Sections), touches(before.Sections, p.Book.Sections, p.Book.Version), p.Displaced}
	return httpx.NewCreated(body, p.Book.Version, "/v1/policy/versions/"+strconv.FormatInt(p.Book.Version, 10)), nil
}

func changes(a, b policy.Sections) []policy.Change {
	if d := policy.Diff(a, b); d != nil {
		return d
	}
	return []policy.Change{}
}

// difference is what differs between two versions, or a version and a draft.
type difference struct {
	Changes []policy.Change `json:"changes"`
	Touches []touched       `json:"touches"`
}

func (a *API) diff(ctx context.Context, in *struct {
	From int64 `query:"from" minimum:"1" required:"true" example:"1"`
	To   int64 `query:"to" minimum:"1" required:"true" example:"2"`
}) (*httpx.Item[difference], error) {
	from, err := a.version(ctx, in.From)
	if err != nil {
		return nil, err
	}
	to, err := a.version(ctx, in.To)
	if err != nil {
		return nil, err
	}
	return &httpx.Item[difference]{Status: 200, Body: difference{changes(from.Sections, to.Sections), touches(from.Sections, to.Sections, to.Version)}}, nil
}

func (a *API) schemas(context.Context, *struct{}) (*httpx.List[string], error) {
	return httpx.NewList(policy.SectionNames, ""), nil
}

func (a *API) schema(_ context.Context, in *struct {
	Section string `path:"section" maxLength:"40" example:"intake"`
}) (*httpx.Item[json.RawMessage], error) {
	raw, err := policy.Schema(in.Section)
	if err != nil {
		return nil, err
	}
	return &httpx.Item[json.RawMessage]{Status: 200, Body: raw}, nil
}
