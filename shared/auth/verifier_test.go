package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
)

const issuer = "https://sign-in.example.org"

func sign(t *testing.T, method jwt.SigningMethod, key any, c claims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func of(subject string, valid time.Duration, roles ...Role) claims {
	return claims{Roles: roles, Email: subject + "@example.org", RegisteredClaims: jwt.RegisteredClaims{Issuer: issuer, Subject: subject,
		Audience: jwt.ClaimStrings{"liuke"}, ExpiresAt: jwt.NewNumericDate(time.Now().Add(valid))}}
}

func TestVerify(t *testing.T) {
	key, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "keys", "service.pem"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "service.pem"))
	if err != nil {
		t.Fatal(err)
	}
	idp, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := &Verifier{Key: key, Person: func(subject, email string) (Principal, bool) {
		if subject == "wang" || email == "wang@example.org" {
			return Principal{ID: "wang", Roles: []Role{Salesperson}}, true
		}
		return Principal{}, false
	}}
	v.Trust(issuer, &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{&idp.PublicKey}}, "liuke")
	issue := func(k *Key, p Principal, valid time.Duration) string {
		token, err := k.Issue(p, valid)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	wrongAudience := of("wang", time.Hour)
	wrongAudience.Audience = jwt.ClaimStrings{"another"}
	wrongIssuer := of("wang", time.Hour)
	wrongIssuer.Issuer = "https://elsewhere.example.org"
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, of("wang", time.Hour)).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token string
		want  string
		role  Role
	}{
		"process":                            {issue(key, Principal{ID: "journeys", Roles: []Role{System}}, time.Hour), "journeys", System},
		"person by our key":                  {issue(key, Principal{ID: "wang"}, time.Hour), "wang", Salesperson},
		"person by the issuer":               {sign(t, jwt.SigningMethodRS256, idp, of("wang", time.Hour)), "wang", Salesperson},
		"roles in a person's token":          {sign(t, jwt.SigningMethodRS256, idp, of("wang", time.Hour, Administrator, System)), "wang", Salesperson},
		"system role from outside":           {sign(t, jwt.SigningMethodRS256, idp, of("nobody", time.Hour, System)), "", ""},
		"expired, ours":                      {issue(key, Principal{ID: "wang"}, -time.Minute), "", ""},
		"expired, the issuer's":              {sign(t, jwt.SigningMethodRS256, idp, of("wang", -time.Minute)), "", ""},
		"another installation's key":         {issue(other, Principal{ID: "journeys", Roles: []Role{System}}, time.Hour), "", ""},
		"another key":                        {sign(t, jwt.SigningMethodES256, stranger, of("wang", time.Hour)), "", ""},
		"another audience":                   {sign(t, jwt.SigningMethodRS256, idp, wrongAudience), "", ""},
		"another issuer":                     {sign(t, jwt.SigningMethodRS256, idp, wrongIssuer), "", ""},
		"somebody who left":                  {issue(key, Principal{ID: "zhao"}, time.Hour), "", ""},
		"unsigned":                           {unsigned, "", ""},
		"nonsense":                           {"nonsense", "", ""},
		"empty":                              {"", "", ""},
		"HMAC with the public key as secret": {sign(t, jwt.SigningMethodHS256, []byte("secret"), of("wang", time.Hour)), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := v.Verify(t.Context(), c.token)
			if c.want == "" {
				if !errors.Is(err, ErrToken) {
					t.Fatalf("accepted as %+v (%v)", p, err)
				}
				return
			}
			if err != nil || p.ID != c.want || !p.Is(c.role) || len(p.Roles) != 1 {
				t.Fatalf("%+v, %v", p, err)
			}
		})
	}
}

func TestKeyStaysAndIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "service.pem")
	a, err := LoadOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := LoadOrCreateKey(path)
	if err != nil || !a.private.Equal(b.private) {
		t.Errorf("the key changed: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKey(path); err == nil {
		t.Error("a broken key file is replaced silently")
	}
}

// Processes that start at once end up with one key.
func TestManyMakeOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "service.pem")
	keys := make([]*Key, 16)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = LoadOrCreateKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		if k == nil || !k.private.Equal(keys[0].private) {
			t.Fatal("there are several keys")
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

func TestProcessTokenIsKept(t *testing.T) {
	k, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "service.pem"))
	if err != nil {
		t.Fatal(err)
	}
	s := k.Process("journeys")
	first, err := s.Token()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Token(); again != first {
		t.Error("a new token is signed for every call")
	}
	s.expires = time.Now().Add(renewBefore - time.Second)
	s.token = "stale"
	if again, _ := s.Token(); again == "stale" {
		t.Error("the token is not renewed")
	}
}
