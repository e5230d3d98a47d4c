package signin

import (
	"context"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"liuke.dev/shared/store"
)

// browserKey is where the context has the browser's request, because the issuer's
// library does not hand it on.
type browserKey struct{}

// fromBrowser lets the store's side of a request see the browser's session.
func fromBrowser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), browserKey{}, r)))
	})
}

// withoutAsking gives who is signed in at the browser, for a client that lets
// nobody be asked (prompt=none). Where somebody would have to sign in, the answer
// is login_required: nobody is signed in, another person than the client expects
// (id_token_hint), or too long ago (max_age). OpenID Connect Core 3.1.2.1, 3.1.2.6.
func (s *Service) withoutAsking(ctx context.Context, r *oidc.AuthRequest, hint string) (browser, error) {
	from, ok := ctx.Value(browserKey{}).(*http.Request)
	if !ok {
		return browser{}, oidc.ErrLoginRequired()
	}
	person, at, ok := s.signedIn(ctx, from)
	switch {
	case !ok:
		return browser{}, oidc.ErrLoginRequired().WithDescription("nobody is signed in at this browser")
	case hint != "" && hint != person:
		return browser{}, oidc.ErrLoginRequired().WithDescription("somebody else is signed in at this browser")
	case r.MaxAge != nil && s.clock().Sub(at) > time.Duration(*r.MaxAge)*time.Second:
		return browser{}, oidc.ErrLoginRequired().WithDescription("signed in too long ago")
	}
	return browser{Person: person, AuthTime: at}, nil
}

// silently ends a request that nobody may be asked about: with its code, or with
// interaction_required where the session that it rested on ended meanwhile, so that
// a page would have to be shown.
func (s *Service) silently(w http.ResponseWriter, r *http.Request, d *store.Doc[request], provider op.OpenIDProvider) {
	if person, at, ok := s.signedIn(r.Context(), r); ok && person == d.Body.Person && r.Method == http.MethodGet {
		s.proceed(w, r, d, person, at)
		return
	}
	op.AuthRequestError(w, r, authRequest{d.ID, d.Body}, oidc.ErrInteractionRequired().WithDescription("the session at this browser ended meanwhile"), provider)
}
