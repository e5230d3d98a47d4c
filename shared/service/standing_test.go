package service

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/health"
)

func (s *stand) standing(t *testing.T, path string, want int) (out Standing, of map[string]health.State) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.until(t, path, want)), &out); err != nil {
		t.Fatal(err)
	}
	of = map[string]health.State{}
	for _, one := range out.Checks {
		of[one.Name] = one
		if one.Kind == "" || one.Needed != (one.Kind == health.Needed) {
			t.Errorf("nobody can tell what follows when %s fails: %+v", one.Name, one)
		}
	}
	return out, of
}

// What is needed decides whether requests are served here; a part that stands
// still is shown, and is no reason to send requests elsewhere or to start again.
func TestAProcessSaysHowItStands(t *testing.T) {
	one := newSlow("/v1/customers")
	s := run1(t, 0, openSlow(one))
	var temporal, relay atomic.Bool
	fails := func(on *atomic.Bool, why string) func(context.Context) error {
		return func(context.Context) error {
			if on.Load() {
				return errors.New(why)
			}
			return nil
		}
	}
	s.health.Need("temporal", fails(&temporal, "connection refused"))
	s.health.Part("relay:accounts", fails(&relay, "the broker is away"))
	if all, of := s.standing(t, "/readyz", http.StatusOK); all.Status != ready || len(of) < 3 || of["temporal"].State != health.OK || of["temporal"].Since.IsZero() {
		t.Errorf("%+v", all)
	}
	relay.Store(true)
	time.Sleep(1100 * time.Millisecond) // answers are kept for a second
	all, of := s.standing(t, "/readyz", http.StatusOK)
	if r := of["relay:accounts"]; all.Status != degraded || r.State != health.Failing || r.Error != "the broker is away" || r.Needed {
		t.Errorf("%+v", all)
	}
	temporal.Store(true)
	if all, of := s.standing(t, "/readyz", http.StatusServiceUnavailable); all.Status != notReady || of["temporal"].Error != "connection refused" || of["temporal"].Since.Before(of["relay:accounts"].Since) {
		t.Errorf("%+v", all)
	}
	if all, _ := s.standing(t, "/healthz", http.StatusOK); all.Status != alive {
		t.Errorf("what is away is taken for a reason to start again: %+v", all)
	}
	if said := s.until(t, "/metrics", http.StatusOK); !strings.Contains(said, `liuke_dependency_up{dependency="temporal",kind="needed"} 0`) ||
		!strings.Contains(said, `liuke_dependency_up{dependency="relay:accounts",kind="own"} 0`) || !strings.Contains(said, `liuke_dependency_up{dependency="clock",kind="aside"} 1`) {
		t.Error("the metrics do not say the same")
	}
	temporal.Store(false)
	relay.Store(false)
	if all, _ := s.standing(t, "/readyz", http.StatusOK); all.Status == notReady {
		t.Errorf("%+v", all)
	}
	close(one.release)
	s.stop()
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}
