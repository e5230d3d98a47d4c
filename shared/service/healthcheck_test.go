package service

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAHealthcheckSaysWhatReadinessSays(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"kafka":"does not answer"}`)
	}))
	defer server.Close()
	t.Setenv("LIUKE_HTTP", strings.TrimPrefix(server.URL, "http://"))
	if err := healthcheck(t.Context()); err != nil {
		t.Error(err)
	}
	status = http.StatusServiceUnavailable
	if err := healthcheck(t.Context()); err == nil || !strings.Contains(err.Error(), "kafka") {
		t.Errorf("ready without Kafka: %v", err)
	}
	server.Close()
	if err := healthcheck(t.Context()); err == nil {
		t.Error("a program that is not there is well")
	}
}

func TestWhatListensEverywhereIsAskedOnLoopback(t *testing.T) {
	for address, want := range map[string]string{":80": "127.0.0.1:80", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80", "127.0.0.2:80": "127.0.0.2:80", "host:80": "host:80"} {
		if got := near(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}
