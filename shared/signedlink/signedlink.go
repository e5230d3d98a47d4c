// Package signedlink makes and opens the links by which somebody outside the
// company sees or does one thing without signing in: look up the progress of a
// case, answer a survey, sign a contract, take part in a
// co-creation space.
//
// A token says for what it is good, for which thing, until when, and under which
// nonce; whoever holds it may do that and nothing else. It opens nothing that
// needs signing in, and an access token opens no link. Whether a link was used
// already is known by the thing it is for: see Used.
package signedlink

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// issuer is that of links alone, so that no other token passes for one.
const issuer = "liuke:link"

// method signs: the same key signs and checks, and it never leaves Liuke's processes.
var method = jwt.SigningMethodHS256

// MaxToken bounds the tokens that are looked at, in bytes.
const MaxToken = 2000

// Link is what a token says.
type Link struct {
	Purpose string // what it is good for: case, survey, contract …
	Subject string // id of the thing
	Nonce   string // which link to the thing it is; may be empty
	Expires instant.Time
}

// Signer signs links and opens them. Signers with the same secret open one
// another's links.
type Signer struct {
	secret []byte
	clock  instant.Clock
}

// New makes a signer. The secret is derived from the installation's key
// (auth.Key.Derive), so that all processes agree on it.
func New(secret []byte, clock instant.Clock) *Signer { return &Signer{secret, clock} }

type claims struct {
	Purpose string `json:"aud"`
	Subject string `json:"sub"`
	Nonce   string `json:"jti,omitempty"`
	Issuer  string `json:"iss"`
	Expires int64  `json:"exp"` // in milliseconds, as instants are
}

// Signing needs no validation of the claims by the library: Open checks them itself,
// so that each failure has a code of its own.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.UnixMilli(c.Expires)), nil
}
func (claims) GetIssuedAt() (*jwt.NumericDate, error)  { return nil, nil }
func (claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }
func (c claims) GetIssuer() (string, error)            { return c.Issuer, nil }
func (c claims) GetSubject() (string, error)           { return c.Subject, nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{c.Purpose}, nil
}

// Sign makes the token of a link. The same link has the same token, so that an
// effect that is tried again sends the same one.
func (s *Signer) Sign(l Link) (string, error) {
	switch {
	case len(s.secret) == 0:
		return "", errors.New("signedlink: no key to sign with")
	case l.Purpose == "" || l.Subject == "" || l.Expires.IsZero():
		return "", errors.New("signedlink: a link has a purpose, a subject and an end")
	}
	return jwt.NewWithClaims(method, claims{Purpose: l.Purpose, Subject: l.Subject, Nonce: l.Nonce, Issuer: issuer, Expires: int64(l.Expires)}).SignedString(s.secret)
}

// Open gives the link of a token. What is wrong with a token is a problem of its
// own: link.tampered, link.purpose, link.expired. A link is good until, not at,
// the instant it expires.
func (s *Signer) Open(token, purpose string) (Link, error) {
	var c claims
	if len(s.secret) == 0 || len(token) > MaxToken {
		return Link{}, tampered()
	}
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return s.secret, nil },
		jwt.WithValidMethods([]string{method.Alg()}), jwt.WithoutClaimsValidation())
	switch {
	case err != nil, c.Issuer != issuer, c.Purpose == "", c.Subject == "":
		return Link{}, tampered()
	case c.Purpose != purpose:
		return Link{}, problem.Forbid("link.purpose", "这个链接不能用于此操作", "This link is not good for this")
	case !s.clock().Before(instant.Time(c.Expires)):
		return Link{}, problem.Forbid("link.expired", "链接已过期，请联系我们重新发送", "The link has expired; ask us for a new one")
	}
	return Link{Purpose: c.Purpose, Subject: c.Subject, Nonce: c.Nonce, Expires: instant.Time(c.Expires)}, nil
}

func tampered() error {
	return problem.Forbid("link.tampered", "链接无效或被改动，请使用收到的完整链接", "The link is not valid or was changed; use the whole link as it was sent")
}

// Used is the answer to a link that did already what it was good for.
func Used() error {
	return problem.Refuse("link.used", "这个链接已经使用过了", "This link has been used already")
}

// Withdrawn is the answer to a link in whose place another was sent, or that was taken back.
func Withdrawn() error {
	return problem.Forbid("link.withdrawn", "这个链接已失效，请使用最新收到的链接", "This link is no longer good; use the one that was sent last")
}
