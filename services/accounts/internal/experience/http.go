package experience

import (
	"context"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
)

// Section is the base as a part of the service.
type Section struct {
	*Base
	Deps service.Deps
}

// Register adds the operations.
func (s Section) Register(r *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: "Experience base"}
	}
	httpx.Handle(r, op("GET", "/v1/experience", "search-experience", "Search the experience base",
		"All words must be there, the best first, in Chinese and English alike; without a question the newest first (R-127)."), s.search)
	httpx.Handle(r, op("POST", "/v1/experience", "add-experience", "Add to the experience base by hand", "Closed churn reviews enter by themselves (R-127)."), s.add)
	httpx.Handle(r, op("GET", "/v1/experience/{id}", "get-experience", "Read an entry of the experience base", ""), s.get)
}

// Run makes entries of closed reviews, until ctx ends.
func (s Section) Run(ctx context.Context) error {
	return s.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.experience", Topics: []string{catalogue.TopicAccounts}, Types: Types, Handle: s.Observe})
}

// View is an entry as the interface shows it.
type View struct {
	catalogue.Lesson
	Score   float64 `json:"score,omitempty" doc:"How well it fits what was asked"`
	Excerpt []Part  `json:"excerpt,omitempty" doc:"The text around what was asked, in pieces: those that hit are marked"`
	Version int64   `json:"version"`
}

func viewOf(d *Doc) View { return View{Lesson: d.Body.Lesson, Version: d.Version} }

func (s Section) search(ctx context.Context, in *struct {
	httpx.PageParams
	Q string `query:"q" maxLength:"200" doc:"What is looked for"`
}) (*httpx.List[View], error) {
	p := auth.From(ctx)
	var out []View
	if in.Q == "" {
		page, err := s.Newest(ctx, p, in.Limit, in.After)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			out = append(out, viewOf(d))
		}
		return httpx.NewList(out, page.Next), nil
	}
	hits, next, err := s.Search(ctx, p, in.Q, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	for _, h := range hits {
		v := viewOf(h.Doc)
		v.Score, v.Excerpt = h.Score, h.Parts
		out = append(out, v)
	}
	return httpx.NewList(out, next), nil
}

func (s Section) add(ctx context.Context, in *struct {
	Body struct {
		Title string   `json:"title" maxLength:"300"`
		Text  string   `json:"text" maxLength:"50000"`
		Tags  []string `json:"tags,omitempty" maxItems:"30"`
	}
}) (*httpx.Item[View], error) {
	d, err := s.Write(ctx, auth.From(ctx), in.Body.Title, in.Body.Text, in.Body.Tags)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(viewOf(d), d.Version, httpx.Path("v1", "experience", d.ID)), nil
}

func (s Section) get(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"300"`
}) (*httpx.Item[View], error) {
	d, err := s.Get(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(viewOf(d), d.Version), nil
}
