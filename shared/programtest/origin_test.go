package programtest

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/freeport"
)

// process answers as an instance of a service does.
type process struct {
	ready  atomic.Bool
	served atomic.Int64
	server *http.Server
	at     string
}

func newProcess(t *testing.T) *process {
	t.Helper()
	p := &process{}
	p.ready.Store(true)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.at = l.Addr().String()
	p.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/readyz" && !p.ready.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path == "/readyz":
		case r.Header.Get("X-Break") != "":
			panic(http.ErrAbortHandler) // the connection breaks after the request was taken
		default:
			p.served.Add(1)
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(append([]byte(r.URL.Path+" "), body...))
		}
	}), ReadHeaderTimeout: time.Second}
	go func() { _ = p.server.Serve(l) }()
	t.Cleanup(func() { _ = p.server.Close() })
	return p
}

func originOf(t *testing.T, all ...*process) *Origin {
	t.Helper()
	var instances []*Instance
	for n, p := range all {
		instances = append(instances, &Instance{Service: "leads", Number: n + 1, launch: Launch{Addresses: Addresses{HTTP: p.at}}})
	}
	free, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	o, err := openOrigin(free[0], instances)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, i := range instances {
		if err := o.await(ctx, i); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *Origin) ask(t *testing.T, method, path string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+o.address+path, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// The origin takes turns, leaves out who is not ready, and tries another where
// nobody takes the connection, whatever the method: nothing was sent.
func TestTheOriginSendsRequestsToWhoAnswers(t *testing.T) {
	one, other := newProcess(t), newProcess(t)
	o := originOf(t, one, other)
	for range 10 {
		if status, text := o.ask(t, http.MethodPost, "/v1/leads/7"); status != http.StatusOK || text != "/v1/leads/7 body" {
			t.Fatal(status, text)
		}
	}
	if one.served.Load() != 5 || other.served.Load() != 5 {
		t.Errorf("%d and %d requests", one.served.Load(), other.served.Load())
	}
	_ = one.server.Close()
	for range 10 {
		if status, _ := o.ask(t, http.MethodPost, "/v1/leads"); status != http.StatusOK {
			t.Errorf("one process is gone: %d", status)
		}
	}
	other.ready.Store(false)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := o.ask(t, http.MethodGet, "/v1/leads"); status == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(end) {
			t.Fatal("who is not ready still gets requests")
		}
	}
}

// What may have been carried out is not sent again: whether it may be repeated is
// for the client to know.
func TestTheOriginRepeatsNothingThatMayHaveHappened(t *testing.T) {
	o := originOf(t, newProcess(t), newProcess(t))
	if status, _ := o.ask(t, http.MethodPost, "/v1/leads", "X-Break", "yes"); status != http.StatusBadGateway {
		t.Errorf("status %d", status)
	}
	for path, want := range map[string]int{"/readyz": 404, "/metrics": 404, "/v1/tasks": 503} {
		if status, _ := o.ask(t, http.MethodGet, path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}
