package intervention

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Get gives an intervention to whoever may read its customer's, or works in its team.
func (s *Interventions) Get(ctx context.Context, p auth.Principal, id string) (catalogue.Intervention, error) {
	if err := s.Guard.MayAtAll(p, access.InterventionRead); err != nil {
		return catalogue.Intervention{}, err
	}
	d, err := s.get(ctx, id)
	if err != nil {
		return catalogue.Intervention{}, err
	}
	return d.Body.Intervention, s.readable(ctx, p, d.Body.Intervention)
}

func (s *Interventions) readable(ctx context.Context, p auth.Principal, i catalogue.Intervention) error {
	for _, r := range i.Team {
		if s.Guard.May(p, access.InterventionWork, access.Holder{Owner: r.Person}) == nil {
			return nil
		}
	}
	_, _, err := s.Files.Permitted(ctx, p, access.InterventionRead, i.Customer)
	return err
}

// List gives interventions: those of a customer, newest first, or those in a
// state, first due first; of these who may not see everybody's sees what they may.
func (s *Interventions) List(ctx context.Context, p auth.Principal, customer, status string, limit int, after string) ([]catalogue.Intervention, string, error) {
	q := store.Query{Index: byStatus, Equal: []any{status}, Limit: limit, After: after}
	if customer != "" {
		f, _, err := s.Files.Permitted(ctx, p, access.InterventionRead, customer)
		if err != nil {
			return nil, "", err
		}
		q.Index, q.Equal, q.Desc = holdings.Index, []any{f.ID}, true
	} else if err := s.Guard.MayAtAll(p, access.InterventionRead); err != nil {
		return nil, "", err
	}
	page, err := s.cases.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.Intervention, 0, len(page.Docs))
	for _, d := range page.Docs {
		if customer == "" && !s.Guard.Everywhere(p, access.InterventionRead) && s.readable(ctx, p, d.Body.Intervention) != nil {
			continue
		}
		out = append(out, d.Body.Intervention)
	}
	return out, page.Next, nil
}
