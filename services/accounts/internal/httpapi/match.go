package httpapi

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/problem"
)

type matchInput struct {
	ID   string `path:"id" minLength:"1" maxLength:"200"`
	Body effects.MatchCustomer
}

type output[T any] struct{ Body T }

func (a *API) match(ctx context.Context, in *matchInput) (*output[effects.Matched], error) {
	p := auth.From(ctx)
	if err := a.Guard.MayAtAll(p, access.Match); err != nil {
		return nil, err
	}
	m, err := a.Accounts.MatchOrCreate(ctx, in.ID, p.ID, app.Ask{MatchCustomer: in.Body})
	return &output[effects.Matched]{m}, err
}

// MatchItem is one of many asks.
type MatchItem struct {
	ID string `json:"id" minLength:"1" maxLength:"200" doc:"Id of the asker: a lead's, deal's or imported row's"`
	effects.MatchCustomer
	Sector   string `json:"sector,omitempty" maxLength:"200"`
	External string `json:"external,omitempty" maxLength:"200" doc:"Id in the system it is imported from"`
}

// MatchedItem answers a MatchItem.
type MatchedItem struct {
	ID string `json:"id"`
	effects.Matched
	Asked bool `json:"asked,omitempty" doc:"It was asked for under this id before: nothing is new"`
}

type matchManyInput struct {
	Body struct {
		Items   []MatchItem `json:"items" minItems:"1" maxItems:"500"`
		Preview bool        `json:"preview,omitempty" doc:"Nothing is written: created says that a file would be opened, and no customer is named then"`
	}
}

type matchedMany struct {
	Items []MatchedItem `json:"items" doc:"In the order of the question"`
}

// asked side by side; more only queue up behind the store's one writer.
const asked = 8

func (a *API) matchMany(ctx context.Context, in *matchManyInput) (*output[matchedMany], error) {
	p := auth.From(ctx)
	if err := a.Guard.MayAtAll(p, access.MatchBatch); err != nil {
		return nil, err
	}
	var wrong []problem.Field
	for i, item := range in.Body.Items {
		if matching.Display(item.Name) == "" {
			wrong = append(wrong, problem.Required(fmt.Sprintf("items[%d].name", i)))
		}
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return nil, err
	}
	out := make([]MatchedItem, len(in.Body.Items))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(asked)
	for i, item := range in.Body.Items {
		g.Go(func() error {
			before, err := a.Accounts.Find(ctx, matching.Known{Kind: matching.Person}, item.ID)
			if err != nil {
				return err
			}
			ask := app.Ask{MatchCustomer: item.MatchCustomer, Sector: item.Sector, External: item.External}
			if in.Body.Preview {
				found, err := a.Accounts.WouldMatch(ctx, item.ID, ask)
				out[i] = MatchedItem{item.ID, effects.Matched{Customer: found, Created: found == ""}, before != ""}
				return err
			}
			m, err := a.Accounts.MatchOrCreate(ctx, item.ID, p.ID, ask)
			out[i] = MatchedItem{item.ID, m, before != ""}
			return err
		})
	}
	return &output[matchedMany]{matchedMany{out}}, g.Wait()
}
