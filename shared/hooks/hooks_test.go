package hooks_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/hooks"
	"liuke.dev/shared/instant"
)

// what was signed with the secret, lately, is believed; nothing else is.
func TestVerify(t *testing.T) {
	at := instant.Of(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	body := []byte(`{"status":"signed"}`)
	good := hooks.Sign("secret", at, body)
	minutes := instant.Time(hooks.Tolerance.Milliseconds())
	for name, c := range map[string]struct {
		secret, header string
		body           string
		now            instant.Time
		want           error
	}{
		"good":                 {"secret", good, string(body), at, nil},
		"as late as may be":    {"secret", good, string(body), at + minutes, nil},
		"a moment later":       {"secret", good, string(body), at + minutes + 1, hooks.ErrTime},
		"from the future":      {"secret", good, string(body), at - minutes - 1, hooks.ErrTime},
		"another secret":       {"other", good, string(body), at, hooks.ErrSignature},
		"no secret is known":   {"", hooks.Sign("", at, body), string(body), at, hooks.ErrSignature},
		"another body":         {"secret", good, string(body) + " ", at, hooks.ErrSignature},
		"another time is said": {"secret", strings.Replace(good, "t=1", "t=2", 1), string(body), at, hooks.ErrSignature},
		"nothing":              {"secret", "", string(body), at, hooks.ErrSignature},
		"half of it":           {"secret", good[:len(good)-2], string(body), at, hooks.ErrSignature},
		"no number":            {"secret", "t=x,v1=zz", string(body), at, hooks.ErrSignature},
		"an empty signature":   {"secret", "t=1,v1=", string(body), at, hooks.ErrSignature},
	} {
		if err := hooks.Verify(c.secret, c.header, []byte(c.body), c.now); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Addresses that are posted to are encrypted, but on this machine, and hold no password.
func TestCheckURL(t *testing.T) {
	for address, good := range map[string]bool{"https://sign.example.com/v1": true, "http://127.0.0.1:9/x": true, "http://localhost/x": true, "http://sign.example.com": false,
		"https://a:b@sign.example.com": false, "ftp://sign.example.com": false, "": false, "https://": false} {
		if err := hooks.CheckURL(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}
