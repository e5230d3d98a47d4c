package signedlink_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
)

const now = instant.Time(1_800_000_000_000)

func at(t instant.Time) instant.Clock { return func() instant.Time { return t } }

func rule(err error) string {
	var p *problem.Error
	if !errors.As(err, &p) {
		return ""
	}
	if p.Text.Zh == "" || p.Text.En == "" {
		return "one language only"
	}
	return p.Rule
}

// a link opens what it was signed for, until the instant it expires, in every process with the same key.
func TestALinkOpensWhatItWasSignedFor(t *testing.T) {
	key, err := auth.LoadOrCreateKey(t.TempDir() + "/key")
	if err != nil {
		t.Fatal(err)
	}
	expires := now.Add(time.Hour)
	link := signedlink.Link{Purpose: "case", Subject: "c1", Nonce: "3", Expires: expires}
	token, err := signedlink.New(key.Derive("links"), at(now)).Sign(link)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := signedlink.New(key.Derive("links"), at(now)).Sign(link); again != token {
		t.Error("the same link has another token")
	}
	other := signedlink.New(key.Derive("something else"), at(now))
	for name, c := range map[string]struct {
		signer  *signedlink.Signer
		purpose string
		want    string
	}{
		"good":                    {signedlink.New(key.Derive("links"), at(now)), "case", ""},
		"the last instant":        {signedlink.New(key.Derive("links"), at(expires-1)), "case", ""},
		"the instant it expires":  {signedlink.New(key.Derive("links"), at(expires)), "case", "link.expired"},
		"afterwards":              {signedlink.New(key.Derive("links"), at(expires+1)), "case", "link.expired"},
		"for something else":      {signedlink.New(key.Derive("links"), at(now)), "survey", "link.purpose"},
		"by another key":          {other, "case", "link.tampered"},
		"by a process without it": {signedlink.New(nil, at(now)), "case", "link.tampered"},
	} {
		got, err := c.signer.Open(token, c.purpose)
		if rule(err) != c.want || err == nil && got != link {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

// A changed token, one of another kind and one with another method open nothing.
func TestAChangedTokenOpensNothing(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	s := signedlink.New(secret, at(now))
	token, err := s.Sign(signedlink.Link{Purpose: "case", Subject: "c1", Expires: now + 1})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	body := jwt.MapClaims{"aud": "case", "sub": "c1", "iss": "liuke:link", "exp": int64(now) + 1000}
	none, _ := jwt.NewWithClaims(jwt.SigningMethodNone, body).SignedString(jwt.UnsafeAllowNoneSignatureType)
	longer, _ := jwt.NewWithClaims(jwt.SigningMethodHS512, body).SignedString(secret)
	body["iss"] = auth.LocalIssuer
	access, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, body).SignedString(secret)
	for i := range len(token) {
		changed := token[:i] + string(token[i]^1) + token[i+1:]
		if got, err := s.Open(changed, "case"); err == nil && got.Subject != "c1" {
			t.Errorf("changed at %d: %+v", i, got)
		}
	}
	for name, token := range map[string]string{"empty": "", "no token": "case", "cut": token[:len(token)-2], "unsigned": none, "another method": longer,
		"of somebody who signed in": access, "another body": parts[0] + ".eyJhdWQiOiJjYXNlIn0." + parts[2], "far too long": strings.Repeat("a", signedlink.MaxToken+1)} {
		if _, err := s.Open(token, "case"); rule(err) != "link.tampered" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if rule(signedlink.Used()) != "link.used" || rule(signedlink.Withdrawn()) != "link.withdrawn" {
		t.Error("what a link may not do again has a code of its own")
	}
	for _, l := range []signedlink.Link{{}, {Purpose: "case", Subject: "c"}, {Purpose: "case", Expires: now}, {Subject: "c", Expires: now}} {
		if _, err := s.Sign(l); err == nil {
			t.Errorf("signed %+v", l)
		}
	}
}
