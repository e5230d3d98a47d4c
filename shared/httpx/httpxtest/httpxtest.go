// Package httpxtest sends requests to a service in tests, to its handler or to its
// address.
package httpxtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Serve lets a handler answer a request of the bearer of a token; without a token,
// of nobody. The body is nil, a text as it stands, or a value that becomes JSON;
// headers come in pairs and have the last word, an empty one is not sent.
func Serve(t testing.TB, h http.Handler, token, method, path string, body any, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	content := text(t, body)
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(content))
	dress(r, token, content, header)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Send sends a request like Serve's to an address; whoever calls closes the body.
func Send(t testing.TB, token, method, url string, body any, header ...string) *http.Response {
	t.Helper()
	content := text(t, body)
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	dress(r, token, content, header)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func text(t testing.TB, body any) string {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return ""
	case string:
		return b
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func dress(r *http.Request, token, content string, header []string) {
	if content != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			r.Header.Del(header[i])
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
}
