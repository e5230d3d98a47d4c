package accounts

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/standing"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/service"
)

// stands makes the part that knows where customers stand.
func stands(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, line *timeline.Timeline) (*standing.Part, error) {
	return standing.New(ctx, d, a, guard, lines{a, line})
}

// lines gives standing every customer and its timeline.
type lines struct {
	*app.Accounts
	line *timeline.Timeline
}

// Each implements standing.Lines.
func (l lines) Each(ctx context.Context, customer string, take func(catalogue.TimelineEntry)) error {
	return l.line.Each(ctx, customer, func(e timeline.Entry) error {
		take(e.TimelineEntry)
		return nil
	})
}
