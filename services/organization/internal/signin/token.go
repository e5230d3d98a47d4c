package signin

import (
	"context"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"liuke.dev/shared/auth"
)

// Token signs an access token for a person without asking for a password, for
// whoever may read the store: the command line.
func (s *Service) Token(ctx context.Context, person string, life time.Duration) (string, error) {
	p, err := s.active(ctx, person)
	if err != nil {
		return "", err
	}
	key, err := storage{s}.SigningKey(ctx)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: key.SignatureAlgorithm(), Key: jose.JSONWebKey{Key: key.Key(), KeyID: key.ID()}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	now := s.clock().Std()
	return jwt.Signed(signer).Claims(claimsOf(p)).Claims(jwt.Claims{Issuer: s.c.Issuer, Subject: p.ID, Audience: jwt.Audience{auth.Audience}, ID: secret(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(life))}).Serialize()
}
