// Package signin is the embedded OIDC issuer: passwords and lockout, the login
// page, authorization code with PKCE, rotating refresh tokens, signing keys, and
// the one-time set-up of the first administrator. Everything it must remember
// lies in the store, so that a restart signs nobody out.
package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Config of sign-in.
type Config struct {
	// Origin is the URL at which Liuke answers; the issuer is below it.
	Origin string
	// Issuer is the issuer's URL.
	Issuer string
	// LockAfter failures in a row lock a person out for LockFor.
	LockAfter int
	LockFor   time.Duration
	// Lifetimes of what is issued.
	AccessToken, RefreshToken, BrowserSession time.Duration
	Log                                       *slog.Logger
}

// Defaults of the configuration.
func (c Config) withDefaults() Config {
	if c.LockAfter == 0 {
		c.LockAfter, c.LockFor = 5, 15*time.Minute
	}
	if c.AccessToken == 0 {
		c.AccessToken, c.RefreshToken, c.BrowserSession = 30*time.Minute, 30*24*time.Hour, 12*time.Hour
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// People is what sign-in needs to know of people.
type People interface {
	// Person gives a person by id, active or not.
	Person(ctx context.Context, id string) (catalogue.Person, bool, error)
	// ByEmail gives the id of the person with an address.
	ByEmail(ctx context.Context, email string) (string, bool, error)
}

// Service is the issuer.
type Service struct {
	c      Config
	people People
	clock  instant.Clock
	docs   collections
	keys   keyring
	hasher hasher
	tries  limiter
}

// Open declares the collections and makes sure that there is a signing key.
func Open(ctx context.Context, c Config, e store.Engine, people People, clock instant.Clock) (*Service, error) {
	docs, err := declare(ctx, e)
	if err != nil {
		return nil, err
	}
	s := &Service{c: c.withDefaults(), people: people, clock: clock, docs: docs, hasher: newHasher(), tries: newLimiter(30, time.Minute, clock)}
	s.keys = keyring{docs: docs.keys, clock: clock}
	return s, s.keys.ensure(ctx)
}

// active gives a person who may sign in.
func (s *Service) active(ctx context.Context, id string) (catalogue.Person, error) {
	p, ok, err := s.people.Person(ctx, id)
	if err != nil {
		return p, err
	}
	if !ok || !p.Active {
		return p, errInactive
	}
	return p, nil
}

var errInactive = errors.New("signin: nobody active")

// secret makes a random value that nobody guesses.
func secret() string { return rand.Text() }

// hashed gives the form in which a secret is stored.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
