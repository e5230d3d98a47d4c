package upgrade

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"liuke.dev/deploy/local/temporalserver"
	"liuke.dev/deploy/recount"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/rollout"
	"liuke.dev/workflows/router"
)

// stand is a Temporal server, the store of journeys, and services that count.
type stand struct {
	t        *testing.T
	server   *temporalserver.Server
	client   client.Client
	rollout  *rollout.Rollout
	router   *router.Router
	services *httptest.Server
	file     string
	store    store.Engine

	mu      sync.Mutex
	history *journeytest.History
	deals   []string
	effects map[string]int // calls that were answered, by the effect's id
}

func open(t *testing.T) *stand {
	t.Helper()
	server, err := temporalserver.Start(t.Context(), temporalserver.Config{Dir: t.TempDir(), Address: "127.0.0.1:0", Namespace: namespace,
		SearchAttributes: host.SearchAttributes, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	c, err := dial(server.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s := &stand{t: t, server: server, client: c, rollout: rollout.New(c, namespace, host.TaskQueue), router: router.New(c, 4, nil, instant.Now),
		file: filepath.Join(t.TempDir(), "journeys.db"), history: journeytest.New(t), effects: map[string]int{}}
	if s.store, err = sqlite.Open(t.Context(), s.file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	s.services = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.effects[r.Header.Get("Idempotency-Key")]++
		s.mu.Unlock()
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte(`{"customer":"c1"}`)) // the caller may have been killed
	}))
	t.Cleanup(s.services.Close)
	return s
}

// tell records facts of a deal and brings them to its journey.
func (s *stand) tell(deal string, d ...catalogue.Data) {
	s.t.Helper()
	s.mu.Lock()
	from := len(s.history.Events)
	s.history.Tell("deal/"+deal, instant.Now(), d...)
	var batch []facts.Event
	for _, e := range s.history.Events[from:] {
		batch = append(batch, facts.Event{ID: e.ID, Type: e.Type, Subject: e.Subject, Aggregate: e.Subject, Time: e.Time, Version: e.Version, Data: e.Data})
	}
	s.mu.Unlock()
	for _, err := range s.router.Handle(s.t.Context(), batch) {
		if err != nil && s.t.Context().Err() == nil {
			s.t.Error(err)
		}
	}
}

func (s *stand) openDeal() {
	now := instant.Now()
	id := fmt.Sprintf("d%d", len(s.deals))
	s.deals = append(s.deals, id)
	s.tell(id, &catalogue.DealOpened{After: catalogue.Deal{ID: id, Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageType: "contact",
		StageSince: now, ClocksFrom: now, OpenedAt: now, Outcome: catalogue.DealOpen}})
}

func (s *stand) followUp(deal string, n int) {
	now := instant.Now()
	s.tell(deal, &catalogue.FollowUpRecorded{Owner: "zhang", FollowUp: catalogue.FollowUp{ID: fmt.Sprint(deal, "-", n), Subject: catalogue.Subject{Kind: "deal", ID: deal},
		By: "zhang", OccurredAt: now, RecordedAt: now, Channel: "phone", Direction: "inbound", KeyPoints: "ok", NextAction: "call",
		NextTouchAt: now.Add(2 * 24 * time.Hour / speed), Counts: true}})
}

// work lets people follow deals up until it is stopped: some often, some never,
// so that promises come due all the time.
func (s *stand) work() (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			s.followUp(s.deals[n*7%len(s.deals)*2/3], n)
			select {
			case <-ctx.Done():
			case <-time.After(40 * time.Millisecond):
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

// await waits until something holds.
func (s *stand) await(what string, within time.Duration, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return
		}
	}
	s.t.Fatalf("not within %s: %s", within, what)
}

func (s *stand) status() rollout.Status {
	s.t.Helper()
	status, err := s.rollout.Status(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return status
}

func (s *stand) isCurrent(build string) func() bool {
	return func() bool { return s.status().Current == build }
}

// ledger counts the promises from the recorded decisions.
func (s *stand) ledger() *recount.Ledger {
	s.t.Helper()
	l, err := recount.ReadLedger(nil)
	for cursor, more := "", true; err == nil && more; more = cursor != "" {
		var page []store.Fact
		if page, cursor, err = s.store.Facts(s.t.Context(), cursor, 500); err != nil {
			break
		}
		events := make([]facts.Event, len(page))
		for i, f := range page {
			if events[i], err = facts.Stored(f); err != nil {
				s.t.Fatal(err)
			}
		}
		err = l.Take(events)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

// settle stops the work, waits until everything due has fired and its effects
// were carried out, and checks that each promise was kept once.
func (s *stand) settle() *recount.Ledger {
	s.t.Helper()
	var l *recount.Ledger
	var missing []string
	s.await("every promise that is due has fired, every effect is carried out", 90*time.Second, func() bool {
		l, missing = s.ledger(), nil
		if due, _ := l.DueSoon(); due != 0 && due < instant.Now().Add(-3*time.Second) {
			return false
		}
		for id := range l.Effects {
			if s.answered(id) == 0 && !recent(l, id) {
				missing = append(missing, id)
			}
		}
		return len(missing) == 0
	})
	for _, broken := range l.Broken(instant.Now(), 5*time.Second) {
		if !strings.Contains(broken, "happened 0 times") { // services that only count record no task: the calls were counted above
			s.t.Error(broken)
		}
	}
	return l
}

func recent(l *recount.Ledger, effect string) bool {
	fired := l.Fired[l.CausedBy[effect]]
	return len(fired) > 0 && fired[0].At > instant.Now().Add(-2*time.Second)
}

func (s *stand) answered(effect string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.effects[effect]
}

// A new build takes the journeys over while they run and the old one is killed:
// every journey goes on, and every promise is kept once. Then a build that
// cannot carry journeys on is tried on half of them, and taken back.
func TestJourneysGoOnWhileTheWorkerIsUpgraded(t *testing.T) {
	s := open(t)
	one := s.start("1.0.0", rollout.Auto, false)
	s.await("the first build has the journeys", 60*time.Second, s.isCurrent("1.0.0"))
	for range 60 {
		s.openDeal()
	}
	stop := s.work()
	time.Sleep(2 * time.Second)
	begun := time.Now()
	s.start("1.1.0", rollout.Auto, false)
	s.await("the new build has the journeys", 60*time.Second, s.isCurrent("1.1.0"))
	t.Logf("the new build had the journeys %s after its start", time.Since(begun).Round(100*time.Millisecond))
	time.Sleep(time.Second)
	end(one)
	killed := instant.Now()
	time.Sleep(4 * time.Second)
	s.tryOdd()
	stop()
	l := s.settle()
	t.Log(l.Count())
	s.wentOn(l, killed)
}

// tryOdd ramps a build that cannot carry journeys on, and takes it back.
func (s *stand) tryOdd() {
	s.t.Helper()
	odd := s.start("2.0.0-odd", rollout.Manual, true)
	s.await("the odd build is seen", 60*time.Second, func() bool { _, ok := s.status().Of("2.0.0-odd"); return ok })
	if status := s.status(); status.Current != "1.1.0" {
		s.t.Fatalf("a build that waits for its operator has taken over: %+v", status)
	}
	s.await("the odd build gets half of the journeys", 30*time.Second, func() bool { // refused until all its task queues are seen
		return s.rollout.Ramp(s.t.Context(), "2.0.0-odd", 50) == nil
	})
	var stuck []string
	s.await("journeys fail on the odd build", 60*time.Second, func() bool { stuck = s.failing(); return len(stuck) > 3 })
	if err := s.rollout.Ramp(s.t.Context(), "2.0.0-odd", 0); err != nil {
		s.t.Fatal(err)
	}
	end(odd)
	begun := time.Now()
	s.await("no journey fails any more", 60*time.Second, func() bool { return len(s.failing()) == 0 })
	s.t.Logf("%d journeys failed on the odd build; all went on %s after it was taken back", len(stuck), time.Since(begun).Round(100*time.Millisecond))
	if status := s.status(); status.Ramping != "" {
		s.t.Errorf("still ramping: %+v", status)
	}
}

// failing gives the journeys whose workflow task was tried and failed.
func (s *stand) failing() (out []string) {
	s.t.Helper()
	for _, d := range s.deals {
		info, err := s.client.DescribeWorkflowExecution(s.t.Context(), host.WorkflowID("deal", d), "")
		if err != nil {
			s.t.Fatal(err)
		}
		if p := info.PendingWorkflowTask; p != nil && p.Attempt > 1 && p.State != enumspb.PENDING_WORKFLOW_TASK_STATE_UNSPECIFIED {
			out = append(out, d)
		}
	}
	return out
}

// wentOn checks that the journeys decided after an instant, and that the new
// build did it.
func (s *stand) wentOn(l *recount.Ledger, after instant.Time) {
	s.t.Helper()
	if len(l.Decisions) != len(s.deals) {
		s.t.Errorf("%d of %d journeys decided", len(l.Decisions), len(s.deals))
	}
	later := 0
	for _, decisions := range l.Decisions {
		if slices.ContainsFunc(decisions, func(d catalogue.Decided) bool { return d.At > after }) {
			later++
		}
	}
	if later < len(s.deals)/2 {
		s.t.Errorf("only %d of %d journeys decided after the old build was killed", later, len(s.deals))
	}
	if len(l.Fired) < 2*len(s.deals) {
		s.t.Errorf("only %d obligations fired: the test proves little", len(l.Fired))
	}
	for _, d := range s.deals {
		info, err := s.client.DescribeWorkflowExecution(s.t.Context(), host.WorkflowID("deal", d), "")
		if err != nil {
			s.t.Fatal(err)
		}
		v := info.WorkflowExecutionInfo.GetVersioningInfo()
		if got := v.GetDeploymentVersion().GetBuildId(); got != "1.1.0" {
			s.t.Errorf("deal %s stands on build %q (%s)", d, got, v.GetBehavior())
		}
	}
}
