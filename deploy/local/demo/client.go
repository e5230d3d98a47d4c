package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"liuke.dev/shared/auth"
)

// client calls the program's own API as one of its people would.
type client struct {
	url string
	key *auth.Key
}

// body is a JSON object.
type body = map[string]any

// do sends a request as a person and reads the answer into out, if it is not nil.
func (c *client) do(ctx context.Context, as, method, path string, in any, out any) error {
	var reader io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, reader)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if as != "" {
		token, err := c.key.Issue(auth.Principal{ID: as}, time.Hour)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // read to the end below
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s as %s: %d %s", method, path, as, resp.StatusCode, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}

// post sends a POST and gives the id in the answer.
func (c *client) post(ctx context.Context, as, path string, in body) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, as, http.MethodPost, path, in, &out)
	return out.ID, err
}
