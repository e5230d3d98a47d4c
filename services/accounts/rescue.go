package accounts

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/intervention"
	"liuke.dev/services/accounts/internal/orders"
	"liuke.dev/services/accounts/internal/outreach"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/service"
)

// rescuing makes the part that works for customers in danger.
func rescuing(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, line *timeline.Timeline, bought *orders.Orders, reach *outreach.Outreach) (part, error) {
	s, err := intervention.New(ctx, intervention.Config{Engine: d.Store, Files: a, Line: line, Orders: bought, Outreach: reach, Guard: guard, Directory: d.Directory,
		Policy: d.Policy, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	return intervention.Part{Interventions: s, Deps: d}, nil
}
