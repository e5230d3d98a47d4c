// Package httpapi translates between HTTP and the use cases of organization,
// one file per resource.
package httpapi

import (
	"context"

	"liuke.dev/services/organization/internal/app"
	"liuke.dev/services/organization/internal/signin"
	"liuke.dev/shared/httpx"
)

// API is what the resources share.
type API struct {
	App *app.App
	// SignIn is the embedded issuer; nil where an outside one is configured.
	SignIn *signin.Service
	// Setup is the way to the first administrator.
	Setup *signin.Setup
	// Enrol makes the first administrator.
	Enrol func(context.Context, signin.Administrator) (string, error)
}

// Register adds all operations.
func (a *API) Register(s *httpx.Server) {
	a.people(s)
	a.absences(s)
	a.leaving(s)
	a.teams(s)
	a.calendars(s)
	a.policy(s)
	a.drafts(s)
	a.setup(s)
}

// me lets a caller say "me" instead of their own id.
func me(ctx context.Context, id string) string {
	if id != "me" {
		return id
	}
	p, err := httpx.Require(ctx)
	if err != nil {
		return id
	}
	return p.ID
}
