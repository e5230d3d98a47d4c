package programtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/service"
)

// programs are the packages of the programs, by service.
var programs = map[string]string{
	"organization": "./services/organization/cmd/organization", "leads": "./services/leads/cmd/leads", "accounts": "./services/accounts/cmd/accounts",
	"notifications": "./services/notifications/cmd/notifications", "insights": "./services/insights/cmd/insights", "journeys": "./workflows/cmd/worker",
}

// SuiteConfig says how the services run as programs of their own.
type SuiteConfig struct {
	Programs  string  // directory that BuildSuite filled
	Engines   Engines // shared with other suites: names are kept apart
	Instances int     // of each service, 2
	Env       []string
}

// Suite is every service as a process of its own, several of each, behind one origin.
type Suite struct {
	Origin    *Origin
	Instances []*Instance // by service, in the order of service.Services
	share     share
}

// Instance is one process of the suite.
type Instance struct {
	Service string
	Number  int // from 1
	launch  Launch

	mu   sync.Mutex
	p    *Program
	more []string // settings besides those of its launch
}

// ProgramsEnv names a directory of built programs to be used instead of building them.
const ProgramsEnv = "LIUKE_PROGRAMS"

// BuildSuite builds the services' programs into a directory and gives where they are.
func BuildSuite(ctx context.Context, into string) (string, error) {
	if named := os.Getenv(ProgramsEnv); named != "" {
		return filepath.Abs(named)
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(into, 0o700); err != nil {
		return "", err
	}
	args := []string{"build", "-o", into + string(filepath.Separator)}
	for _, s := range service.Services {
		args = append(args, programs[s])
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return into, nil
}

// newSuite prepares the processes and opens the origin; nothing is started.
func newSuite(c SuiteConfig, keys string) (*Suite, error) {
	if c.Instances == 0 {
		c.Instances = 2
	}
	ports, err := freeport.Addresses(1 + c.Instances*len(service.Services))
	if err != nil {
		return nil, err
	}
	s := &Suite{share: c.Engines.share()}
	for i, name := range service.Services {
		for n := range c.Instances {
			at := ports[1+i*c.Instances+n]
			// A partition for each instance: every consumer asks for each of its partitions
			// twice a second, and with fifty consumers this is what brokers do all day.
			env := append(s.share.env(), "LIUKE_HTTP="+at, "LIUKE_ORIGIN=http://"+ports[0], "LIUKE_SERVICE_KEY="+keys, "LIUKE_TRUSTED_PROXIES=127.0.0.1", fmt.Sprint("LIUKE_PARTITIONS=", c.Instances),
				"LIUKE_OBJECTS=folder:"+filepath.Join(filepath.Dir(keys), "objects"))
			s.Instances = append(s.Instances, &Instance{Service: name, Number: n + 1, launch: Launch{Binary: filepath.Join(c.Programs, filepath.Base(programs[name])),
				Addresses: Addresses{HTTP: at}, Env: append(env, c.Env...)}})
		}
	}
	s.Origin, err = openOrigin(ports[0], s.Instances)
	return s, err
}

// Of gives the instances of a service.
func (s *Suite) Of(name string) []*Instance {
	return slices.DeleteFunc(slices.Clone(s.Instances), func(i *Instance) bool { return i.Service != name })
}

// Prefix is what the names of topics and groups begin with.
func (s *Suite) Prefix() string { return s.share.topics }

// Databases is what the names of databases begin with.
func (s *Suite) Databases() string { return s.share.databases }

// Temporal gives the address of Temporal and the namespace that is the suite's.
func (s *Suite) Temporal() (address, namespace string) { return s.share.Temporal, s.share.namespace }

// Begin starts the processes that do not run and waits for nothing.
func (s *Suite) Begin() error {
	var errs []error
	for _, i := range s.Instances {
		errs = append(errs, i.Begin())
	}
	return errors.Join(errs...)
}

// Ready waits until every process is ready and the origin sends requests to it.
func (s *Suite) Ready(ctx context.Context) error {
	return s.all(func(i *Instance) error {
		if err := i.Ready(ctx); err != nil {
			return err
		}
		return s.Origin.await(ctx, i)
	})
}

// Kill ends every process as a power cut would.
func (s *Suite) Kill() {
	_ = s.all(func(i *Instance) error { i.Kill(); return nil })
}

// Stop asks every process to end and waits.
func (s *Suite) Stop(within time.Duration) error {
	return s.all(func(i *Instance) error { return i.Stop(within) })
}

func (s *Suite) all(do func(*Instance) error) error {
	var mu sync.Mutex
	var errs []error
	var wait sync.WaitGroup
	for _, i := range s.Instances {
		wait.Go(func() {
			if err := do(i); err != nil {
				mu.Lock()
				errs = append(errs, fmt.Errorf("%s: %w", i, err))
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// known waits until every process knows a person: each reads the facts of
// organization by itself.
func (s *Suite) known(ctx context.Context, key *auth.Key, person string) error {
	token, err := key.Issue(auth.Principal{ID: person}, time.Hour)
	if err != nil {
		return err
	}
	paths := map[string]string{"organization": "/v1/teams", "leads": "/v1/leads", "accounts": "/v1/customers", "notifications": "/v1/tasks", "insights": "/v1/insights/ledger", "journeys": "/v1/journeys/counts"}
	return s.all(func(i *Instance) error {
		for {
			var r *Refusal
			c := NewClient(i.URL(), token, 0)
			err := c.Get(ctx, paths[i.Service], nil)
			c.HTTP.CloseIdleConnections()
			if err == nil || errors.As(err, &r) && r.Status == http.StatusForbidden {
				return nil
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("does not know %s: %w (last: %w)", person, ctx.Err(), err)
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

// String names the process.
func (i *Instance) String() string { return fmt.Sprintf("%s-%d", i.Service, i.Number) }

// URL gives the address at which the process itself answers.
func (i *Instance) URL() string { return i.launch.URL() }

// Program gives the process that was started last, nil if none was.
func (i *Instance) Program() *Program {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.p
}

// Running tells whether the process was started and has not ended.
func (i *Instance) Running() bool {
	p := i.Program()
	if p == nil {
		return false
	}
	select {
	case <-p.Exited():
		return false
	default:
		return true
	}
}

// Begin starts the process unless it runs.
func (i *Instance) Begin() error {
	if i.Running() {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	launch := i.launch
	launch.Env = slices.Concat(launch.Env, i.more)
	if i.p != nil {
		launch.Output = i.p.Out // what it said before it was started again is not lost
	}
	p, err := Start(launch)
	if err == nil {
		i.p = p
	}
	return err
}

// With gives the process further settings from its next start on, in place of
// those that it was given so before.
func (i *Instance) With(settings ...string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.more = settings
}

// Ready waits until /readyz answers 200.
func (i *Instance) Ready(ctx context.Context) error {
	p := i.Program()
	if p == nil {
		return errors.New("was not started")
	}
	return p.Ready(ctx)
}

// Kill ends the process as a power cut would.
func (i *Instance) Kill() {
	if p := i.Program(); p != nil {
		p.Kill()
	}
}

// Stop asks the process to end and waits.
func (i *Instance) Stop(within time.Duration) error {
	p := i.Program()
	if p == nil {
		return nil
	}
	return p.Stop(within)
}

// tail gives what each process printed last.
func (s *Suite) tail(n int) string {
	var out strings.Builder
	for _, i := range s.Instances {
		if p := i.Program(); p != nil {
			fmt.Fprintf(&out, "--- %s\n%s\n", i, p.Out.Tail(n/len(s.Instances)))
		}
	}
	return out.String()
}

func environment(more []string) []string { return append(os.Environ(), more...) }
