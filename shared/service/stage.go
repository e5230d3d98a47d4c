package service

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gin-gonic/gin"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// stage is how far a process has come: it waits for what it needs, answers, and
// at the end lets the proxy in front of it send requests elsewhere.
type stage struct {
	mu       sync.Mutex
	waiting  map[string]string // what the start waits for, and why
	opened   bool
	draining bool
}

func (s *stage) wait(name, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting = map[string]string{}
	}
	s.waiting[name] = why
	if why == "" {
		delete(s.waiting, name)
	}
}

func (s *stage) open()  { s.mu.Lock(); s.opened = true; s.mu.Unlock() }
func (s *stage) drain() { s.mu.Lock(); s.draining = true; s.mu.Unlock() }

// now gives what the stage is and, before it is opened, what is waited for.
func (s *stage) now() (opened, draining bool, waiting map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened, s.draining, maps.Clone(s.waiting)
}

// sayAgain is how often a start that waits says so.
const sayAgain = 30 * time.Second

// Await does what needs something that may not be there yet, again until it is
// done: a process may be started before what it depends on. Meanwhile the log and
// /readyz say what is waited for. What can never succeed is an error at once.
func (h *Host) Await(ctx context.Context, name string, do func(context.Context) error, passes func(error) bool) error {
	pause := &backoff.ExponentialBackOff{InitialInterval: 100 * time.Millisecond, RandomizationFactor: 0.3, Multiplier: 1.6, MaxInterval: 2 * time.Second}
	defer h.stage.wait(name, "")
	var said time.Time
	for {
		err := do(ctx)
		if err == nil || ctx.Err() != nil || !passes(err) {
			if err == nil && !said.IsZero() {
				h.Log.Info("it is there now", "waited_for", name)
			}
			return err
		}
		h.stage.wait(name, err.Error())
		if time.Since(said) > sayAgain {
			h.Log.Warn("waiting", "for", name, "because", err)
			said = time.Now()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause.NextBackOff()):
		}
	}
}

// StoreAway tells whether an error may pass once the store answers.
func StoreAway(err error) bool { return errors.Is(err, store.ErrUnavailable) }

// brokerAway tells whether a broker's error may pass: missing rights, too, are
// granted while a process waits.
func brokerAway(err error) bool { return !errors.Is(err, kafka.ErrConfiguration) }

// early answers while the process waits for what it needs.
func (h *Host) early() *gin.Engine {
	e := httpx.NewEngine()
	e.GET("/healthz", h.healthz)
	e.GET("/readyz", h.readyz)
	e.GET("/metrics", h.metrics())
	e.NoRoute(func(c *gin.Context) {
		httpx.Abort(c, &problem.Error{Code: problem.Unavailable, RetryAfter: time.Second, Text: lang.T("正在启动，请稍后重试", "It is starting; try again shortly")})
	})
	return e
}

// front answers by stage: nothing but its own state before the process knows
// people and a policy, so that nobody is taken for a stranger.
func (h *Host) front() http.Handler {
	early := h.early()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opened, draining, _ := h.stage.now()
		if draining {
			w.Header().Set("Connection", "close") // the next request of this connection goes elsewhere
		}
		if opened {
			select {
			case <-h.known:
				h.Gin.ServeHTTP(w, r)
				return
			default:
			}
		}
		early.ServeHTTP(w, r)
	})
}
