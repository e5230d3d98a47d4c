package surveys

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/surveys/questionnaire"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Get gives a survey with its answers.
func (s *Surveys) Get(ctx context.Context, id string) (*Doc, error) {
	d, err := s.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("调查", "survey", id)
	}
	if err != nil {
		return nil, err
	}
	_, _, err = s.Files.Permitted(ctx, auth.From(ctx), access.SurveyRead, d.Body.Customer)
	return d, err
}

// List lists surveys, newest first: a customer's, or all that the caller may read.
func (s *Surveys) List(ctx context.Context, customer string, limit int, after string) ([]*Doc, string, error) {
	p := auth.From(ctx)
	if err := s.Guard.MayAtAll(p, access.SurveyRead); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: bySent, Desc: true, Limit: limit, After: after}
	if customer != "" {
		f, _, err := s.Files.Permitted(ctx, p, access.SurveyRead, customer)
		if err != nil {
			return nil, "", err
		}
		q.Index, q.Equal = holdings.Index, []any{f.ID}
	}
	page, err := s.docs.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	docs := slices.DeleteFunc(page.Docs, func(d *Doc) bool {
		_, _, err := s.Files.Permitted(ctx, p, access.SurveyRead, d.Body.Customer)
		return err != nil
	})
	return docs, page.Next, nil
}

// Figures says what is counted: surveys of a kind that were sent in [From, To), of
// a tier and a link if these are named, by month, tier, link, template or occasion.
type Figures struct {
	Kind       string
	From, To   instant.Time
	Tier, Link string
	By         string
}

// Figure is what a group of surveys says. Satisfaction and NPS have
// scales of their own and never one figure (C-07).
type Figure struct {
	Group      string   `json:"group" doc:"Month (UTC), tier, link, template or occasion; empty where there is none"`
	Sent       int      `json:"sent"`
	Answered   int      `json:"answered"`
	Low        int      `json:"low"`
	Score      *float64 `json:"score,omitempty" doc:"Mean satisfaction, 0 to 100; absent for NPS"`
	NPS        *int     `json:"nps,omitempty" doc:"Net promoter score, −100 to 100; absent for all else"`
	Promoters  int      `json:"promoters,omitempty"`
	Passives   int      `json:"passives,omitempty"`
	Detractors int      `json:"detractors,omitempty"`

	sum, scored int
}

// Count gives the figures.
func (s *Surveys) Count(ctx context.Context, f Figures) ([]Figure, error) {
	if err := s.Guard.MayAtAll(auth.From(ctx), access.SurveyFigure); err != nil {
		return nil, err
	}
	q := store.Query{Index: byKind, Equal: []any{f.Kind}, Limit: 500}
	if !f.From.IsZero() {
		q.Range.From = f.From.String()
	}
	if !f.To.IsZero() {
		q.Range.To = f.To.String()
	}
	groups := map[string]*Figure{}
	for {
		page, err := s.docs.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if k := &d.Body.Survey; f.fits(k) {
				f.count(groups, k)
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	return settled(groups), nil
}

func (f Figures) fits(k *catalogue.Survey) bool {
	return k.Status != catalogue.SurveyPassed && (f.Tier == "" || k.Tier == f.Tier) && (f.Link == "" || k.Link == f.Link)
}

func (f Figures) count(groups map[string]*Figure, k *catalogue.Survey) {
	name := ""
	switch f.By {
	case "month":
		name = k.SentAt.String()[:7]
	case "tier":
		name = k.Tier
	case "link":
		name = k.Link
	case "template":
		name = k.Template
	case "occasion":
		name = k.Occasion
	}
	g := groups[name]
	if g == nil {
		g = &Figure{Group: name}
		groups[name] = g
	}
	g.Sent++
	if k.Status != catalogue.SurveyDone {
		return
	}
	g.Answered++
	if k.Low {
		g.Low++
	}
	if k.Score != nil {
		g.sum, g.scored = g.sum+*k.Score, g.scored+1
	}
	switch k.NPS {
	case questionnaire.Promoter:
		g.Promoters++
	case questionnaire.Passive:
		g.Passives++
	case questionnaire.Detractor:
		g.Detractors++
	}
}

func settled(groups map[string]*Figure) []Figure {
	out := make([]Figure, 0, len(groups))
	for _, g := range groups {
		if g.scored > 0 {
			mean := float64(g.sum) / float64(g.scored)
			g.Score = &mean
		}
		if g.Promoters+g.Passives+g.Detractors > 0 {
			net := questionnaire.Net(g.Promoters, g.Passives, g.Detractors)
			g.NPS = &net
		}
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Figure) int { return cmp.Compare(a.Group, b.Group) })
	return out
}
