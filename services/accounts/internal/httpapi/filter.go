package httpapi

import (
	"context"

	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/problem"
)

// Filter narrows the list of customers to those of one kind.
type Filter struct {
	Tier       string `query:"tier" maxLength:"40" doc:"By name, those that a tier was given to (R-079)"`
	Type       string `query:"type" maxLength:"40" doc:"By name (R-079)"`
	Tag        string `query:"tag" maxLength:"40" doc:"By name (R-040)"`
	ProductTag string `query:"product_tag" maxLength:"40" doc:"By name (R-040)"`
	NeedTag    string `query:"need_tag" maxLength:"40" doc:"By name, those whose need it is now (R-040)"`
	Owner      string `query:"owner" maxLength:"80" doc:"Newest file first (R-043)"`
}

type listing func(ctx context.Context, a *app.Accounts, p auth.Principal, limit int, after string) ([]app.Seen, string, error)

// chosen gives the list that is asked for, nil if another one is.
func (f Filter) chosen(other bool) (listing, error) {
	var by listing
	given := 0
	if other {
		given++
	}
	for _, c := range []struct {
		value string
		list  listing
	}{
		{f.Tier, func(ctx context.Context, a *app.Accounts, p auth.Principal, limit int, after string) ([]app.Seen, string, error) {
			return a.ByTier(ctx, p, f.Tier, limit, after)
		}},
		{f.Type, func(ctx context.Context, a *app.Accounts, p auth.Principal, limit int, after string) ([]app.Seen, string, error) {
			return a.ByType(ctx, p, f.Type, limit, after)
		}},
		{f.Owner, func(ctx context.Context, a *app.Accounts, p auth.Principal, limit int, after string) ([]app.Seen, string, error) {
			return a.ByOwner(ctx, p, f.Owner, limit, after)
		}},
		{f.Tag, byLabel(app.LabelTag + f.Tag)},
		{f.ProductTag, byLabel(app.LabelProduct + f.ProductTag)},
		{f.NeedTag, byLabel(app.LabelNeed + f.NeedTag)},
	} {
		if c.value != "" {
			by = c.list
			given++
		}
	}
	if given > 1 && by != nil {
		return nil, problem.InvalidFields(problem.FieldError("query", "combination", "一次只能用一个条件", "only one filter at a time"))
	}
	return by, nil
}

func byLabel(label string) listing {
	return func(ctx context.Context, a *app.Accounts, p auth.Principal, limit int, after string) ([]app.Seen, string, error) {
		return a.ByLabel(ctx, p, label, limit, after)
	}
}
