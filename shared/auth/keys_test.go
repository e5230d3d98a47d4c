package auth

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// outside is an issuer elsewhere that can go away and change its key.
type outside struct {
	server *httptest.Server
	key    *rsa.PrivateKey
	kid    string
	away   atomic.Bool
	asked  atomic.Int64
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{}
	o.rotate(t, "one")
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.asked.Add(1)
		if o.away.Load() {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		var body any = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: o.key.Public(), KeyID: o.kid, Algorithm: "RS256", Use: "sig"}}}
		if r.URL.Path == "/.well-known/openid-configuration" {
			body = map[string]any{"issuer": o.server.URL, "jwks_uri": o.server.URL + "/keys", "authorization_endpoint": o.server.URL + "/a", "token_endpoint": o.server.URL + "/t"}
		}
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(o.server.Close)
	return o
}

func (o *outside) rotate(t *testing.T, kid string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	o.key, o.kid = key, kid
}

func (o *outside) token(t *testing.T, use string) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims{Name: "Wang", Use: use, Roles: []Role{Salesperson}, RegisteredClaims: jwt.RegisteredClaims{
		Issuer: o.server.URL, Subject: "wang", Audience: jwt.ClaimStrings{Audience}, ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Hour))}})
	token.Header["kid"] = o.kid
	text, err := token.SignedString(o.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerifyGoesOnWhileTheIssuerIsAway(t *testing.T) {
	o := newOutside(t)
	v := &Verifier{}
	keys, err := v.Discover(o.server.URL, Audience)
	if err != nil {
		t.Fatal(err)
	}
	o.away.Store(true)
	if err := keys.Ping(t.Context()); err == nil {
		t.Error("an issuer that is away answers")
	}
	if _, err := v.Verify(t.Context(), o.token(t, "")); !errors.Is(err, ErrToken) {
		t.Fatalf("no keys yet: %v", err)
	}
	o.away.Store(false)
	if p, err := v.Verify(t.Context(), o.token(t, "")); err != nil || p.ID != "wang" {
		t.Fatalf("%+v %v", p, err)
	}
	if err := keys.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	o.away.Store(true)
	asked := o.asked.Load()
	for range 100 {
		if _, err := v.Verify(t.Context(), o.token(t, "")); err != nil {
			t.Fatalf("offline: %v", err)
		}
	}
	if o.asked.Load() != asked {
		t.Errorf("%d questions for known keys", o.asked.Load()-asked)
	}
}

func TestNewKeyIsFetchedAndOddTokensAreNot(t *testing.T) {
	o := newOutside(t)
	keys := NewRemoteKeys(o.server.URL, nil)
	if _, err := keys.VerifySignature(t.Context(), o.token(t, "")); err != nil {
		t.Fatal(err)
	}
	o.rotate(t, "two")
	keys.tried = time.Now().Add(-retryAfter)
	if _, err := keys.VerifySignature(t.Context(), o.token(t, "")); err != nil {
		t.Errorf("after a change of keys: %v", err)
	}
	asked := o.asked.Load()
	o.kid = "nonsense"
	for range 50 {
		if _, err := keys.VerifySignature(t.Context(), o.token(t, "")); err == nil {
			t.Fatal("an unknown key is accepted")
		}
	}
	if n := o.asked.Load() - asked; n > 0 {
		t.Errorf("%d questions for odd tokens right after a reading", n)
	}
	// In the background the old keys serve meanwhile.
	o.kid = "two"
	keys.mu.Lock()
	keys.read, keys.tried = time.Now().Add(-refreshAfter-time.Second), time.Now().Add(-retryAfter)
	keys.mu.Unlock()
	if _, err := keys.VerifySignature(t.Context(), o.token(t, "")); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		keys.mu.Lock()
		fresh := time.Since(keys.read) < time.Minute
		keys.mu.Unlock()
		if fresh {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("old keys are not read anew")
		}
	}
}

func TestIDTokenOpensNothing(t *testing.T) {
	o := newOutside(t)
	v := &Verifier{}
	v.Trust(o.server.URL, LocalKeys(func(context.Context) ([]jose.JSONWebKey, error) {
		return []jose.JSONWebKey{{Key: o.key.Public(), KeyID: o.kid, Algorithm: "RS256"}}, nil
	}), Audience)
	if _, err := v.Verify(t.Context(), o.token(t, "access")); err != nil {
		t.Errorf("access token: %v", err)
	}
	if _, err := v.Verify(t.Context(), o.token(t, UseID)); !errors.Is(err, ErrToken) {
		t.Errorf("id token: %v", err)
	}
}
