package signin

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// signingKey is a key pair of the issuer; its id is the key id in tokens.
type signingKey struct {
	Private   []byte       `json:"private"` // PKCS 8
	MadeAt    instant.Time `json:"made_at"`
	RetiredAt instant.Time `json:"retired_at,omitempty"` // signs no more; still verifies for a while
}

// firstKey is the id of an installation's first key, so that two processes that
// start at once make one.
const firstKey = "1"

const (
	keyBits = 2048
	// keyServes is how long a retired key still verifies: longer than any token lives.
	keyServes = 48 * time.Hour
	// keyHeld is how long a process may not know yet of a new key.
	keyHeld = 30 * time.Second
)

// keyring holds the signing keys in memory for a moment.
type keyring struct {
	docs  store.Collection[signingKey]
	clock instant.Clock

	mu   *sync.Mutex
	held []pair // newest first
	read time.Time
}

// pair is a key as the issuer's library sees it.
type pair struct {
	id      string
	private *rsa.PrivateKey
	made    instant.Time
	retired instant.Time
}

func (p pair) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (p pair) Key() any                                    { return p.private }
func (p pair) ID() string                                  { return p.id }

type public struct{ pair }

func (p public) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (p public) Use() string                        { return "sig" }
func (p public) Key() any                           { return p.private.Public() }

var _ op.Key = public{}

// ensure makes the first key.
func (k *keyring) ensure(ctx context.Context) error {
	k.mu = &sync.Mutex{}
	if _, err := k.docs.Get(ctx, firstKey); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := k.make(ctx, firstKey); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

func (k *keyring) make(ctx context.Context, id string) error {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	return k.docs.Commit(ctx, store.New(id, signingKey{Private: der, MadeAt: k.clock()}), "")
}

// rotate makes a new key that signs once every process has read it; the others go
// on verifying for a while.
func (k *keyring) rotate(ctx context.Context) error {
	if err := k.make(ctx, secret()); err != nil {
		return err
	}
	page, err := k.docs.Page(ctx, store.Query{Index: "by_age", Desc: true, Limit: 100})
	if err != nil {
		return err
	}
	for _, d := range page.Docs[1:] {
		if d.Body.RetiredAt.IsZero() {
			d.Body.RetiredAt = k.clock()
			if err := gone(k.docs.Commit(ctx, d, "")); err != nil {
				return err
			}
		}
	}
	k.mu.Lock()
	k.read = time.Time{}
	k.mu.Unlock()
	return nil
}

// retire removes keys that verify nothing any more.
func (k *keyring) retire(ctx context.Context) error {
	page, err := k.docs.Page(ctx, store.Query{Index: "by_age", Limit: 100})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		if at := d.Body.RetiredAt; !at.IsZero() && at.Add(keyServes) < k.clock() && d.ID != firstKey {
			if err := gone(k.docs.Remove(ctx, d)); err != nil {
				return err
			}
		}
	}
	return nil
}

// all gives the keys that verify, the one that signs first.
func (k *keyring) all(ctx context.Context) ([]pair, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.held) > 0 && time.Since(k.read) < keyHeld {
		return k.held, nil
	}
	page, err := k.docs.Page(ctx, store.Query{Index: "by_age", Desc: true, Limit: 100})
	if err != nil {
		if len(k.held) > 0 {
			return k.held, nil // tokens are verified while the store is away
		}
		return nil, err
	}
	var signing, retired []pair
	for _, d := range page.Docs {
		parsed, err := x509.ParsePKCS8PrivateKey(d.Body.Private)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", d.ID, err)
		}
		private, ok := parsed.(*rsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("signing key %s is not RSA", d.ID)
		}
		switch p := (pair{d.ID, private, d.Body.MadeAt, d.Body.RetiredAt}); {
		case p.retired.IsZero():
			signing = append(signing, p)
		case p.retired.Add(keyServes) > k.clock():
			retired = append(retired, p)
		}
	}
	k.held, k.read = known(append(signing, retired...), k.clock().Add(-keyHeld)), time.Now()
	return k.held, nil
}

// known puts the key first that signs: the newest that every process has read by
// now, so that nobody gets a token which another process does not know how to
// verify; without one, the oldest.
func known(keys []pair, since instant.Time) []pair {
	if len(keys) == 0 {
		return keys
	}
	signs := slices.IndexFunc(keys, func(p pair) bool { return p.made <= since })
	if signs < 0 {
		signs = len(keys) - 1
	}
	return append([]pair{keys[signs]}, slices.Delete(slices.Clone(keys), signs, signs+1)...)
}

// RotateKey makes a new signing key; tokens signed before stay good.
func (s *Service) RotateKey(ctx context.Context) error { return s.keys.rotate(ctx) }

// PublicKeys gives the keys that tokens are verified with.
func (s *Service) PublicKeys(ctx context.Context) ([]jose.JSONWebKey, error) {
	all, err := s.keys.all(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]jose.JSONWebKey, len(all))
	for i, p := range all {
		out[i] = jose.JSONWebKey{Key: p.private.Public(), KeyID: p.id, Algorithm: string(jose.RS256), Use: "sig"}
	}
	return out, nil
}
