package accounts

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/care"
	"liuke.dev/services/accounts/internal/cases"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/services/accounts/internal/surveys"
	"liuke.dev/shared/service"
)

// caring makes the parts that answer customers, ask them and care for them: cases, surveys, care.
func caring(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, frame *links.Links, sends reach.Outreach) ([]part, error) {
	tickets, err := cases.New(ctx, cases.Config{Engine: d.Store, Files: a, Guard: guard, People: d.Directory, Policy: d.Policy, Clock: d.Clock, Links: frame,
		Outreach: sends, Log: d.Log, Journey: d.JourneyLink})
	if err != nil {
		return nil, err
	}
	asks, err := surveys.New(ctx, surveys.Config{Engine: d.Store, Files: a, Guard: guard, Policy: d.Policy, Clock: d.Clock, Links: frame, Outreach: sends, Log: d.Log})
	if err != nil {
		return nil, err
	}
	cared, err := care.New(ctx, care.Config{Engine: d.Store, Files: a, Guard: guard, People: d.Directory, Policy: d.Policy, Clock: d.Clock, Links: frame, Outreach: sends, Log: d.Log})
	if err != nil {
		return nil, err
	}
	return []part{cases.Part{Cases: tickets, Deps: d}, surveys.Part{Surveys: asks, Deps: d}, care.Part{Care: cared, Deps: d}}, nil
}
