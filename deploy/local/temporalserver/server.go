// Package temporalserver owns the Temporal server of the all-in-one program:
// the real one, all four services of it in this process, on one SQLite file,
// with its web UI. The temporal CLI and every SDK connect to it. The same
// server runs on PostgreSQL, as a process of its own, for deploy/engines.
//
// Its ports carry no authentication: they belong on loopback. Workers should
// run with StickyScheduleToStartTimeout of a minute (5 s by default: under a
// burst nearly every workflow task times out and is done twice) and
// worker.SetStickyWorkflowCacheSize of some thousand.
package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/temporal"
	"liuke.dev/deploy/local/port"
)

// Where the server and its UI listen unless told otherwise.
const (
	DefaultAddress   = "127.0.0.1:7233"
	DefaultUIAddress = "127.0.0.1:8233"
)

// Flags of the command line that choose the addresses; errors name them.
const (
	Flag   = "--temporal"
	UIFlag = "--temporal-ui"
)

// DefaultNamespace is where journeys live.
const DefaultNamespace = "liuke"

// DefaultRetention is how long a closed journey can still be looked at.
const DefaultRetention = 5 * 365 * 24 * time.Hour

// stopWithin bounds Stop: every acknowledged step is on the disk already.
const stopWithin = 2 * time.Second

// Config says where the server keeps its file, where it listens, and what its
// one namespace is like.
type Config struct {
	Dir string
	// Postgres is the URL of a PostgreSQL server in whose databases temporal and
	// temporal_visibility it keeps journeys; empty: in a file in Dir.
	Postgres string
	Address  string
	// UIAddress is where the web UI listens; empty for no UI.
	UIAddress string
	Namespace string
	// SearchAttributes that the namespace must have; missing ones are added.
	SearchAttributes map[string]enums.IndexedValueType
	// Retention of closed journeys in a new namespace.
	Retention time.Duration
	// TimeSkipping lets clients ask for workflows whose timers do not wait: tests and the demo.
	TimeSkipping bool
	Log          *slog.Logger

	sync func(file string) error // puts a file on the disk
}

// Server is a running Temporal server.
type Server struct {
	cfg    Config
	server temporal.Server
	tuned  *tuned
	ui     *UI
	log    *logger
	stop   sync.Once
	ended  chan struct{} // closed by Stop
	err    error
}

// Start returns once the four services are up and the namespace has its attributes.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	host, number, err := port.Split(cfg.Address, "the Temporal server", Flag)
	if err != nil {
		return nil, err
	}
	in, err := prepare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, tuned: tuning(cfg), log: newLogger(cfg.Log), ended: make(chan struct{})}
	s.cfg.Address = net.JoinHostPort(reachable(host), strconv.Itoa(number))
	if err := s.startServices(ctx, in, host, number); err != nil {
		return nil, err
	}
	if err := s.finish(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.Address == "" {
		c.Address = DefaultAddress
	}
	if c.Namespace == "" {
		c.Namespace = DefaultNamespace
	}
	if c.Retention == 0 {
		c.Retention = DefaultRetention
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.sync == nil {
		c.sync = syncFile
	}
	return c
}

func (s *Server) startServices(ctx context.Context, in stores, host string, number int) error {
	conf, hosts, err := services(in, host, number)
	if err != nil {
		return err
	}
	options := []temporal.ServerOption{
		temporal.WithConfig(conf),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(s.log),
		temporal.WithDynamicConfigClient(s.tuned),
	}
	var d *durable
	if in.file != "" {
		d = newDurable(in.file, s.cfg.sync, s.log.fail)
		options = append(options, temporal.WithChainedFrontendGrpcInterceptors(d.answer))
	}
	started := make(chan error, 1)
	// In a goroutine of its own, because a fatal error inside keeps the goroutine it happens in.
	go func() {
		var err error
		s.server, err = temporal.NewServer(options...)
		if err == nil {
			err = s.server.Start()
		}
		started <- err
	}()
	select {
	case err := <-started:
		if err != nil {
			return fmt.Errorf("temporal: the server does not start: %w", err)
		}
		if d != nil {
			go d.keep(s.ended)
		}
		return nil
	case err := <-s.Failed():
		return err
	case <-ctx.Done():
		return fmt.Errorf("temporal: the server was not up in time: %w", ctx.Err())
	}
}

// finish does what needs a server that runs.
func (s *Server) finish(ctx context.Context) error {
	if err := s.ensureAttributes(ctx); err != nil {
		return err
	}
	if s.cfg.UIAddress == "" {
		return nil
	}
	ui, err := StartUI(ctx, s.cfg)
	s.ui = ui
	return err
}

// Address is the host:port that clients dial.
func (s *Server) Address() string { return s.cfg.Address }

// Namespace is where journeys live.
func (s *Server) Namespace() string { return s.cfg.Namespace }

// UIURL is where a browser finds the web UI, empty when there is none.
func (s *Server) UIURL() string {
	if s.ui == nil {
		return ""
	}
	return s.ui.URL()
}

// Failed tells of an error after which the server cannot go on. The program
// should say so and end in order; the server alone would have ended it on the spot.
func (s *Server) Failed() <-chan error { return s.log.failed }

// Stop ends UI and server within two seconds. Killing the process instead loses
// nothing that was acknowledged.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		close(s.ended)
		s.log.quiet.Store(true) // services that end one after the other complain about each other
		s.ui.Stop()
		stopped := make(chan error, 1)
		go func() { stopped <- s.server.Stop() }()
		select {
		case s.err = <-stopped:
		case <-time.After(stopWithin):
			s.err = fmt.Errorf("temporal: the server did not stop within %s; nothing acknowledged is lost", stopWithin)
		}
	})
	return s.err
}

// reachable is the host that this machine reaches a listener on.
func reachable(host string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return "127.0.0.1"
	}
	return host
}
