// Package signing hands contracts over to another company's signing service: the
// document is posted to it, it answers where the customer signs, and it tells by a
// callback that they signed or declined. Both directions are signed with one
// secret (package hooks).
package signing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"time"

	"liuke.dev/shared/effects"
	"liuke.dev/shared/hooks"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/telemetry"
)

// ErrFinal is the error of what no repetition mends: the service does not take it.
var ErrFinal = errors.New("signing: refused for good")

// Bounds of what a service answers.
const (
	mostAnswer  = 64 << 10
	mostAddress = 2000
	mostID      = 200
)

// Webhook is a signing service that is reached by HTTP.
type Webhook struct {
	url, secret, callback string
	client                *http.Client
	clock                 instant.Clock
}

// New makes the adapter; it follows no redirect and waits no longer than timeout.
// callback is where the service tells what became of a document.
func New(address, secret, callback string, timeout time.Duration, clock instant.Clock) (*Webhook, error) {
	if err := hooks.CheckURL(address); err != nil {
		return nil, err
	}
	if len(secret) < 16 {
		return nil, errors.New("signing: the secret needs at least 16 characters")
	}
	t := &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout}
	return &Webhook{url: address, secret: secret, callback: callback, clock: clock, client: &http.Client{Timeout: timeout, Transport: t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Name is that of the provider in signatures.
func (*Webhook) Name() string { return "webhook" }

// Handing is a document that is handed over.
type Handing struct {
	ID       string       `json:"id"` // of the sending: the same on every attempt
	Contract string       `json:"contract"`
	Round    int          `json:"round"`
	Number   string       `json:"number"`
	Title    string       `json:"title"`
	Hash     string       `json:"hash"` // SHA-256 of the document
	Signer   Signer       `json:"signer"`
	SignBy   instant.Time `json:"sign_by"`
	Callback string       `json:"callback"`
}

// Signer is who is asked to sign.
type Signer struct {
	Company string `json:"company"`
	Contact string `json:"contact,omitempty"`
}

// Handed is what the service made of it.
type Handed struct {
	ID      string `json:"id"`      // the service's own
	Address string `json:"address"` // where the customer signs
}

// Hand posts a document. Posted again under the same id it must give the same: the
// id is the idempotency key. Errors: ErrFinal, others pass.
func (w *Webhook) Hand(ctx context.Context, h Handing, pdf []byte) (Handed, error) {
	h.Callback = w.callback
	body, kind, err := form(h, pdf)
	if err != nil {
		return Handed{}, fmt.Errorf("%w: %w", ErrFinal, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return Handed{}, fmt.Errorf("%w: %w", ErrFinal, err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "Liuke")
	req.Header.Set(effects.HeaderKey, h.ID)
	req.Header.Set(hooks.HeaderSignature, hooks.Sign(w.secret, w.clock(), body))
	telemetry.Inject(ctx, req.Header)
	resp, err := w.client.Do(req)
	if err != nil {
		return Handed{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err := outcome(resp.StatusCode); err != nil {
		return Handed{}, err
	}
	if err != nil {
		return Handed{}, fmt.Errorf("the signing service's answer broke off: %w", err)
	}
	return read(answer)
}

// read takes an answer, which may be whatever somebody between us and the service wrote.
func read(answer []byte) (Handed, error) {
	var got Handed
	if err := json.Unmarshal(answer, &got); err != nil {
		return Handed{}, fmt.Errorf("the signing service's answer is not understood: %w", err)
	}
	if got.ID == "" || len(got.ID) > mostID || len(got.Address) > mostAddress {
		return Handed{}, errors.New("the signing service's answer lacks its id, or is too long")
	}
	if err := hooks.CheckURL(got.Address); err != nil {
		return Handed{}, fmt.Errorf("the signing service's address: %w", err)
	}
	return got, nil
}

// outcome tells what may pass from what does not.
func outcome(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return fmt.Errorf("the signing service answered %d", status)
	}
	return fmt.Errorf("%w: it answered %d", ErrFinal, status)
}

// form puts what is known of a contract and its document into one body.
func form(h Handing, pdf []byte) (body []byte, kind string, err error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	told, err := json.Marshal(h)
	if err != nil {
		return nil, "", err
	}
	for _, part := range []struct {
		name, file, kind string
		content          []byte
	}{{"contract", "", "application/json", told}, {"document", h.Number + ".pdf", "application/pdf", pdf}} {
		head := textproto.MIMEHeader{"Content-Type": {part.kind}, "Content-Disposition": {multipart.FileContentDisposition(part.name, part.file)}}
		if part.file == "" {
			head.Set("Content-Disposition", `form-data; name="contract"`)
		}
		p, err := m.CreatePart(head)
		if err != nil {
			return nil, "", err
		}
		if _, err := p.Write(part.content); err != nil {
			return nil, "", err
		}
	}
	if err := m.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), m.FormDataContentType(), nil
}

// Believes tells whether a callback is the service's.
func (w *Webhook) Believes(header string, body []byte) error {
	return hooks.Verify(w.secret, header, body, w.clock())
}
