// Package hooks signs what Liuke posts to other systems and checks what they post
// to Liuke, with one secret that both know.
package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"liuke.dev/shared/instant"
)

// HeaderSignature carries when a post was signed and its signature:
// "t=<unix seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">".
const HeaderSignature = "Liuke-Signature"

// Tolerance is by how much the clock of who signed may differ, and how long a post
// may be on its way; what is older could be a recording of somebody else's.
const Tolerance = 5 * time.Minute

// What is wrong with a signature.
var (
	ErrSignature = errors.New("hooks: not signed with the secret")
	ErrTime      = errors.New("hooks: signed too long ago, or by a clock that differs")
)

// Sign gives the signature of a body at an instant.
func Sign(secret string, at instant.Time, body []byte) string {
	t := strconv.FormatInt(int64(at)/1000, 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(sum(secret, t, body))
}

func sum(secret, t string, body []byte) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(t + "."))
	m.Write(body)
	return m.Sum(nil)
}

// Verify checks the signature of a body that came at an instant. Errors: ErrSignature, ErrTime.
func Verify(secret, header string, body []byte, now instant.Time) error {
	t, given := "", []byte(nil)
	for _, part := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			t = value
		case "v1":
			given, _ = hex.DecodeString(value) // what is no number is no signature either
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if secret == "" || err != nil || !hmac.Equal(given, sum(secret, t, body)) {
		return ErrSignature
	}
	if off := now.Sub(instant.Time(seconds * 1000)); off > Tolerance || off < -Tolerance {
		return ErrTime
	}
	return nil
}

// CheckURL accepts https, and http on this machine.
func CheckURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return fmt.Errorf("%q is no address to post to", s)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("posting needs https, but on this machine: %q", s)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
