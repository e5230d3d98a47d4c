// Package client calls the services that carry out the effects of journeys.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"liuke.dev/shared/effects"
	"liuke.dev/shared/moment"
	"liuke.dev/shared/telemetry"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// Tokens gives tokens of Liuke's own processes.
type Tokens interface{ Token() (string, error) }

// Client calls services under one or more base URLs.
type Client struct {
	base   map[string]string // first path element after /v1/ to base URL; "" is the rest
	tokens Tokens
	http   *http.Client
}

// New makes a client. origin serves everything; more names base URLs for single
// resources, such as "customers".
func New(origin string, more map[string]string, tokens Tokens) *Client {
	base := map[string]string{"": strings.TrimRight(origin, "/")}
	for resource, u := range more {
		base[resource] = strings.TrimRight(u, "/")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.MaxIdleConnsPerHost = 16
	return &Client{base: base, tokens: tokens, http: &http.Client{Timeout: 15 * time.Second, Transport: transport}}
}

// Call is one request of an effect.
type Call struct {
	Method string
	Path   []string // elements after /v1, escaped by the client
	Key    string   // the effect's id
	Cause  string   // the obligation's id
	Body   any      // nil: none
	Into   any      // nil: the answer's body is ignored
}

// Error is an answer that is not a success.
type Error struct {
	Status int
	Code   string
	Rule   string
	Detail string
	Call   string
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.Call, e.Status, e.Code)
	if e.Rule != "" {
		text += " (" + e.Rule + ")"
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Do carries a call out. An error that is no *Error means that no answer came.
func (c *Client) Do(ctx context.Context, call Call) error {
	if err := moment.Reached(moment.BeforeEffect); err != nil {
		return err
	}
	err := c.do(ctx, call)
	return errors.Join(err, moment.Reached(moment.AfterEffect))
}

func (c *Client) do(ctx context.Context, call Call) error {
	request, err := c.request(ctx, call)
	if err != nil {
		return err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end below
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return refusal(answer.StatusCode, body, call)
	}
	if call.Into == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, call.Into); err != nil {
		return fmt.Errorf("%s: answer: %w", call.name(), err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	var body io.Reader
	if call.Body != nil {
		raw, err := json.Marshal(call.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	base, ok := c.base[call.Path[0]]
	if !ok {
		base = c.base[""]
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, base+"/v1/"+call.escaped(), body)
	if err != nil {
		return nil, err
	}
	token, err := c.tokens.Token()
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept-Language", "en")
	request.Header.Set(effects.HeaderKey, call.Key)
	request.Header.Set(effects.HeaderCause, call.Cause)
	telemetry.Inject(ctx, request.Header)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// escaped joins the path. Colons of effect ids stay as they are: they are legal.
func (c Call) escaped() string {
	parts := make([]string, len(c.Path))
	for i, p := range c.Path {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

func (c Call) name() string { return c.Method + " /v1/" + c.escaped() }

func refusal(status int, body []byte, call Call) error {
	var p struct {
		Code   string `json:"code"`
		Rule   string `json:"rule"`
		Detail string `json:"detail"`
		Errors []struct {
			Field string `json:"field"`
			Rule  string `json:"rule"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(body, &p) // whatever it is, the status counts
	for _, f := range p.Errors {
		p.Detail += "; " + f.Field + ": " + f.Rule
	}
	return &Error{Status: status, Code: p.Code, Rule: p.Rule, Detail: p.Detail, Call: call.name()}
}
