package service

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestThePublicURLIsCalledWhereItIsReachedFromInside(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host+r.URL.RequestURI()) }))
	defer server.Close()
	client := throughInternal("https://crm.example.com", server.URL)
	if got := get(t, client, "https://crm.example.com/oidc/keys?a=b"); got != strings.TrimPrefix(server.URL, "http://")+"/oidc/keys?a=b" {
		t.Errorf("inside: %q", got)
	}
	if got := get(t, client, server.URL+"/other"); !strings.HasSuffix(got, "/other") {
		t.Errorf("elsewhere: %q", got)
	}
}

func get(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
