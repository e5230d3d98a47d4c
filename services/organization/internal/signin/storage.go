package signin

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// storage is what the issuer's library asks of the store.
type storage struct{ *Service }

var (
	errUnknown = errors.New("signin: unknown or expired")
	errNoPKCE  = oidc.ErrInvalidRequest().WithDescription("code_challenge with method S256 is required")
)

// CreateAuthRequest stores a client's wish that somebody sign in.
func (s storage) CreateAuthRequest(ctx context.Context, r *oidc.AuthRequest, hint string) (op.AuthRequest, error) {
	if r.CodeChallenge == "" || r.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, errNoPKCE
	}
	silent := slices.Contains(r.Prompt, oidc.PromptNone)
	var who browser
	if silent {
		var err error
		if who, err = s.withoutAsking(ctx, r, hint); err != nil {
			return nil, err
		}
	}
	d := store.New(secret(), request{Client: r.ClientID, RedirectURI: r.RedirectURI, State: r.State, Nonce: r.Nonce, Scopes: r.Scopes,
		ResponseType: string(r.ResponseType), ResponseMode: string(r.ResponseMode), Challenge: r.CodeChallenge, ChallengeKind: string(r.CodeChallengeMethod),
		Hint: r.LoginHint, Fresh: slices.Contains(r.Prompt, oidc.PromptLogin) || r.MaxAge != nil, Silent: silent, Person: who.Person, AuthTime: who.AuthTime, ExpiresAt: s.clock().Add(requestLife)})
	if err := s.docs.requests.Commit(ctx, d, ""); err != nil {
		return nil, err
	}
	return authRequest{d.ID, d.Body}, nil
}

// AuthRequestByID gives a request.
func (s storage) AuthRequestByID(ctx context.Context, id string) (op.AuthRequest, error) {
	d, err := s.request(ctx, id)
	if err != nil {
		return nil, err
	}
	return authRequest{d.ID, d.Body}, nil
}

func (s *Service) request(ctx context.Context, id string) (*store.Doc[request], error) {
	if id == "" || len(id) > 100 {
		return nil, errUnknown
	}
	d, err := s.docs.requests.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.ExpiresAt < s.clock() {
		return nil, errUnknown
	}
	return d, err
}

// SaveAuthCode keeps the code that leads to a request.
func (s storage) SaveAuthCode(ctx context.Context, id, value string) error {
	return s.docs.codes.Commit(ctx, store.New(hashed(value), code{Request: id, ExpiresAt: s.clock().Add(codeLife)}), "")
}

// AuthRequestByCode gives the request that a code leads to, as long as the
// person is still active.
func (s storage) AuthRequestByCode(ctx context.Context, value string) (op.AuthRequest, error) {
	c, err := s.docs.codes.Get(ctx, hashed(value))
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Body.ExpiresAt < s.clock() {
		return nil, errUnknown
	}
	if err != nil {
		return nil, err
	}
	d, err := s.request(ctx, c.Body.Request)
	if err != nil {
		return nil, err
	}
	if _, err := s.active(ctx, d.Body.Person); err != nil {
		return nil, err
	}
	return authRequest{d.ID, d.Body}, nil
}

// DeleteAuthRequest ends a request. It fails for whoever comes second, so that a
// code is redeemed once.
func (s storage) DeleteAuthRequest(ctx context.Context, id string) error {
	d, err := s.docs.requests.Get(ctx, id)
	if err == nil {
		err = s.docs.requests.Remove(ctx, d)
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return oidc.ErrInvalidGrant().WithDescription("the code was redeemed before")
	}
	return err
}

// CreateAccessToken gives an access token's id and expiry; the token itself is
// signed and not stored.
func (s storage) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return secret(), s.clock().Add(s.c.AccessToken).Std(), nil
}

// TerminateSession signs a person out of a client and of the browsers.
func (s storage) TerminateSession(ctx context.Context, person, client string) error {
	if person == "" {
		return nil
	}
	return errors.Join(forget(ctx, s.docs.grants, person, func(g grant) bool { return client == "" || g.Client == client }),
		forget(ctx, s.docs.browsers, person, func(browser) bool { return true }))
}

// SigningKey gives the key that signs.
func (s storage) SigningKey(ctx context.Context) (op.SigningKey, error) {
	all, err := s.keys.all(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("signin: no signing key")
	}
	return all[0], nil
}

// SignatureAlgorithms gives those that are used.
func (s storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet gives the keys that verify.
func (s storage) KeySet(ctx context.Context) ([]op.Key, error) {
	all, err := s.keys.all(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]op.Key, len(all))
	for i, p := range all {
		out[i] = public{p}
	}
	return out, nil
}

// GetClientByClientID gives a client.
func (s storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if c, ok := s.client(id); ok {
		return c, nil
	}
	return nil, oidc.ErrInvalidClient().WithDescription("unknown client")
}

// AuthorizeClientIDSecret refuses: no client has a secret.
func (s storage) AuthorizeClientIDSecret(context.Context, string, string) error {
	return oidc.ErrInvalidClient().WithDescription("clients of this issuer have no secret")
}

// SetUserinfoFromScopes does nothing; SetUserinfoFromRequest does.
func (s storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest says in an id token who signed in.
func (s storage) SetUserinfoFromRequest(ctx context.Context, u *oidc.UserInfo, r op.IDTokenRequest, scopes []string) error {
	p, err := s.active(ctx, r.GetSubject())
	if err != nil {
		return err
	}
	describe(u, p, scopes)
	u.AppendClaims("token_use", auth.UseID)
	return nil
}

// SetUserinfoFromToken answers the userinfo endpoint.
func (s storage) SetUserinfoFromToken(ctx context.Context, u *oidc.UserInfo, _, subject, _ string) error {
	p, err := s.active(ctx, subject)
	if err != nil {
		return err
	}
	describe(u, p, []string{oidc.ScopeProfile, oidc.ScopeEmail})
	return nil
}

func describe(u *oidc.UserInfo, p catalogue.Person, scopes []string) {
	u.Subject = p.ID
	u.AppendClaims("roles", p.Roles)
	if slices.Contains(scopes, oidc.ScopeProfile) {
		u.Name, u.Locale, u.Zoneinfo = p.Name, oidc.NewLocale(language.Make(p.Language)), p.Zone
	}
	if slices.Contains(scopes, oidc.ScopeEmail) && p.Email != "" {
		u.Email, u.EmailVerified = p.Email, true
	}
}

// SetIntrospectionFromToken refuses: tokens are verified by their signature.
func (s storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnknown
}

// GetPrivateClaimsFromScopes says in an access token who it is.
func (s storage) GetPrivateClaimsFromScopes(ctx context.Context, person, _ string, _ []string) (map[string]any, error) {
	p, err := s.active(ctx, person)
	if err != nil {
		return nil, err
	}
	return claimsOf(p), nil
}

func claimsOf(p catalogue.Person) map[string]any {
	return map[string]any{"name": p.Name, "roles": p.Roles, "language": p.Language, "locale": p.Language, "token_use": "access"}
}

// GetKeyByIDAndClientID refuses: clients have no keys.
func (s storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnknown
}

// ValidateJWTProfileScopes refuses: nobody signs for themselves.
func (s storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnknown
}

// Health tells whether the store answers.
func (s storage) Health(ctx context.Context) error { return s.docs.grants.Engine().Ping(ctx) }
