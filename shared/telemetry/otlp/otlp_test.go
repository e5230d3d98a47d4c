package otlp

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/telemetry"
)

func TestWhatWasRecordedIsSentAtTheEnd(t *testing.T) {
	var got atomic.Pointer[[]byte]
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s %v", r.URL.Path, err)
		}
		got.Store(&body)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer collector.Close()
	stop, err := Start(t.Context(), Config{Endpoint: collector.URL, Ratio: 1, Service: "liuke-leads", Version: "1"})
	if err != nil || !telemetry.On() {
		t.Fatal("not on", err)
	}
	_, step := telemetry.Serve(t.Context(), http.Header{}, false, "POST /v1/leads")
	step.Note("liuke.customer", "C1").End(nil)
	if err := stop(t.Context()); err != nil || telemetry.On() {
		t.Fatal("still on", err)
	}
	sent := got.Load()
	if sent == nil {
		t.Fatal("nothing was sent")
	}
	for _, want := range []string{"liuke-leads", "POST /v1/leads", "C1"} {
		if !bytes.Contains(*sent, []byte(want)) {
			t.Errorf("%q was not sent", want)
		}
	}
}

func TestACollectorThatIsAwayCostsNobodyTime(t *testing.T) {
	release := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hangs.Close()
	defer close(release)
	var said bytes.Buffer
	stop, err := Start(t.Context(), Config{Endpoint: hangs.URL, Ratio: 1, Service: "x", Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	for range 3 * queued {
		_, step := telemetry.Serve(t.Context(), http.Header{}, false, "POST")
		step.End(nil)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("%d steps took %s", 3*queued, took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin = time.Now()
	if err := stop(ctx); err == nil || time.Since(begin) > 5*time.Second {
		t.Errorf("the end took %s: %v", time.Since(begin), err)
	}
}

func TestTracingIsOffUnlessItIsAskedFor(t *testing.T) {
	for _, off := range []string{"", telemetry.None} {
		stop, err := Start(t.Context(), Config{Endpoint: off})
		if err != nil || telemetry.On() || stop(t.Context()) != nil {
			t.Errorf("%q: on, or %v", off, err)
		}
	}
	for _, senseless := range []string{"localhost:4318", "grpc://x:4317", "http://"} {
		if _, err := Start(t.Context(), Config{Endpoint: senseless}); err == nil || !strings.Contains(err.Error(), "traces:") {
			t.Errorf("%q: %v", senseless, err)
		}
	}
	if to, err := telemetry.Collector("https://collector.example/otlp/v1/traces"); err != nil || to != "https://collector.example/otlp/v1/traces" {
		t.Error(to, err)
	}
}
