package temporalserver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.temporal.io/server/common/log/tag"
	"google.golang.org/grpc"
	"liuke.dev/deploy/local/timeskip"
)

var (
	stage = temporal.NewSearchAttributeKeyKeyword("Stage")
	late  = temporal.NewSearchAttributeKeyBool("Late")
)

func fresh(t *testing.T) Config {
	return Config{
		Dir: t.TempDir(), Address: "127.0.0.1:0", UIAddress: "127.0.0.1:0", Namespace: "test",
		SearchAttributes: map[string]enums.IndexedValueType{"Stage": enums.INDEXED_VALUE_TYPE_KEYWORD, "NextDue": enums.INDEXED_VALUE_TYPE_DATETIME},
		Log:              slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

func start(t *testing.T, cfg Config) (*Server, client.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	begin := time.Now()
	s, err := Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("up after %s", time.Since(begin))
	t.Cleanup(func() { s.Stop() })
	c, err := client.Dial(client.Options{HostPort: s.Address(), Namespace: s.Namespace(), Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return s, c
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func journey(ctx workflow.Context, wait time.Duration) (string, error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, stage.ValueSet("quoted")); err != nil {
		return "", err
	}
	return "done", workflow.Sleep(ctx, wait)
}

func run(t *testing.T, c client.Client, id string, wait time.Duration) {
	t.Helper()
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(journey)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "q"}, journey, wait)
	if err != nil {
		t.Fatal(err)
	}
	var out string
	if err := r.Get(ctx, &out); err != nil || out != "done" {
		t.Fatalf("%q %v", out, err)
	}
}

func count(t *testing.T, c client.Client, query string) int64 {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		r, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		if err != nil {
			t.Fatal(err)
		}
		if r.Count > 0 || time.Now().After(deadline) {
			return r.Count
		}
	}
}

func TestJourneysRunAreFoundAndAreThereAfterARestart(t *testing.T) {
	cfg := fresh(t)
	s, c := start(t, cfg)
	run(t, c, "first", time.Millisecond)
	if n := count(t, c, `Stage = "quoted"`); n != 1 {
		t.Errorf("%d journeys found by stage", n)
	}
	if s.tuned.rereads.Load() {
		t.Error("the server reads its attributes anew for every step, though none was added")
	}
	if !strings.Contains(page(t, s.UIURL()), "<html") {
		t.Error("the UI serves no page")
	}
	if !strings.Contains(page(t, s.UIURL()+"/api/v1/namespaces/test/workflows"), `"first"`) {
		t.Error("the UI's API does not list the journey")
	}
	c.Close()
	begin := time.Now()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	t.Logf("stopped after %s", time.Since(begin))

	cfg.SearchAttributes["Late"] = enums.INDEXED_VALUE_TYPE_BOOL // as a newer program would
	s, c = start(t, cfg)
	if !s.tuned.rereads.Load() {
		t.Error("services go by what they knew of attributes before one was added")
	}
	if d, err := c.DescribeWorkflowExecution(t.Context(), "first", ""); err != nil || d.WorkflowExecutionInfo.Status != enums.WORKFLOW_EXECUTION_STATUS_COMPLETED {
		t.Errorf("after the restart: %v %v", d, err)
	}
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "late", TaskQueue: "nobody",
		TypedSearchAttributes: temporal.NewSearchAttributes(late.ValueSet(true))}, journey, time.Hour)
	if err != nil {
		t.Fatalf("an attribute added at start: %v", err)
	}
	if n := count(t, c, `Late = true`); n != 1 {
		t.Errorf("%d journeys found by an attribute added at start", n)
	}
}

func page(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, answer.Status, err)
	}
	return string(body)
}

func TestAnAttributeOfAnotherTypeIsRefused(t *testing.T) {
	cfg := fresh(t)
	cfg.UIAddress = ""
	s, c := start(t, cfg)
	c.Close()
	s.Stop()
	cfg.SearchAttributes = map[string]enums.IndexedValueType{"Stage": enums.INDEXED_VALUE_TYPE_INT}
	if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "Stage is a Keyword") {
		t.Errorf("got %v", err)
	}
}

func TestPortsInUseAreNamedWithTheirFlags(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, number, _ := net.SplitHostPort(l.Addr().String())
	cfg := fresh(t)
	cfg.Address = l.Addr().String()
	if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "port "+number) || !strings.Contains(err.Error(), Flag+":") {
		t.Errorf("server: got %v", err)
	}
	cfg = fresh(t)
	cfg.UIAddress = l.Addr().String()
	if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "port "+number) || !strings.Contains(err.Error(), UIFlag+":") {
		t.Errorf("UI: got %v", err)
	}
}

func TestAFileOfANewerProgramIsRefused(t *testing.T) {
	cfg := fresh(t)
	if err := os.WriteFile(filepath.Join(cfg.Dir, formatFile), []byte(`{"format":99,"server":"9.9.9"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), cfg)
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "9.9.9") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Dir, databaseFile)); err == nil {
		t.Error("a refused directory was written to")
	}
}

func TestAFirstStartThatWasKilledIsGoneOnWith(t *testing.T) {
	cfg := fresh(t)
	cfg.UIAddress = ""
	cfg.Dir = filepath.Join(cfg.Dir, "客户 100%?#") // a path that is no URL
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Dir, databaseFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, c := start(t, cfg)
	run(t, c, "first", time.Millisecond)
	if info, err := os.Stat(filepath.Join(cfg.Dir, databaseFile)); err != nil || info.Size() == 0 {
		t.Errorf("the file is not where it belongs: %v %v", info, err)
	}
}

func TestAFatalErrorIsToldAndDoesNotEndTheProcess(t *testing.T) {
	l := newLogger(slog.New(slog.DiscardHandler))
	went := make(chan bool, 1)
	go func() {
		defer func() { went <- true }()
		l.With(tag.Service("history")).Fatal("no listener", tag.NewStringTag("address", "127.0.0.1:1"))
	}()
	if err := <-l.failed; !errors.Is(err, ErrFatal) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
	select {
	case <-went:
		t.Error("a fatal error went on, or ran what was put off")
	case <-time.After(50 * time.Millisecond):
	}
}

// A journey of a year runs in a moment where time skipping is allowed, and the
// server refuses to skip where it is not.
func TestTimeIsSkippedWhereItIsAllowed(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		cfg := fresh(t)
		cfg.UIAddress, cfg.TimeSkipping = "", allowed
		s, _ := start(t, cfg)
		c, err := client.Dial(client.Options{HostPort: s.Address(), Namespace: s.Namespace(), Logger: quiet{},
			ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(timeskip.Interceptor)}}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if !allowed {
			if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: "q"}, journey, time.Hour); err == nil {
				t.Error("time is skipped although it is not allowed")
			}
			continue
		}
		begin := time.Now()
		run(t, c, "a-year", 365*24*time.Hour)
		t.Logf("a year took %s", time.Since(begin))
		d, err := c.DescribeWorkflowExecution(t.Context(), "a-year", "")
		if err != nil {
			t.Fatal(err)
		}
		info := d.WorkflowExecutionInfo
		if lived := info.CloseTime.AsTime().Sub(info.StartTime.AsTime()); lived < 365*24*time.Hour {
			t.Errorf("the journey lived for %s of its own time", lived)
		}
	}
}

// A port that somebody takes between the look and the listening is an error, not the end of the process.
func TestAPortTakenMeanwhileIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg := fresh(t).withDefaults()
	in, err := prepare(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{cfg: cfg, tuned: tuning(cfg), log: newLogger(cfg.Log)}
	err = s.startServices(t.Context(), in, "127.0.0.1", l.Addr().(*net.TCPAddr).Port)
	if !errors.Is(err, ErrFatal) || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v", err)
	}
}
