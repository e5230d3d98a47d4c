package workflows_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/mocks"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/service"
	"liuke.dev/workflows"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey/journeytest"
)

var noon = instant.Of(time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC))

// tokens are names of roles.
type tokens struct{}

func (tokens) Verify(_ context.Context, token string) (auth.Principal, error) {
	if token == "" {
		return auth.Principal{}, &problem.Error{Code: problem.Unauthorized}
	}
	return auth.Principal{ID: "p", Roles: []auth.Role{auth.Role(token)}}, nil
}

type stand struct {
	*hosttest.World
	temporal *mocks.Client
	handler  http.Handler
	now      instant.Time
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{World: hosttest.New(t, 1), temporal: &mocks.Client{}, now: noon}
	log := slog.New(slog.DiscardHandler)
	svc, err := workflows.NewWith(t.Context(), service.Deps{Config: config.Config{TemporalLink: "http://ui", Namespace: "liuke"}, Store: s.Store, Policy: s.Policy, Directory: s.People,
		Clock: func() instant.Time { return s.now }, Log: log}, s.temporal, s.Services)
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	server, err := httpx.New(t.Context(), httpx.Config{Name: "journeys", Version: "test", Engine: engine, Verifier: tokens{}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	svc.Register(server)
	s.handler = engine
	return s
}

func (s *stand) call(t *testing.T, method, path, role string, into any) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+role)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if into != nil && w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
	}
	return w.Code
}

// decide lets the journey of a forgotten deal come to an instant.
func (s *stand) decide(t *testing.T, key string, now instant.Time, more ...decisions.Outcome) decisions.Answer {
	t.Helper()
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, &catalogue.DealOpened{After: catalogue.Deal{ID: "d1", Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted",
		StageSince: noon, ClocksFrom: noon, Outcome: catalogue.DealOpen}})
	a, err := s.Decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: "d1", Key: key, Now: now, Events: h.Events, Outcomes: more})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const day = 24 * time.Hour

// The API tells where a journey stands, what happens next, and why.
func TestShowJourney(t *testing.T) {
	s := newStand(t)
	s.decide(t, "0", noon)
	s.decide(t, "1", noon.Add(7*day))
	var j workflows.Journey
	if code := s.call(t, "GET", "/v1/journeys/deal/d1", "salesperson", &j); code != 200 {
		t.Fatalf("status %d", code)
	}
	if j.Owner != "zhang" || j.Stage != "contacted" || len(j.Fired) != 1 || j.Fired[0].Obligation.Rule != "idle.0" || len(j.Decisions) != 2 || len(j.Effects) != 1 ||
		!strings.Contains(j.Says.Zh, "若无人处理") || j.Link != "http://ui/namespaces/liuke/workflows/deal%2Fd1" || j.NextDue != noon.Add(10*day) {
		t.Errorf("journey %+v", j)
	}
	var list httpx.Page[catalogue.Obligation]
	if code := s.call(t, "GET", "/v1/journeys/deal/d1/obligations", "salesperson", &list); code != 200 || len(list.Items) != len(j.Pending) || len(list.Items) == 0 {
		t.Errorf("status %d, %d obligations", code, len(list.Items))
	}
}

// What bad input gets.
func TestShowRefuses(t *testing.T) {
	s := newStand(t)
	for path, want := range map[string]int{"/v1/journeys/deal/none": 404, "/v1/journeys/dragon/d1": 422} {
		if code := s.call(t, "GET", path, "salesperson", nil); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	if code := s.call(t, "GET", "/v1/journeys/deal/none", "", nil); code != 401 {
		t.Errorf("without token: %d", code)
	}
}

// A failed effect is tried again when somebody who answers for it asks.
func TestRetryEffect(t *testing.T) {
	s := newStand(t)
	s.decide(t, "0", noon)
	id := s.decide(t, "1", noon.Add(7*day)).Effects[0].ID
	path := "/v1/journeys/deal/d1/effects/" + id + "/retry"
	if code := s.call(t, "POST", path, "administrator", nil); code != 409 {
		t.Errorf("in hand: %d, want 409", code)
	}
	s.decide(t, "2", noon.Add(7*day), decisions.Outcome{ID: id, Status: decisions.Failed, Error: "400"})
	if code := s.call(t, "POST", path, "salesperson", nil); code != 403 {
		t.Errorf("salesperson: %d, want 403", code)
	}
	if code := s.call(t, "POST", "/v1/journeys/deal/d1/effects/deal:d1:none:1:0/retry", "administrator", nil); code != 404 {
		t.Errorf("unknown effect: %d, want 404", code)
	}
	s.temporal.On("SignalWithStartWorkflow", mock.Anything, "deal/d1", host.SignalReconsider, host.Reconsider{Retry: []string{id}, Why: "p"}, mock.Anything, "DealJourney", mock.Anything).
		Return(nil, nil).Once()
	if code := s.call(t, "POST", path, "administrator", nil); code != 202 {
		t.Errorf("administrator: %d, want 202", code)
	}
	s.temporal.AssertExpectations(t)
}
