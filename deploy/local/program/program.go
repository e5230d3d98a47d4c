// Package program is the all-in-one program: the embedded engines, every
// service, the journeys' worker and one HTTP origin, started and stopped
// together.
package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"liuke.dev/deploy/local/broker"
	"liuke.dev/deploy/local/engine"
	"liuke.dev/services/accounts"
	"liuke.dev/services/insights"
	"liuke.dev/services/leads"
	"liuke.dev/services/notifications"
	"liuke.dev/services/organization"
	"liuke.dev/shared/config"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/service"
	"liuke.dev/workflows"
	"liuke.dev/workflows/host"
)

// Program is running.
type Program struct {
	*service.Host
	Organization *organization.Service

	engines  *engine.Engines
	listener net.Listener
	profiler net.Listener
	stop     context.CancelFunc
	done     chan error // the host's end
}

// Keys is the file in the data directory with the key that signs tokens.
func Keys(data string) string { return filepath.Join(data, "keys", "service.pem") }

// Start starts everything and returns once it is ready to serve. What fails on
// the way stops what was started.
func Start(ctx context.Context, c config.Config, log *slog.Logger) (_ *Program, err error) {
	p := &Program{done: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Stop())
		}
	}()
	// The HTTP port first: a taken one is the likeliest error and the cheapest to find.
	if p.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", c.HTTP); err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; is another program using it? choose another with --http or LIUKE_HTTP", c.HTTP, err)
	}
	if c.Pprof != "" {
		if p.profiler, err = serveProfiles(ctx, c.Pprof); err != nil {
			return nil, err
		}
	}
	workflows.Keep(c.JourneysKept) // before the Temporal server's own workers make the cache that ours share
	p.engines, err = engine.Start(ctx, engine.Config{Dir: c.Data, Kafka: c.Kafka[0], Temporal: c.Temporal, TemporalUI: c.TemporalUI, Namespace: c.Namespace,
		Topics: topics(c), SearchAttributes: host.SearchAttributes, Log: log})
	if err != nil {
		return nil, err
	}
	c.Store = "sqlite:" + p.engines.Data.Store()
	c.ServiceKey = Keys(c.Data)
	c.Objects = cmp.Or(c.Objects, "folder:"+filepath.Join(c.Data, "objects"))
	own, everybodys := "http://"+p.listener.Addr().String(), c.InternalOrigin == c.Origin
	if followed := "http://" + c.HTTP; c.Origin == followed {
		c.Origin = own // the port may have been left to the system
	}
	if everybodys { // journeys need no proxy to reach the program that they run in
		c.InternalOrigin = own
	}
	c.HTTP = p.listener.Addr().String()
	if p.Host, err = service.NewHost(c, log); err != nil {
		return nil, err
	}
	if err := p.addServices(ctx); err != nil {
		return nil, err
	}
	if err := p.Prepare(ctx); err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.stop = stop
	go func() { p.done <- p.Run(running, p.listener) }()
	return p, p.awaitReady(ctx)
}

// topics are made by the broker before anybody connects.
func topics(c config.Config) []broker.Topic {
	var out []broker.Topic
	for _, t := range facts.Topics(c.Partitions, c.Replication) {
		out = append(out, broker.Topic{Name: t.Name, Partitions: t.Partitions, Compacted: t.Compacted, RetentionBytes: retention(t)})
	}
	return out
}

func (p *Program) addServices(ctx context.Context) error {
	o, err := add(ctx, p.Host, "organization", organization.New)
	if err != nil {
		return err
	}
	p.Organization = o
	_, err1 := add(ctx, p.Host, "leads", leads.New)
	_, err2 := add(ctx, p.Host, "accounts", accounts.New)
	_, err3 := add(ctx, p.Host, "notifications", notifications.New)
	_, err4 := add(ctx, p.Host, "insights", insights.New)
	_, err5 := add(ctx, p.Host, "journeys", workflows.New)
	return errors.Join(err1, err2, err3, err4, err5)
}

func add[S service.Service](ctx context.Context, h *service.Host, name string, open func(context.Context, service.Deps) (S, error)) (S, error) {
	var none S
	d, err := h.Deps(ctx, name)
	if err != nil {
		return none, err
	}
	s, err := open(ctx, d)
	if err != nil {
		return none, fmt.Errorf("%s: %w", name, err)
	}
	return s, h.Add(ctx, name, d, s)
}

// readyWithin bounds a start.
const readyWithin = time.Minute

func (p *Program) awaitReady(ctx context.Context) error {
	select {
	case <-p.Known():
		return nil
	case err := <-p.done:
		p.done <- err
		return fmt.Errorf("ended while starting: %w", err)
	case <-time.After(readyWithin):
		return fmt.Errorf("not ready within %s", readyWithin)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Failed gives the error after which the program cannot go on.
func (p *Program) Failed() <-chan error {
	out := make(chan error, 1)
	go func() {
		select {
		case err := <-p.done:
			p.done <- err
			out <- err
		case err := <-p.engines.Failed():
			out <- err
		}
	}()
	return out
}

// URL gives the address at which the program answers.
func (p *Program) URL() string { return "http://" + p.listener.Addr().String() }

// Stop ends the program in order: no new requests, then the services, then the engines.
func (p *Program) Stop() error {
	var errs []error
	if p.stop != nil {
		p.stop()
		if err := <-p.done; err != nil && !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
	} else if p.listener != nil {
		errs = append(errs, p.listener.Close())
	}
	if p.profiler != nil {
		errs = append(errs, p.profiler.Close())
	}
	if p.Host != nil {
		errs = append(errs, p.Close())
	}
	if p.engines != nil {
		errs = append(errs, p.engines.Stop())
	}
	return errors.Join(errs...)
}

// retention keeps topics whole that projections read from the beginning; the
// others are trimmed at the broker's default size.
func retention(t kafka.Topic) int64 {
	if t.Whole {
		return -1
	}
	return 0
}
