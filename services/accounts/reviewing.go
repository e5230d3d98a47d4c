package accounts

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/churnreview"
	"liuke.dev/services/accounts/internal/experience"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/services/accounts/internal/reviews"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/service"
)

// reviewing makes the parts by which a company learns: churn reviews, the
// experience base and scheduled reviews.
func reviewing(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, frame *links.Links, line *timeline.Timeline, sends reach.Outreach) ([]part, error) {
	lost, err := churnreview.New(ctx, churnreview.Config{Engine: d.Store, Files: a, Line: line, Links: frame, Outreach: sends, Guard: guard, People: d.Directory, Policy: d.Policy, Clock: d.Clock})
	if err != nil {
		return nil, err
	}
	base, err := experience.New(ctx, experience.Config{Engine: d.Store, Guard: guard, Policy: d.Policy, Clock: d.Clock})
	if err != nil {
		return nil, err
	}
	held, err := reviews.New(ctx, reviews.Config{Engine: d.Store, Guard: guard, People: d.Directory, Policy: d.Policy, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	return []part{churnreview.Part{Reviews: lost, Deps: d}, experience.Section{Base: base, Deps: d}, reviews.Part{Reviews: held, Deps: d}}, nil
}
