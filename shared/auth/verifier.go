package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
)

// ErrToken says that a token is not one of ours, has expired, or belongs to
// somebody who may no longer sign in.
var ErrToken = errors.New("auth: token not accepted")

// Verifier verifies access tokens offline: by the installation's own key, or by
// the key set of an OIDC issuer, which is fetched once and kept.
type Verifier struct {
	Key *Key // of LocalIssuer
	// Person gives the person of a token as the company knows them now, by subject
	// and else by mail address; false: nobody who may sign in. Roles of people
	// always come from here, so that a change or a deactivation counts at once.
	Person func(subject, email string) (Principal, bool)

	issuers map[string]*oidc.IDTokenVerifier
	memory  memory
}

// EmbeddedIssuer gives the issuer that organization runs at an origin.
func EmbeddedIssuer(origin string) string { return strings.TrimSuffix(origin, "/") + "/oidc" }

// Audience is whom the tokens of the embedded issuer are for.
const Audience = "liuke"

// Trust adds an OIDC issuer with its keys. audience may be empty: any.
func (v *Verifier) Trust(issuer string, keys oidc.KeySet, audience string) {
	if v.issuers == nil {
		v.issuers = map[string]*oidc.IDTokenVerifier{}
	}
	v.issuers[issuer] = oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: audience, SkipClientIDCheck: audience == "",
		SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.EdDSA, oidc.PS256}})
}

// Discover trusts an issuer elsewhere, whose keys are found through its
// discovery document with the first token: the issuer may be away when a program
// starts, and again afterwards. The keys tell whether it answers.
func (v *Verifier) Discover(issuer, audience string) (*RemoteKeys, error) {
	if u, err := url.Parse(issuer); err != nil || u.Host == "" {
		return nil, fmt.Errorf("auth: issuer %q is not a URL", issuer)
	}
	keys := NewRemoteKeys(issuer, nil)
	v.Trust(issuer, keys, audience)
	return keys, nil
}

// Trusts tells whether tokens of an issuer are accepted.
func (v *Verifier) Trusts(issuer string) bool {
	_, ok := v.issuers[issuer]
	return ok
}

// Bearer gives the subject and mail address of a token of a trusted OIDC issuer,
// whether or not the company knows such a person: for the first administrator.
// Errors are ErrToken.
func (v *Verifier) Bearer(ctx context.Context, token string) (subject, email string, err error) {
	if issuer, err := issuerOf(token); err != nil || issuer == LocalIssuer {
		return "", "", fmt.Errorf("%w: of no OIDC issuer", ErrToken)
	}
	r, _, err := v.check(ctx, token)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrToken, err)
	}
	return r.principal.ID, r.email, nil
}

// Verify gives the principal of a token. Errors are ErrToken.
func (v *Verifier) Verify(ctx context.Context, token string) (Principal, error) {
	r, ok := v.memory.get(token)
	if !ok {
		var expires time.Time
		var err error
		if r, expires, err = v.check(ctx, token); err != nil {
			return Principal{}, fmt.Errorf("%w: %w", ErrToken, err)
		}
		v.memory.put(token, r, expires)
	}
	if r.principal.Is(System) {
		return r.principal, nil
	}
	return v.person(r.principal, r.email)
}

// check checks a token's signature and times, and reads what it says.
func (v *Verifier) check(ctx context.Context, token string) (r remembered, expires time.Time, err error) {
	issuer, err := issuerOf(token)
	if err != nil {
		return r, expires, err
	}
	if issuer == LocalIssuer && v.Key != nil {
		r.principal, expires, err = v.Key.verify(token)
		r.email = r.principal.ID // the command line may name a person by mail address
		return r, expires, err
	}
	verifier, ok := v.issuers[issuer]
	if !ok {
		return r, expires, fmt.Errorf("issuer %q is not trusted", issuer)
	}
	t, err := verifier.Verify(ctx, token)
	if err != nil {
		return r, expires, err
	}
	var c claims
	if err := t.Claims(&c); err != nil {
		return r, expires, err
	}
	if c.Use == UseID {
		return r, expires, errors.New("an id token says who signed in; it opens nothing")
	}
	if c.EmailVerified == false || c.EmailVerified == "false" {
		c.Email = "" // anybody could have claimed it
	}
	// Nobody outside gets the role of our own processes.
	roles := slices.DeleteFunc(c.Roles, func(r Role) bool { return r == System })
	return remembered{principal: Principal{ID: t.Subject, Name: c.Name, Roles: roles, Language: c.Language}, email: c.Email}, t.Expiry, nil
}

func (v *Verifier) person(p Principal, email string) (Principal, error) {
	if v.Person == nil {
		return p, nil
	}
	known, ok := v.Person(p.ID, email)
	if !ok {
		return Principal{}, fmt.Errorf("%w: %s is nobody who may sign in", ErrToken, p.ID)
	}
	return known, nil
}

func issuerOf(token string) (string, error) {
	var c jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &c); err != nil {
		return "", err
	}
	return c.Issuer, nil
}
