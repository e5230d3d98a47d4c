// Package api is a small client of Liuke's own HTTP interface, for the command
// line and the demo: it acts as a person, by the installation's key.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
)

// Client calls a program.
type Client struct {
	URL string
	// Token gives the access token of a person.
	Token func(person string) (string, error)
	// Origin of the page that calls, where it is a browser that does.
	Origin string
}

// New makes a client that signs its own tokens.
func New(url string, key *auth.Key) *Client {
	return &Client{URL: url, Token: func(person string) (string, error) { return key.Issue(auth.Principal{ID: person}, time.Hour) }}
}

type keyed struct{}

// WithKey gives the next request an Idempotency-Key: repeating it creates nothing twice.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyed{}, key)
}

// Error is a refusal by the program.
type Error struct {
	Call    string
	Status  int
	Problem httpx.Problem
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.Call, e.Status, e.Problem.Text.En)
	for _, f := range e.Problem.Errors {
		text += fmt.Sprintf("; %s: %s", f.Field, f.Text.En)
	}
	return text
}

// Do sends a JSON request as a person and reads the answer into out, if it is not nil.
func (c *Client) Do(ctx context.Context, as, method, path string, in, out any) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	var body io.Reader
	if in != nil {
		body = bytes.NewReader(text)
	}
	return c.Send(ctx, as, method, path, "application/json", body, out)
}

// Send sends a body of any type.
func (c *Client) Send(ctx context.Context, as, method, path, contentType string, body io.Reader, out any) error {
	answer, err := c.Open(ctx, as, method, path, contentType, body)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer)
	if closed := answer.Close(); err == nil {
		err = closed
	}
	if err != nil || out == nil || len(text) == 0 {
		return err
	}
	return json.Unmarshal(text, out)
}

// Open sends a body and gives the answer as it streams in; a refusal is an error.
func (c *Client) Open(ctx context.Context, as, method, path, contentType string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", contentType)
	}
	if key, ok := ctx.Value(keyed{}).(string); ok {
		r.Header.Set(effects.HeaderKey, key)
	}
	if c.Origin != "" {
		r.Header.Set("Origin", c.Origin)
	}
	if as != "" {
		token, err := c.Token(as)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < http.StatusMultipleChoices {
		return resp.Body, nil
	}
	text, err := io.ReadAll(resp.Body)
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	refused := &Error{Call: method + " " + path + " as " + as, Status: resp.StatusCode}
	if json.Unmarshal(text, &refused.Problem) != nil {
		refused.Problem.Text.En = string(text)
	}
	return nil, refused
}

// Post sends a POST and gives the id in the answer.
func (c *Client) Post(ctx context.Context, as, path string, in any) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.Do(ctx, as, http.MethodPost, path, in, &out)
	return out.ID, err
}
