package accounts

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/intervention"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/orders"
	"liuke.dev/services/accounts/internal/outreach"
	"liuke.dev/services/accounts/internal/standing"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/service"
)

// rescuing makes the part that works for customers in danger.
func rescuing(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, frame *links.Links, line *timeline.Timeline, bought *orders.Orders, reach *outreach.Outreach, where *standing.Part) (part, error) {
	groups := func(ctx context.Context, customer string) ([]string, error) {
		d, err := where.Get(auth.With(ctx, auth.Principal{ID: "liuke", Roles: []auth.Role{auth.System}}), customer)
		if err != nil {
			return nil, err
		}
		return d.Body.Groups, nil
	}
	s, err := intervention.New(ctx, intervention.Config{Engine: d.Store, Files: a, Line: line, Orders: bought, Outreach: reach, Links: frame, Groups: groups, Guard: guard, Directory: d.Directory,
		Policy: d.Policy, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	return intervention.Part{Interventions: s, Deps: d}, nil
}
