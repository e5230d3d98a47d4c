package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"liuke.dev/shared/store"
)

// reuseForgiven is how long after a refresh token was used it may come again,
// from a second tab or a repeated request, without being taken for stolen. It is
// refused all the same.
const reuseForgiven = 30 * time.Second

// CreateAccessAndRefreshTokens begins a grant, or changes the refresh token of
// the one that the current token belongs to.
func (s storage) CreateAccessAndRefreshTokens(ctx context.Context, r op.TokenRequest, current string) (string, string, time.Time, error) {
	id, expires, err := s.CreateAccessToken(ctx, r)
	if err != nil {
		return "", "", time.Time{}, err
	}
	var refresh string
	if current == "" {
		refresh, err = s.beginGrant(ctx, r)
	} else {
		refresh, err = s.rotateGrant(ctx, current)
	}
	return id, refresh, expires, err
}

func (s storage) beginGrant(ctx context.Context, r op.TokenRequest) (string, error) {
	a, ok := r.(authRequest)
	if !ok {
		return "", fmt.Errorf("signin: a grant from %T", r)
	}
	value, now := secret(), s.clock()
	d := store.New(secret(), grant{Person: a.Person, Client: a.Client, Scopes: a.Scopes, AMR: a.GetAMR(), AuthTime: a.AuthTime, Hash: hashed(value),
		RotatedAt: now, ExpiresAt: now.Add(s.c.RefreshToken)})
	return d.ID + "." + value, s.docs.grants.Commit(ctx, d, "")
}

func (s storage) rotateGrant(ctx context.Context, current string) (string, error) {
	d, err := s.grant(ctx, current)
	if err != nil {
		return "", oidc.ErrInvalidGrant().WithParent(err)
	}
	value, now := secret(), s.clock()
	d.Body.Hash, d.Body.RotatedAt, d.Body.ExpiresAt = hashed(value), now, now.Add(s.c.RefreshToken)
	err = s.docs.grants.Commit(ctx, d, "")
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return "", oidc.ErrInvalidGrant().WithDescription("the refresh token was used meanwhile")
	}
	return d.ID + "." + value, err
}

// grant gives the grant of a refresh token. One that was used before ends the
// whole grant: either the thief or the owner of the token is using it.
func (s storage) grant(ctx context.Context, token string) (*store.Doc[grant], error) {
	id, value, ok := strings.Cut(token, ".")
	if !ok || id == "" || len(id) > 100 {
		return nil, errUnknown
	}
	d, err := s.docs.grants.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.ExpiresAt < s.clock() {
		return nil, errUnknown
	}
	if err != nil {
		return nil, err
	}
	if d.Body.Hash == hashed(value) {
		return d, nil
	}
	if s.clock().Sub(d.Body.RotatedAt) > reuseForgiven {
		s.c.Log.WarnContext(ctx, "a refresh token came a second time: its grant is ended", "person", d.Body.Person, "client", d.Body.Client)
		if err := gone(s.docs.grants.Remove(ctx, d)); err != nil {
			return nil, err
		}
	}
	return nil, errUnknown
}

// TokenRequestByRefreshToken gives what a refresh token stands for.
func (s storage) TokenRequestByRefreshToken(ctx context.Context, token string) (op.RefreshTokenRequest, error) {
	d, err := s.grant(ctx, token)
	if err != nil {
		return nil, err
	}
	if _, err := s.active(ctx, d.Body.Person); err != nil {
		return nil, err
	}
	return &refreshRequest{grant: d.Body, scopes: d.Body.Scopes}, nil
}

// GetRefreshTokenInfo tells whose a refresh token is.
func (s storage) GetRefreshTokenInfo(ctx context.Context, _ string, token string) (string, string, error) {
	d, err := s.grant(ctx, token)
	if err != nil {
		return "", "", op.ErrInvalidRefreshToken
	}
	return d.Body.Person, token, nil
}

// RevokeToken ends the grant of a refresh token. Access tokens end by themselves.
func (s storage) RevokeToken(ctx context.Context, token, _, client string) *oidc.Error {
	d, err := s.grant(ctx, token)
	if err != nil {
		return nil // unknown: as good as revoked
	}
	if d.Body.Client != client {
		return oidc.ErrInvalidClient().WithDescription("the token belongs to another client")
	}
	if err := gone(s.docs.grants.Remove(ctx, d)); err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return nil
}
