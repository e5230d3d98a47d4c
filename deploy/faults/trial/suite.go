package trial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"liuke.dev/deploy/engines/kafka"
	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/deploy/engines/postgres"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/deploy/engines/temporal"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/programtest"
)

// engines are real ones, each behind a link.
type engines struct {
	kafka    *kafka.Cluster
	mongo    *mongo.Server
	postgres *postgres.Server
	temporal *temporal.Server
}

// OpenReal starts engines and every service as processes of their own, two of
// each, with everything between them behind links.
func OpenReal(ctx context.Context, programs, liuke, dir string, nodes int) (_ *Trial, err error) {
	t := newTrial(realPace)
	t.liuke = liuke
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	if err := t.openOutside(); err != nil {
		return nil, err
	}
	e := new(engines)
	t.ends = append(t.ends, e.kill)
	if err := e.start(ctx, t, dir, nodes); err != nil {
		return nil, err
	}
	inside, err := free()
	if err != nil {
		return nil, err
	}
	c := programtest.SuiteConfig{Programs: programs, Env: append(t.environment(inside), fmt.Sprint("LIUKE_REPLICATION=", nodes)), Engines: programtest.Engines{
		Store: mongo.URI(t.Links[toStore].Address(), ""), Kafka: e.kafka.Address(), Temporal: t.Links[toTemporal].Address()}}
	if t.Office, err = programtest.PrepareSuite(c, filepath.Join(dir, "data")); err != nil {
		return nil, err
	}
	if err := t.openInside(inside); err != nil {
		return nil, err
	}
	if err := t.Office.Start(ctx); err != nil {
		return nil, err
	}
	if err := t.Office.SetUp(ctx); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, t.Office.Printed(20_000))
	}
	t.processes = func(ctx context.Context, name string) (Process, error) { return e.find(ctx, t.Office.Suite, name) }
	t.disarm = func() {
		for _, i := range t.Office.Suite.Instances {
			i.With()
		}
	}
	t.Stream = t.Office.Follow(context.WithoutCancel(ctx))
	return t, t.furnish(ctx)
}

// start starts the engines side by side, Temporal after its database.
func (e *engines) start(ctx context.Context, t *Trial, dir string, nodes int) error {
	ports, err := freeport.Find(freeport.Loopback, nodes+1)
	if err != nil {
		return err
	}
	var advertised []string
	for n, port := range ports[:nodes] {
		name := fmt.Sprint("suite → Kafka ", n+1)
		if t.Links[name], err = t.links.Open(name, "127.0.0.1:0", freeport.Address(port)); err != nil {
			return err
		}
		advertised = append(advertised, t.Links[name].Address())
	}
	var g errgroup.Group
	g.Go(func() (err error) {
		e.kafka, err = kafka.Start(ctx, dir, kafka.Options{Nodes: nodes, Ports: ports[:nodes], Advertised: advertised})
		return err
	})
	g.Go(func() (err error) {
		e.mongo, err = mongo.Start(ctx, dir, mongo.Options{Port: ports[nodes]})
		return err
	})
	g.Go(func() (err error) {
		e.postgres, err = postgres.Start(ctx, dir, postgres.Options{})
		return err
	})
	if err := g.Wait(); err != nil {
		return err
	}
	for name, upstream := range map[string]string{toStore: e.mongo.Address, toPostgres: e.postgres.Address} {
		if t.Links[name], err = t.links.Open(name, "127.0.0.1:0", upstream); err != nil {
			return err
		}
	}
	if e.temporal, err = temporal.Start(ctx, dir, temporal.Options{Postgres: e.postgres.URLAt(t.Links[toPostgres].Address(), "postgres")}); err != nil {
		return err
	}
	t.Links[toTemporal], err = t.links.Open(toTemporal, "127.0.0.1:0", e.temporal.Address)
	return err
}

func (e *engines) kill() error {
	var errs []error
	if e.temporal != nil {
		errs = append(errs, e.temporal.Kill())
	}
	if e.postgres != nil {
		errs = append(errs, e.postgres.Kill(), e.postgres.Remove())
	}
	if e.mongo != nil {
		errs = append(errs, e.mongo.Kill())
	}
	if e.kafka != nil {
		errs = append(errs, e.kafka.Kill())
	}
	return errors.Join(errs...)
}

// find gives a process by its name in the table, which for brokers may be what
// they do at this moment.
func (e *engines) find(ctx context.Context, s *programtest.Suite, name string) (Process, error) {
	switch name {
	case mongoServer:
		return engine{e.mongo.Process}, nil
	case temporalServer:
		return engine{e.temporal.Process}, nil
	case postgresServer:
		return engine{e.postgres.Process}, nil
	case broker:
		return engine{e.kafka.Nodes[0].Process}, nil
	case leader:
		n, err := e.kafka.Leader(ctx, s.Prefix()+catalogue.TopicLeads, 0)
		if err != nil {
			return nil, err
		}
		return engine{n.Process}, nil
	case coordinator:
		n, err := e.kafka.Coordinator(ctx, s.Prefix()+"liuke.journeys")
		if err != nil {
			return nil, err
		}
		return engine{n.Process}, nil
	}
	var found []*programtest.Instance
	for _, i := range s.Instances {
		if i.Service == name || i.String() == name {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no process %s", name)
	}
	return &instances{found, s}, nil
}

// engine is a process of an engine; it cannot be armed.
type engine struct{ *process.Process }

var errNotArmed = errors.New("only processes of Liuke can be armed")

func (engine) Restart(...string) error                       { return errNotArmed }
func (engine) Printed(context.Context, string, string) error { return errNotArmed }
func (engine) Exited() <-chan struct{}                       { return nil }

// instances are one or all processes of a service.
type instances struct {
	all   []*programtest.Instance
	suite *programtest.Suite
}

func (s *instances) each(do func(*programtest.Instance) error) error {
	var errs []error
	for _, i := range s.all {
		errs = append(errs, do(i))
	}
	return errors.Join(errs...)
}

func (s *instances) Kill() error {
	return s.each(func(i *programtest.Instance) error { i.Kill(); return nil })
}

func (s *instances) Start(ctx context.Context) error {
	err := s.each(func(i *programtest.Instance) error { i.With(); return i.Begin() })
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return s.each(func(i *programtest.Instance) error { return i.Ready(ctx) })
}

func (s *instances) Restart(settings ...string) error {
	return s.each(func(i *programtest.Instance) error {
		if err := i.Stop(stopWithin); err != nil {
			return err
		}
		i.With(settings...)
		return i.Begin()
	})
}

func (s *instances) Pause() error {
	return s.each(func(i *programtest.Instance) error { return i.Program().Pause() })
}

func (s *instances) Continue() error {
	return s.each(func(i *programtest.Instance) error { return i.Program().Continue() })
}

func (s *instances) Printed(ctx context.Context, begin, end string) error {
	return printed(ctx, s.all[0].Program().Out, begin, end)
}

func (s *instances) Exited() <-chan struct{} { return s.all[0].Program().Exited() }

// port of an address.
func port(address string) string {
	_, p, _ := net.SplitHostPort(address)
	return p
}
