package recordhistories

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"liuke.dev/deploy/local/temporalserver"
	"liuke.dev/deploy/local/timeskip"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/workflows"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/router"
)

const within = 60 * time.Second

type stand struct {
	*hosttest.World
	client client.Client
	router *router.Router
	*journeytest.History
	t *testing.T
}

func start(t *testing.T, skip bool) *stand {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	server, err := temporalserver.Start(ctx, temporalserver.Config{Dir: t.TempDir(), Address: "127.0.0.1:0", Namespace: "liuke",
		SearchAttributes: host.SearchAttributes, TimeSkipping: skip, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	options := client.Options{HostPort: server.Address(), Namespace: server.Namespace(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))}
	if skip {
		options.ConnectionOptions.DialOptions = []grpc.DialOption{grpc.WithChainUnaryInterceptor(timeskip.Interceptor)}
	}
	c, err := client.Dial(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	w := hosttest.New(t, 1)
	worker := workflows.NewWorker(c, w.Decider, w.Activities())
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(worker.Stop)
	return &stand{World: w, client: c, router: router.New(c, 4, nil, instant.Now), History: journeytest.New(t), t: t}
}

// anew gives the same server to another test, as if its services had not been called yet.
func (s *stand) anew(t *testing.T) *stand {
	s.Services.Forget()
	return &stand{World: s.World, client: s.client, router: s.router, History: journeytest.New(t), t: t}
}

// send routes facts as the consumer would, all of them in one batch, and again
// what Temporal did not take in time.
func (s *stand) send(events ...journey.Event) {
	s.t.Helper()
	batch := make([]facts.Event, len(events))
	for i, e := range events {
		batch[i] = facts.Event{ID: e.ID, Type: e.Type, Subject: e.Subject, Aggregate: e.Subject, Time: e.Time, Version: e.Version, Data: e.Data}
	}
	for deadline := time.Now().Add(within); ; time.Sleep(50 * time.Millisecond) {
		var left []facts.Event
		for i, err := range s.router.Handle(s.t.Context(), batch) {
			if err == nil {
				continue
			}
			var away *problem.Error
			if !errors.As(err, &away) || away.Code != problem.Unavailable || time.Now().After(deadline) {
				s.t.Fatal(err)
			}
			s.t.Logf("once more: %v", err)
			left = append(left, batch[i])
		}
		if batch = left; len(batch) == 0 {
			return
		}
	}
}

// await waits until a journey's newest decision is as wanted.
func (s *stand) await(kind, id string, number int64) {
	s.t.Helper()
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if doc, _, err := s.Decider.Get(s.t.Context(), kind, id); err == nil && doc.Number >= number {
			return
		}
	}
	s.t.Fatalf("%s/%s: decision %d was not made", kind, id, number)
}

// rest waits until nothing of a journey's workflow is in flight.
func (s *stand) rest(id string) *history.History {
	s.t.Helper()
	var last *history.History
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		h := s.history(id)
		if last != nil && len(h.Events) == len(last.Events) && settled(h) {
			return h
		}
		last = h
	}
	s.t.Fatalf("%s does not come to rest", id)
	return nil
}

func settled(h *history.History) bool {
	switch h.Events[len(h.Events)-1].EventType {
	case enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, enums.EVENT_TYPE_WORKFLOW_TASK_STARTED, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
		enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return false
	}
	return true
}

func (s *stand) history(id string) *history.History {
	s.t.Helper()
	out := &history.History{}
	for i := s.client.GetWorkflowHistory(s.t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); i.HasNext(); {
		e, err := i.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		out.Events = append(out.Events, e)
	}
	return out
}

// record adds a history to the corpus, if asked to.
func record(t *testing.T, name string, h *history.History) {
	t.Helper()
	if os.Getenv("LIUKE_RECORD") == "" {
		return
	}
	file := filepath.Join("..", "..", "workflows", "host", "testdata", "history", fmt.Sprintf("v%d-%s.json", host.Version, name))
	if _, err := os.Stat(file); err == nil {
		t.Logf("%s is recorded already", file)
		return
	}
	text, err := protojson.MarshalOptions{Indent: " "}.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // it is a source file
		t.Fatal(err)
	}
}

func opened(id string, at instant.Time) *catalogue.DealOpened {
	return &catalogue.DealOpened{After: catalogue.Deal{ID: id, Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageType: "contact",
		StageSince: at, ClocksFrom: at, OpenedAt: at, Outcome: catalogue.DealOpen}}
}

func closed(id string, at instant.Time) *catalogue.DealClosed {
	d := opened(id, at).After
	d.Outcome, d.ClosedAt = catalogue.DealLost, at
	return &catalogue.DealClosed{Deal: id, Outcome: catalogue.DealLost, State: d}
}

func followUp(id string, at, next instant.Time) *catalogue.FollowUpRecorded {
	return &catalogue.FollowUpRecorded{Owner: "zhang", FollowUp: catalogue.FollowUp{ID: id, Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, By: "zhang", OccurredAt: at,
		RecordedAt: at, Channel: "phone", Direction: "inbound", KeyPoints: "talked about the offer", NextAction: "call again", NextTouchAt: next, Counts: true}}
}

const day = 24 * time.Hour

// A lone follow-up costs at most five events of history, one in a burst fewer.
func TestWhatAFollowUpCosts(t *testing.T) {
	s := start(t, false)
	now := instant.Now()
	s.send(s.Tell("deal/d1", now, opened("d1", now)))
	s.await("deal", "d1", 1)
	s.send(s.Tell("deal/d1", now, followUp("f0", now, now.Add(3*day))))
	s.await("deal", "d1", 2)
	before := s.rest("deal/d1")
	const lone = 2 // the next would be the third without progress and mark the deal
	s.send(s.Tell("deal/d1", now, followUp("f1", now, now.Add(4*day))))
	s.await("deal", "d1", 3)
	after := s.rest("deal/d1")
	events, bytes := len(after.Events)-len(before.Events), proto.Size(after)-proto.Size(before)
	t.Logf("a lone follow-up costs %d events, %d bytes", events, bytes)
	if events > 5 {
		for _, e := range after.Events[len(before.Events):] {
			t.Log(e.EventType)
		}
		t.Errorf("a lone follow-up costs %d events, want at most 5", events)
	}
	burst := make([]journey.Event, 20)
	for i := range burst {
		burst[i] = s.Tell("deal/d1", now, followUp(fmt.Sprintf("b%d", i), now, now.Add(5*day)))
	}
	for _, e := range burst {
		s.send(e)
	}
	for deadline := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		doc, version, err := s.Decider.Get(t.Context(), "deal", "d1")
		if err != nil || time.Now().After(deadline) {
			t.Fatal("the burst was not read", err)
		}
		read := 0
		all, _ := s.Decider.Recent(t.Context(), "deal", "d1", version, 100)
		for _, d := range all {
			read += len(d.Read)
		}
		if read == 1+lone+len(burst) {
			_ = doc
			break
		}
	}
	end := s.rest("deal/d1")
	per := float64(len(end.Events)-len(after.Events)) / float64(len(burst))
	t.Logf("one of a burst of %d costs %.1f events", len(burst), per)
	if per >= 5 {
		t.Errorf("one of a burst costs %.1f events, want fewer than a lone one", per)
	}
	s.send(s.Tell("deal/d1", instant.Now(), closed("d1", instant.Now())))
	if err := s.client.GetWorkflow(t.Context(), "deal/d1", "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	record(t, "follow-ups", s.history("deal/d1"))
	s.send(s.Tell("deal/d1", instant.Now(), &catalogue.DealReopened{Deal: "d1", State: opened("d1", instant.Now()).After}))
	s.rest("deal/d1")
	record(t, "reopened", s.history("deal/d1"))
}

// A forgotten lead on the real server, its clock skipping: first touch, ladder,
// reassignment, idle, recycling; every obligation once.
func TestForgottenLead(t *testing.T) {
	s := start(t, true)
	at := instant.Now()
	s.send(s.Tell("lead/l1", at, &catalogue.LeadRecorded{After: catalogue.Lead{ID: "l1", Company: "海天", Contact: "王", Phone: "+8613800000001", Source: "website", Need: "CRM",
		Status: catalogue.LeadNew, Owner: "zhang", ArrivedAt: at, RecordedAt: at, ClocksFrom: at}}))
	s.awaitFired("lead", "l1", "recycle")
	s.rest("lead/l1")
	fired := map[string]int{}
	_, version, err := s.Decider.Get(t.Context(), "lead", "l1")
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Decider.Recent(t.Context(), "lead", "l1", version, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		for _, f := range d.Fired {
			fired[f.Obligation.ID]++
		}
	}
	for id, n := range fired {
		if n != 1 {
			t.Errorf("%s fired %d times", id, n)
		}
	}
	for _, rule := range []string{"match", "first_touch_task", "first_touch.0", "first_touch.1", "first_touch.2", "idle.0", "idle.1", "idle.2", "leak.first_inquiry", "recycle_warn.2", "recycle"} {
		if fired["lead:l1:"+rule+":1"] != 1 {
			t.Errorf("%s did not fire", rule)
		}
	}
	record(t, "forgotten-lead", s.history("lead/l1"))
}

func (s *stand) awaitFired(kind, id, rule string) {
	s.t.Helper()
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		doc, _, err := s.Decider.Get(s.t.Context(), kind, id)
		if err != nil {
			continue
		}
		for _, f := range doc.Fired {
			if f.Obligation.Rule == rule {
				return
			}
		}
	}
	s.t.Fatalf("%s of %s/%s did not fire", rule, kind, id)
}

// A transfer that stands still expires, its clock skipping.
func TestTransferThatStandsStill(t *testing.T) {
	s := start(t, true)
	at := instant.Now()
	transfer := catalogue.Transfer{ID: "t1", Customer: "c1", From: "zhang", To: "li", RequestedBy: "zhang", Approver: "wang", Status: catalogue.TransferRequested, RequestedAt: at}
	s.send(s.Tell("transfer/t1", at, &catalogue.TransferStepped{After: transfer}))
	s.awaitFired("transfer", "t1", "expire")
	transfer.Status = catalogue.TransferCancelled
	s.send(s.Tell("transfer/t1", at, &catalogue.TransferStepped{Before: catalogue.TransferRequested, After: transfer}))
	if err := s.client.GetWorkflow(t.Context(), "transfer/t1", "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	record(t, "expired-transfer", s.history("transfer/t1"))
}
