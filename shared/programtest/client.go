package programtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"
)

// Client calls the API as one person.
type Client struct {
	URL   string
	Token string
	HTTP  *http.Client
	// Patience is how long a call is repeated while the program is away.
	Patience time.Duration
	// Retries bounds how often a call is repeated, besides Patience; zero: it does not.
	Retries int
	// Repeated counts repeated calls.
	Repeated *atomic.Int64
}

// Refusal is an answer that is no success.
type Refusal struct {
	Method, Path string
	Status       int
	Code         string `json:"code"`
	Rule         string `json:"rule"`
	Detail       string `json:"detail"`
	Body         string
}

// Error gives status and body.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s: %d: %s", r.Method, r.Path, r.Status, r.Body)
}

// NewClient makes a client that is patient for a while.
func NewClient(url, token string, patience time.Duration) *Client {
	return &Client{URL: url, Token: token, Patience: patience,
		HTTP: &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}}}
}

// Get reads a resource.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.Call(ctx, http.MethodGet, path, "", nil, into)
}

// Post creates something under a key of its own: repeated after a lost answer
// it is one and the same command.
func (c *Client) Post(ctx context.Context, path string, body, into any) error {
	return c.Call(ctx, http.MethodPost, path, ulid.Make().String(), body, into)
}

// Call makes a call and repeats it, under the same Idempotency-Key, as long as
// nobody answers, or the program or a proxy before it says that it is away, until patience ends.
func (c *Client) Call(ctx context.Context, method, path, key string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	end := time.Now().Add(c.Patience)
	tries := 0
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		again, err := c.once(ctx, method, path, key, text, into)
		if err == nil || again == 0 || time.Now().After(end) || c.Retries > 0 && tries == c.Retries {
			return err
		}
		if tries++; c.Repeated != nil {
			c.Repeated.Add(1)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s %s: %w (last: %w)", method, path, ctx.Err(), err)
		case <-time.After(max(wait, min(again, 2*time.Second))):
		}
	}
}

// once makes one call; again tells after how long to repeat it, zero for never.
func (c *Client) once(ctx context.Context, method, path, key string, body []byte, into any) (again time.Duration, err error) {
	const soon = time.Millisecond
	request, err := http.NewRequestWithContext(ctx, method, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	answer, err := c.HTTP.Do(request)
	if err != nil {
		return soon, err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return soon, err
	}
	if answer.StatusCode/100 == 2 {
		return 0, decode(text, into)
	}
	r := &Refusal{Method: method, Path: path, Status: answer.StatusCode, Body: string(text)}
	_ = decode(text, r) // a body that is no problem document stays as text
	if r.Status == http.StatusServiceUnavailable || r.Status == http.StatusBadGateway || r.Status == http.StatusGatewayTimeout {
		if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
			return max(soon, time.Duration(seconds)*time.Second), r
		}
		return soon, r
	}
	return 0, r
}

// Page is a list's answer.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// All reads a list to its end.
func All[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	var all []T
	for after := ""; ; {
		var page Page[T]
		if err := c.Get(ctx, path+sign+"limit=200&after="+url.QueryEscape(after), &page); err != nil {
			return all, err
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}
