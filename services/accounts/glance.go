package accounts

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/panorama"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/services/accounts/internal/trust"
	"liuke.dev/shared/service"
)

// glance makes the parts that show a customer at a glance and doubt what the system says of it.
func glance(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, line *timeline.Timeline) ([]part, error) {
	doubts, err := trust.New(ctx, trust.Config{Engine: d.Store, Files: a, Guard: guard, Policy: d.Policy, Clock: d.Clock})
	if err != nil {
		return nil, err
	}
	whole, err := panorama.New(ctx, panorama.Config{Engine: d.Store, Files: a, Timeline: line, Trust: doubts, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	return []part{doubts, panorama.Part{Panorama: whole, Deps: d}}, nil
}
