package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// ErrNoKeys says that the issuer's keys could not be read yet.
var ErrNoKeys = errors.New("auth: the issuer's keys could not be read yet")

// signatures are the algorithms accepted; none of them is symmetric.
var signatures = []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.EdDSA, jose.PS256}

// LocalKeys is the key set of an issuer in the same process.
type LocalKeys func(ctx context.Context) ([]jose.JSONWebKey, error)

// VerifySignature gives the payload of a token signed with one of the keys.
func (f LocalKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	keys, err := f(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKeys, err)
	}
	payload, _, err := payloadOf(token, keys)
	return payload, err
}

// payloadOf checks a token against those keys that its header names; known
// tells whether there was one.
func payloadOf(token string, keys []jose.JSONWebKey) (payload []byte, known bool, err error) {
	signed, err := jose.ParseSigned(token, signatures)
	if err != nil {
		return nil, true, err
	}
	if len(signed.Signatures) != 1 {
		return nil, true, errors.New("a token is signed exactly once")
	}
	header := signed.Signatures[0].Header
	for _, k := range keys {
		if k.Use == "enc" || !k.IsPublic() || header.KeyID != "" && k.KeyID != header.KeyID || k.Algorithm != "" && k.Algorithm != header.Algorithm {
			continue
		}
		known = true
		if payload, err := signed.Verify(k); err == nil {
			return payload, true, nil
		}
	}
	return nil, known, fmt.Errorf("no key %q of the issuer made this signature", header.KeyID)
}

// RemoteKeys is the key set of an issuer elsewhere, found through discovery.
// After the first success it does not need the issuer any more: it is asked
// again for a key that is not known, and once in a while in the background, and
// what it said last stands while it is away.
type RemoteKeys struct {
	issuer string
	client *http.Client

	mu    sync.Mutex
	keys  []jose.JSONWebKey
	read  time.Time // last success
	tried time.Time
	busy  bool // a background reading is under way
}

// Pauses of RemoteKeys.
const (
	refreshAfter = 10 * time.Minute
	retryAfter   = 5 * time.Second // so that a stream of odd tokens does not become a stream of questions
	maxKeySet    = 1 << 20
)

// NewRemoteKeys makes the key set of an issuer; nothing is read before the first token.
func NewRemoteKeys(issuer string, client *http.Client) *RemoteKeys {
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	return &RemoteKeys{issuer: issuer, client: client}
}

// VerifySignature gives the payload of a token signed with one of the keys.
func (r *RemoteKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	r.mu.Lock()
	keys, old, recent := r.keys, time.Since(r.read) > refreshAfter && !r.busy, time.Since(r.tried) < retryAfter
	if keys != nil && old && !recent {
		r.busy, r.tried = true, time.Now()
		go r.refreshInBackground(context.WithoutCancel(ctx))
	}
	r.mu.Unlock()
	payload, known, err := payloadOf(token, keys)
	if err == nil || known || recent {
		if keys == nil && !known {
			return nil, ErrNoKeys
		}
		return payload, err
	}
	if err := r.refresh(ctx); err != nil && keys == nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKeys, err)
	}
	r.mu.Lock()
	keys = r.keys
	r.mu.Unlock()
	payload, _, err = payloadOf(token, keys)
	return payload, err
}

// Ping reads the issuer's keys: whether people can sign in there now.
func (r *RemoteKeys) Ping(ctx context.Context) error { return r.refresh(ctx) }

func (r *RemoteKeys) refreshInBackground(ctx context.Context) {
	_ = r.refresh(ctx) // what the issuer said last stands
	r.mu.Lock()
	r.busy = false
	r.mu.Unlock()
}

// refresh reads the issuer's keys. A failure to find them for the first time is
// tried again with the next token.
func (r *RemoteKeys) refresh(ctx context.Context) error {
	keys, err := r.fetch(context.WithoutCancel(ctx))
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if r.keys != nil {
			r.tried = time.Now()
		}
		return err
	}
	r.keys, r.read, r.tried = keys, time.Now(), time.Now()
	return nil
}

func (r *RemoteKeys) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, r.client), r.issuer)
	if err != nil {
		return nil, err
	}
	var discovered struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&discovered); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, discovered.Keys, nil)
	if err != nil {
		return nil, err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("keys of %s: %s", r.issuer, answer.Status)
	}
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxKeySet)).Decode(&set); err != nil {
		return nil, fmt.Errorf("keys of %s: %w", r.issuer, err)
	}
	return set.Keys, nil
}
