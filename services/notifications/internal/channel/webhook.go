package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/hooks"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/telemetry"
)

// HeaderSignature carries when a post was signed and its signature (package hooks).
const HeaderSignature = hooks.HeaderSignature

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
func Sign(secret string, at instant.Time, body []byte) string { return hooks.Sign(secret, at, body) }

// CheckURL accepts https, and http on this machine.
func CheckURL(s string) error { return hooks.CheckURL(s) }
