package channel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/telemetry"
)

// HeaderSignature carries when a post was signed and its signature:
// "t=<unix seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">".
const HeaderSignature = "Liuke-Signature"

// longest pause that a receiver may ask for.
const longest = time.Hour

// Webhook posts reminders to webhooks.
type Webhook struct {
	client *http.Client
	clock  instant.Clock
}

// NewWebhook makes a poster; it follows no redirect and waits no longer than timeout.
func NewWebhook(timeout time.Duration, clock instant.Clock) *Webhook {
	t := &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout}
	return &Webhook{clock: clock, client: &http.Client{Timeout: timeout, Transport: t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// posted is the body of a post.
type posted struct {
	ID       string             `json:"id"` // of the delivery: the idempotency key
	Type     string             `json:"type"`
	Reminder catalogue.Reminder `json:"reminder"`
}

// Post posts one reminder under an idempotency key that stays the same on every attempt.
func (w *Webhook) Post(ctx context.Context, h outbox.Hook, key string, r catalogue.Reminder) error {
	_, err := w.post(ctx, h.URL, h.Secret, key, posted{ID: key, Type: "reminder", Reminder: r})
	return err
}

// carried is the body of a post to a gateway.
type carried struct {
	ID       string             `json:"id"` // of the delivery: the idempotency key
	Type     string             `json:"type"`
	Outreach catalogue.Outreach `json:"outreach"`
}

// Carry posts what a customer is told to a gateway, under a key that stays the same on every attempt.
func (w *Webhook) Carry(ctx context.Context, h outbox.Hook, key string, o catalogue.Outreach) error {
	_, err := w.post(ctx, h.URL, h.Secret, key, carried{ID: key, Type: "outreach", Outreach: o})
	return err
}

// answerMost is as much as is read of an answer.
const answerMost = 64 << 10

func (w *Webhook) post(ctx context.Context, address, secret, key string, what any) ([]byte, error) {
	if err := CheckURL(address); err != nil {
		return nil, Final(err)
	}
	body, err := json.Marshal(what)
	if err != nil {
		return nil, Final(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, Final(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Liuke")
	req.Header.Set(effects.HeaderKey, key)
	telemetry.Inject(ctx, req.Header)
	if secret != "" {
		req.Header.Set(HeaderSignature, Sign(secret, w.clock(), body))
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, answerMost)) // so that the connection can be used again
	return answer, outcome(resp)
}

func outcome(resp *http.Response) error {
	err := fmt.Errorf("the webhook answered %s", resp.Status)
	switch s := resp.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s == http.StatusGone:
		return Final(fmt.Errorf("%w: %w", ErrGone, err))
	case s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests, s >= 500:
		if n, e := strconv.Atoi(resp.Header.Get("Retry-After")); e == nil && n > 0 {
			return later{err, min(time.Duration(n)*time.Second, longest)}
		}
		return err
	case s >= 300 && s < 400:
		return Final(fmt.Errorf("%w: redirects are not followed", err))
	}
	return Final(err)
}

// Sign gives the signature of a body at an instant.
func Sign(secret string, at instant.Time, body []byte) string {
	t := strconv.FormatInt(int64(at)/1000, 10)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(t + "."))
	m.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(m.Sum(nil))
}

// CheckURL accepts https, and http on this machine.
func CheckURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return fmt.Errorf("%q is not the address of a webhook", s)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("a webhook needs https, but for one on this machine: %q", s)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
