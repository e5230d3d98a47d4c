package auth

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// LocalIssuer is the issuer of tokens that are signed with the installation's
// own key: those of Liuke's processes, and those that its command line issues
// to whoever may read the data directory.
const LocalIssuer = "liuke:local"

// Key signs and verifies the tokens of LocalIssuer. Whoever has the file can
// act as anybody: it is readable by its owner alone.
type Key struct {
	private ed25519.PrivateKey
}

// LoadOrCreateKey reads the key from a file, or makes one that is not there.
func LoadOrCreateKey(path string) (*Key, error) {
	k, err := LoadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// Written whole under another name first: several processes may start at once,
	// and none must read half a key.
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // linked by then, or of no use
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) { // another process was first
		return LoadKey(path)
	} else if err != nil {
		return nil, err
	}
	return &Key{private}, nil
}

// LoadKey reads the key from a file.
func LoadKey(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("auth: %s is not a PEM file", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("auth: %s does not hold an Ed25519 key", path)
	}
	return &Key{private}, nil
}

// Derive gives a secret for a purpose, the same in every process that has the key;
// it tells nothing of the key or of other purposes. Without a key there is none.
func (k *Key) Derive(purpose string) []byte {
	if k == nil {
		return nil
	}
	secret, err := hkdf.Key(sha256.New, k.private.Seed(), nil, "liuke:"+purpose, sha256.Size)
	if err != nil { // only for lengths that SHA-256 cannot give
		panic(err)
	}
	return secret
}

// claims of Liuke's access tokens, whoever issued them.
type claims struct {
	jwt.RegisteredClaims
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	// EmailVerified is absent where the issuer says nothing about it; some write it as text.
	EmailVerified any    `json:"email_verified,omitempty"`
	Roles         []Role `json:"roles,omitempty"`
	Language      string `json:"locale,omitempty"`
	Use           string `json:"token_use,omitempty"`
}

// UseID marks the id tokens of the embedded issuer, which are not access tokens.
const UseID = "id"

// Issue signs a token for a principal that is valid for a while.
func (k *Key) Issue(p Principal, valid time.Duration) (string, error) {
	now := time.Now()
	return jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{Name: p.Name, Roles: p.Roles, Language: p.Language, RegisteredClaims: jwt.RegisteredClaims{
		Issuer: LocalIssuer, Subject: p.ID, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(valid))}}).SignedString(k.private)
}

func (k *Key) verify(token string) (Principal, time.Time, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return k.private.Public(), nil },
		jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithIssuer(LocalIssuer), jwt.WithExpirationRequired())
	if err != nil {
		return Principal{}, time.Time{}, err
	}
	return Principal{ID: c.Subject, Name: c.Name, Roles: c.Roles, Language: c.Language}, c.ExpiresAt.Time, nil
}

// processTokens are valid for an hour and renewed well before.
const processTokens, renewBefore = time.Hour, 10 * time.Minute

// Process gives tokens to one of Liuke's own processes, with the role System.
type Process struct {
	key     *Key
	id      string
	mu      sync.Mutex
	token   string
	expires time.Time
}

// Process makes the token source of a process, such as "journeys".
func (k *Key) Process(id string) *Process { return &Process{key: k, id: id} }

// Token gives a token that is valid for at least ten minutes.
func (s *Process) Token() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Until(s.expires) > renewBefore {
		return s.token, nil
	}
	token, err := s.key.Issue(Principal{ID: s.id, Name: s.id, Roles: []Role{System}}, processTokens)
	if err == nil {
		s.token, s.expires = token, time.Now().Add(processTokens)
	}
	return token, err
}
