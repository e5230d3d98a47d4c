// Package organization is the service that owns what a company says about
// itself: people, teams, supervisors, absences, sign-in, and the policy book.
package organization

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/organization/internal/app"
	"liuke.dev/services/organization/internal/httpapi"
	"liuke.dev/services/organization/internal/signin"
	"liuke.dev/services/organization/internal/storage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// Service is organization.
type Service struct {
	deps   service.Deps
	app    *app.App
	signin *signin.Service // nil with an outside issuer
	setup  *signin.Setup
	pages  http.Handler
	issuer string
}

// New opens organization: on a new store it publishes the shipped policy book as
// version 1 and makes a signing key. The program's verifier trusts the embedded
// issuer from here on.
func New(ctx context.Context, d service.Deps) (*Service, error) {
	docs, err := storage.Open(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	s := &Service{deps: d, app: &app.App{Docs: docs, Policy: d.Policy, Directory: d.Directory, Clock: d.Clock}, issuer: auth.EmbeddedIssuer(d.Config.Origin)}
	if err := s.app.Seed(ctx); err != nil {
		return nil, fmt.Errorf("policy book: %w", err)
	}
	if err := s.app.Rebuild(ctx); err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	if s.setup, err = signin.OpenSetup(ctx, d.Config.Origin, d.Config.Issuer != "", d.Store, d.Clock, d.Log); err != nil {
		return nil, fmt.Errorf("set-up: %w", err)
	}
	if d.Config.Issuer != "" {
		return s, nil
	}
	c := signin.Config{Origin: d.Config.Origin, Issuer: s.issuer, Log: d.Log}
	if s.signin, err = signin.Open(ctx, c, d.Store, s.app, d.Clock); err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	if s.pages, err = s.signin.Handler(); err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	if d.Verifier != nil {
		d.Verifier.Trust(s.issuer, auth.LocalKeys(s.signin.PublicKeys), auth.Audience)
	}
	return s, nil
}

// Register adds the operations and the pages.
func (s *Service) Register(r *httpx.Server) {
	(&httpapi.API{App: s.app, SignIn: s.signin, Setup: s.setup, Enrol: s.enrolFirst}).Register(r)
	if s.pages != nil {
		r.Routes.Any("/oidc/*path", gin.WrapH(http.StripPrefix("/oidc", s.pages)))
	}
}

// sweepEvery is how often expired sign-in state is removed.
const sweepEvery = 10 * time.Minute

// Run publishes facts and tidies up until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	return service.Together(ctx, s.deps.Relay("organization").Run, s.sweep)
}

func (s *Service) sweep(ctx context.Context) error {
	for s.signin != nil {
		if err := s.Sweep(store.Background(ctx)); err != nil && ctx.Err() == nil {
			s.deps.Log.WarnContext(ctx, "expired sign-ins could not be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(sweepEvery):
		}
	}
	<-ctx.Done()
	return nil
}

// Sweep removes what sign-in no longer needs: expired requests, codes, grants and
// sessions, and keys that verify nothing any more. Run does it now and then.
func (s *Service) Sweep(ctx context.Context) error {
	if s.signin == nil {
		return nil
	}
	return s.signin.Sweep(ctx)
}
