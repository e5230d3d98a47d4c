// Package temporal runs the Temporal server on PostgreSQL, and its web UI, as
// processes of their own.
package temporal

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"liuke.dev/deploy/engines/cache"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/freeport"
	"liuke.dev/workflows/host"
)

// Namespace is where journeys live.
const Namespace = "liuke"

// Options of a server; the zero value listens on a free port.
type Options struct {
	// Postgres is the URL of a PostgreSQL server whose user may create databases.
	Postgres string
	Port     int
	// TimeSkipping lets clients ask for workflows whose timers do not wait.
	TimeSkipping bool
	Detached     bool
}

// Server is one process: frontend, history, matching and worker.
type Server struct {
	*process.Process
	// Address of the frontend, host:port.
	Address string
}

// UI is one process.
type UI struct {
	*process.Process
	// Address is host:port.
	Address string
}

// Start starts a server, which makes databases, schema, namespace and search
// attributes where they are missing.
func Start(ctx context.Context, dir string, o Options) (*Server, error) {
	port, program, err := needs(ctx, o.Port)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	s := &Server{Address: freeport.Address(port)}
	args := []string{"--address", s.Address, "--namespace", Namespace}
	for name, kind := range host.SearchAttributes {
		args = append(args, "--attributes", name+"="+kind.String())
	}
	if o.TimeSkipping {
		args = append(args, "--time-skipping")
	}
	s.Process = process.New(process.Command{
		Name: "temporal", Path: program, Args: args, Env: []string{"LIUKE_TEMPORAL_DATABASE=" + o.Postgres}, // not for everybody's eyes, as arguments are
		Log: filepath.Join(dir, "temporal.log"), Detached: o.Detached,
		Ready: func(ctx context.Context) error { return Ping(ctx, s.Address) },
	})
	return s, s.Start(ctx)
}

// UIOptions of the web UI; the zero value of Port is a free one.
type UIOptions struct {
	// Temporal is the address of the server's frontend.
	Temporal string
	Port     int
	Detached bool
}

// StartUI starts the web UI of a server, which need not run yet.
func StartUI(ctx context.Context, dir string, o UIOptions) (*UI, error) {
	port, program, err := needs(ctx, o.Port)
	if err != nil {
		return nil, fmt.Errorf("temporal UI: %w", err)
	}
	u := &UI{Address: freeport.Address(port)}
	u.Process = process.New(process.Command{
		Name: "temporal-ui", Path: program, Args: []string{"ui", "--address", u.Address, "--temporal", o.Temporal, "--namespace", Namespace},
		Log: filepath.Join(dir, "temporal-ui.log"), Detached: o.Detached,
		Ready: func(ctx context.Context) error { return PingUI(ctx, u.Address) },
	})
	return u, u.Start(ctx)
}

// URL that a browser opens.
func (u *UI) URL() string { return "http://" + u.Address }

func needs(ctx context.Context, port int) (int, string, error) {
	program, err := Program(ctx)
	if err != nil || port != 0 {
		return port, program, err
	}
	ports, err := freeport.Find(freeport.Loopback, 1)
	if err != nil {
		return 0, "", err
	}
	return ports[0], program, nil
}

// built is the path of the program that this process has built.
var (
	buildMu sync.Mutex
	built   string
)

// Program builds the server from this source tree, once per process, and gives its path.
func Program(ctx context.Context) (_ string, err error) {
	buildMu.Lock()
	defer buildMu.Unlock()
	if built == "" {
		built, err = build(ctx)
	}
	return built, err
}

func build(ctx context.Context) (string, error) {
	_, file, _, _ := runtime.Caller(0)
	source := filepath.Join(filepath.Dir(filepath.Dir(file)), "temporal-server")
	name := cache.Name("temporal-server", []byte(source)) // another source tree has another one
	root, err := cache.Dir()
	if err != nil {
		return "", err
	}
	unlock, err := cache.Lock(ctx, name)
	if err != nil {
		return "", err
	}
	defer unlock()
	program := filepath.Join(root, "bin", name)
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		return "", err
	}
	compile := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", program, "liuke.dev/deploy/engines/temporal-server")
	if _, err := os.Stat(source); err == nil { // else the caller was built without paths and runs in the source tree
		compile.Dir = source
	}
	if out, err := compile.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the Temporal server cannot be built: %w: %s", err, out)
	}
	return program, nil
}

// Ping asks the server at an address for its namespace.
func Ping(ctx context.Context, address string) error {
	c, err := client.NewLazyClient(client.Options{HostPort: address, Namespace: Namespace, Logger: silence{}})
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: Namespace})
	return err
}

// PingUI asks the web UI at an address.
func PingUI(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("temporal UI: %s", answer.Status)
	}
	return nil
}

// silence is a logger: that a server does not answer yet is no news.
type silence struct{}

func (silence) Debug(string, ...any) {}
func (silence) Info(string, ...any)  {}
func (silence) Warn(string, ...any)  {}
func (silence) Error(string, ...any) {}
