package signin

import (
	"context"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

var (
	credentialSpec = store.Spec{Name: "credential"}
	keySpec        = store.Spec{Name: "signing_key", Indexes: []store.Index{{Name: "by_age", Order: "made_at"}}}
	requestSpec    = store.Spec{Name: "auth_request", Indexes: []store.Index{byExpiry}}
	codeSpec       = store.Spec{Name: "auth_code", Indexes: []store.Index{byExpiry}}
	grantSpec      = store.Spec{Name: "grant", Indexes: []store.Index{byExpiry, byPerson}}
	browserSpec    = store.Spec{Name: "browser_session", Indexes: []store.Index{byExpiry, byPerson}}
	setupSpec      = store.Spec{Name: "setup"}

	byExpiry = store.Index{Name: "by_expiry", Order: "expires_at"}
	byPerson = store.Index{Name: "by_person", Equal: []string{"person"}}
)

// credential is a person's password; its id is the person's.
type credential struct {
	Hash        string       `json:"hash"`
	Failures    int          `json:"failures,omitempty"`
	LockedUntil instant.Time `json:"locked_until,omitempty"`
	ChangedAt   instant.Time `json:"changed_at"`
}

// code leads from an authorization code to its request; its id is the code's hash.
type code struct {
	Request   string       `json:"request"`
	ExpiresAt instant.Time `json:"expires_at"`
}

// grant is what a client may do for a person until it is revoked: the family of
// a refresh token that changes with every use.
type grant struct {
	Person    string       `json:"person"`
	Client    string       `json:"client"`
	Scopes    []string     `json:"scopes"`
	AMR       []string     `json:"amr,omitempty"`
	AuthTime  instant.Time `json:"auth_time"`
	Hash      string       `json:"hash"` // of the secret part of the present refresh token
	RotatedAt instant.Time `json:"rotated_at"`
	ExpiresAt instant.Time `json:"expires_at"`
}

// browser is somebody signed in at a browser; its id is the hash of the cookie.
type browser struct {
	Person    string       `json:"person"`
	AuthTime  instant.Time `json:"auth_time"`
	ExpiresAt instant.Time `json:"expires_at"`
}

// setup is the one-time link to the first administrator.
type setup struct {
	Links  []setupLink `json:"links,omitempty"`  // given out and not yet used, newest last
	Person string      `json:"person,omitempty"` // id that the first administrator has or will have
	Taken  bool        `json:"taken,omitempty"`  // somebody has come with an id of their own
}

type setupLink struct {
	Hash      string       `json:"hash"`
	ExpiresAt instant.Time `json:"expires_at"`
}

type collections struct {
	credentials store.Collection[credential]
	keys        store.Collection[signingKey]
	requests    store.Collection[request]
	codes       store.Collection[code]
	grants      store.Collection[grant]
	browsers    store.Collection[browser]
}

func declare(ctx context.Context, e store.Engine) (collections, error) {
	err := e.Declare(ctx, credentialSpec, keySpec, requestSpec, codeSpec, grantSpec, browserSpec)
	return collections{store.Of[credential](e, credentialSpec), store.Of[signingKey](e, keySpec), store.Of[request](e, requestSpec),
		store.Of[code](e, codeSpec), store.Of[grant](e, grantSpec), store.Of[browser](e, browserSpec)}, err
}

// Sweep removes what has expired.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock()
	for _, err := range []error{sweep(ctx, s.docs.requests, now), sweep(ctx, s.docs.codes, now), sweep(ctx, s.docs.grants, now), sweep(ctx, s.docs.browsers, now)} {
		if err != nil {
			return err
		}
	}
	return s.keys.retire(ctx)
}

func sweep[T any](ctx context.Context, c store.Collection[T], now instant.Time) error {
	for {
		page, err := c.Page(ctx, store.Query{Index: "by_expiry", Range: store.Range{To: now.String()}, Limit: 200})
		if err != nil || len(page.Docs) == 0 {
			return err
		}
		for _, d := range page.Docs {
			if err := gone(c.Remove(ctx, d)); err != nil {
				return err
			}
		}
	}
}

// forget removes all of a person's documents of a kind.
func forget[T any](ctx context.Context, c store.Collection[T], person string, which func(T) bool) error {
	for after := ""; ; {
		page, err := c.Page(ctx, store.Query{Index: "by_person", Equal: []any{person}, Limit: 200, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if which(d.Body) {
				if err := gone(c.Remove(ctx, d)); err != nil {
					return err
				}
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
