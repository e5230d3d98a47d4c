package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/shared/config"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// slow is a service whose requests take as long as the test wants.
type slow struct {
	path    string
	begun   chan string
	release chan struct{}
	runs    chan struct{}
	ended   chan struct{}
}

func newSlow(path string) *slow {
	return &slow{path: path, begun: make(chan string, 10), release: make(chan struct{}), runs: make(chan struct{}), ended: make(chan struct{})}
}

func (s *slow) Register(r *httpx.Server) {
	r.Routes.GET(s.path, func(c *gin.Context) {
		s.begun <- c.GetHeader("Accept")
		select {
		case <-s.release:
			c.String(http.StatusOK, "done")
		case <-c.Request.Context().Done():
			c.String(http.StatusTeapot, "cancelled")
		}
	})
}

func (s *slow) Run(ctx context.Context) error {
	close(s.runs)
	<-ctx.Done()
	close(s.ended)
	return nil
}

// stand is a host that runs on a cluster in memory.
type stand struct {
	*Host
	url   string
	stop  context.CancelFunc
	ended chan error
}

func run1(t *testing.T, drain time.Duration, open func(*Host) func(context.Context) error) *stand {
	t.Helper()
	c := config.Default()
	c.ServiceKey = filepath.Join(t.TempDir(), "key.pem")
	c.Origin, c.InternalOrigin = "http://127.0.0.1:1", "http://127.0.0.1:1"
	h, err := NewHost(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	memory := kafkatest.New()
	if err := memory.EnsureTopics(t.Context(), facts.Topics(1, 1)); err != nil {
		t.Fatal(err)
	}
	h.Cluster, h.Drain = memory, drain
	if err := h.Policy.Put(policy.Book{Version: 1, EffectiveFrom: 1, Author: "a", Reason: "r", PublishedAt: 1, Sections: policy.Defaults()}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &stand{Host: h, url: "http://" + l.Addr().String(), stop: stop, ended: make(chan error, 1)}
	go func() { s.ended <- h.RunFrom(ctx, l, open(h)) }()
	t.Cleanup(stop)
	return s
}

func (s *stand) get(path, accept string) (int, string, error) {
	r, err := http.NewRequest(http.MethodGet, s.url+path, nil) //nolint:noctx // ends with the server
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Accept", accept)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

func (s *stand) until(t *testing.T, path string, want int) string {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		status, body, err := s.get(path, "")
		if err == nil && status == want {
			return body
		}
		if time.Now().After(end) {
			t.Fatalf("GET %s: %d %s %v, want %d", path, status, body, err, want)
		}
	}
}

func openSlow(one *slow) func(*Host) func(context.Context) error {
	return func(h *Host) func(context.Context) error {
		return func(ctx context.Context) error { return h.Add(ctx, "accounts", Deps{Log: h.Log}, one) }
	}
}

// Started before what it needs, a process says so, and comes up by itself.
func TestAProcessWaitsForWhatItNeeds(t *testing.T) {
	one, there := newSlow("/v1/customers"), make(chan struct{})
	away := fmt.Errorf("no server: %w", store.ErrUnavailable)
	s := run1(t, 0, func(h *Host) func(context.Context) error {
		return func(ctx context.Context) error {
			err := h.Await(ctx, "store:accounts", func(context.Context) error {
				select {
				case <-there:
					return nil
				default:
					return away
				}
			}, StoreAway)
			return errors.Join(err, openSlow(one)(h)(ctx))
		}
	})
	s.until(t, "/healthz", http.StatusOK)
	if said := s.until(t, "/readyz", http.StatusServiceUnavailable); !strings.Contains(said, "store:accounts") || !strings.Contains(said, "no server") {
		t.Errorf("it does not say what it waits for: %s", said)
	}
	if said := s.until(t, "/v1/customers", http.StatusServiceUnavailable); !strings.Contains(said, "unavailable") {
		t.Errorf("no problem: %s", said)
	}
	close(there)
	s.until(t, "/readyz", http.StatusOK)
	close(one.release)
	s.until(t, "/v1/customers", http.StatusOK)
	s.stop()
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

// An end that is asked for while the start still waits comes at once and is no error.
func TestAStartThatWaitsCanBeEnded(t *testing.T) {
	s := run1(t, time.Minute, func(h *Host) func(context.Context) error {
		return func(ctx context.Context) error {
			return h.Await(ctx, "kafka", func(context.Context) error { return errors.New("away") }, brokerAway)
		}
	})
	s.until(t, "/readyz", http.StatusServiceUnavailable)
	s.stop()
	select {
	case err := <-s.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it goes on waiting")
	}
}

// What can never succeed ends the start.
func TestAStartThatCannotSucceedEnds(t *testing.T) {
	s := run1(t, 0, func(h *Host) func(context.Context) error {
		return func(ctx context.Context) error {
			return h.Await(ctx, "store:accounts", func(context.Context) error { return errors.New("no such scheme") }, StoreAway)
		}
	})
	if err := <-s.ended; err == nil || !strings.Contains(err.Error(), "no such scheme") {
		t.Error(err)
	}
}

// Asked to end, a process first says that it is not ready and goes on answering;
// requests under way finish, streams end, and only then the service stops.
func TestAProcessThatEndsLetsRequestsFinish(t *testing.T) {
	one := newSlow("/v1/customers")
	s := run1(t, 300*time.Millisecond, openSlow(one))
	s.until(t, "/readyz", http.StatusOK)
	<-one.runs
	type answer struct {
		status int
		body   string
		err    error
	}
	answers := map[string]chan answer{"": make(chan answer, 1), "text/event-stream": make(chan answer, 1)}
	for accept, into := range answers {
		go func() { status, body, err := s.get("/v1/customers", accept); into <- answer{status, body, err} }()
		<-one.begun
	}
	s.stop()
	s.until(t, "/readyz", http.StatusServiceUnavailable)
	if got := <-answers["text/event-stream"]; got.status != http.StatusTeapot {
		t.Errorf("the stream: %+v", got)
	}
	select {
	case <-one.ended:
		t.Fatal("the service stopped before its requests")
	case <-time.After(50 * time.Millisecond):
	}
	close(one.release)
	if got := <-answers[""]; got.err != nil || got.status != http.StatusOK || got.body != "done" {
		t.Errorf("the request under way: %+v", got)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	<-one.ended
}

// brokerless is a cluster that may go away.
type brokerless struct {
	kafka.Cluster
	gone atomic.Bool
}

func (b *brokerless) Ping(ctx context.Context) error {
	if b.gone.Load() {
		return errors.New("no broker")
	}
	return b.Cluster.Ping(ctx)
}

// A broker that goes away takes nobody out: commands go on, and their facts wait.
func TestRequestsAreServedWithoutABroker(t *testing.T) {
	one := newSlow("/v1/customers")
	close(one.release)
	b := &brokerless{}
	s := run1(t, 0, func(h *Host) func(context.Context) error {
		b.Cluster = h.Cluster
		h.Cluster = b
		return openSlow(one)(h)
	})
	s.until(t, "/readyz", http.StatusOK)
	b.gone.Store(true)
	for end := time.Now().Add(10 * time.Second); !strings.Contains(s.until(t, "/readyz", http.StatusOK), "no broker"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not say that the broker is away")
		}
	}
	s.until(t, "/v1/customers", http.StatusOK)
}

// A service that answers what the table gives to another does not start, and
// every path of the table finds its service.
func TestTheTableOfRoutesIsKept(t *testing.T) {
	for path, want := range map[string]string{"/v1/leads": "leads", "/v1/leads/7/follow-ups": "leads", "/v1/people/me": "organization", "/oidc/authorize": "organization",
		"/setup/administrator": "organization", "/v1/journeys/lead/7": "journeys", "/openapi/insights.json": "insights", "/v1/leadsx": "", "/readyz": "", "/": ""} {
		if got, _ := ServiceOf(path); got != want {
			t.Errorf("%s goes to %q, want %q", path, got, want)
		}
	}
	e := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "accounts", Version: "test", Engine: e, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	httpx.Handle(r, httpx.Op{Method: http.MethodGet, Path: "/v1/leads/stray", ID: "stray", Tag: "x", Summary: "x"}, func(context.Context, *struct{}) (*httpx.None, error) { return nil, nil })
	if err := routed("accounts", r); err == nil || !strings.Contains(err.Error(), "/v1/leads/stray") {
		t.Error(err)
	}
}
