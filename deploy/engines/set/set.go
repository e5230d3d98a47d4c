// Package set runs the real engines that Liuke needs together: Kafka, a MongoDB
// wire server, and Temporal with its UI on PostgreSQL. Tests start a set that
// dies with them; the command engines leaves one running and finds it again.
package set

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"liuke.dev/deploy/engines/java"
	"liuke.dev/deploy/engines/kafka"
	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/deploy/engines/postgres"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/deploy/engines/temporal"
)

// Kinds of engines, in the order in which they can be started one by one.
const (
	Kafka    = "kafka"
	Mongo    = "mongo"
	Postgres = "postgres"
	Temporal = "temporal"
	UI       = "temporal-ui"
)

// Kinds are all.
var Kinds = []string{Kafka, Mongo, Postgres, Temporal, UI}

// Options of a set; the zero value is everything, with one Kafka node, on free ports.
type Options struct {
	// Only these kinds; none: all. Temporal brings PostgreSQL with it, the UI Temporal.
	Only  []string
	Kafka kafka.Options
	// Ports of the others, by kind; 0 or none: a free one.
	Ports map[string]int
	// TimeSkipping lets clients ask for workflows whose timers do not wait.
	TimeSkipping bool
	// Detached engines go on when this process ends.
	Detached bool
}

// Set of engines that run; what was not asked for is nil.
type Set struct {
	Kafka    *kafka.Cluster
	Mongo    *mongo.Server
	Postgres *postgres.Server
	Temporal *temporal.Server
	UI       *temporal.UI
}

// Start starts everything or nothing, each engine on what dir holds of it.
func Start(ctx context.Context, dir string, o Options) (*Set, error) {
	kinds, err := withNeeds(o.Only)
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := check(kinds); err != nil {
		return nil, err
	}
	o.Kafka.Detached = o.Detached
	wanted := func(kind string) bool { return slices.Contains(kinds, kind) }
	s := new(Set)
	g, ctx := errgroup.WithContext(ctx)
	if wanted(Kafka) {
		g.Go(func() (err error) { s.Kafka, err = kafka.Start(ctx, dir, o.Kafka); return err })
	}
	if wanted(Mongo) {
		g.Go(func() (err error) {
			s.Mongo, err = mongo.Start(ctx, dir, mongo.Options{Port: o.Ports[Mongo], Detached: o.Detached})
			return err
		})
	}
	if wanted(Postgres) {
		g.Go(func() error { return s.startTemporal(ctx, dir, o, wanted) })
	}
	if err := g.Wait(); err != nil {
		return nil, errors.Join(err, s.Kill())
	}
	return s, nil
}

func (s *Set) startTemporal(ctx context.Context, dir string, o Options, wanted func(string) bool) (err error) {
	if s.Postgres, err = postgres.Start(ctx, dir, postgres.Options{Port: o.Ports[Postgres], Detached: o.Detached}); err != nil || !wanted(Temporal) {
		return err
	}
	s.Temporal, err = temporal.Start(ctx, dir, temporal.Options{
		Postgres: s.Postgres.URL("postgres"), Port: o.Ports[Temporal], TimeSkipping: o.TimeSkipping, Detached: o.Detached,
	})
	if err != nil || !wanted(UI) {
		return err
	}
	s.UI, err = temporal.StartUI(ctx, dir, temporal.UIOptions{Temporal: s.Temporal.Address, Port: o.Ports[UI], Detached: o.Detached})
	return err
}

// withNeeds adds what the kinds that were asked for need.
func withNeeds(only []string) ([]string, error) {
	if len(only) == 0 {
		return Kinds, nil
	}
	for _, kind := range only {
		if !slices.Contains(Kinds, kind) {
			return nil, fmt.Errorf("there is no engine %q: %s", kind, strings.Join(Kinds, ", "))
		}
	}
	if slices.Contains(only, UI) {
		only = append(only, Temporal)
	}
	if slices.Contains(only, Temporal) {
		only = append(only, Postgres)
	}
	return only, nil
}

// check says everything that must be installed for the kinds.
func check(kinds []string) error {
	var errs []error
	if slices.Contains(kinds, Kafka) || slices.Contains(kinds, Mongo) {
		errs = append(errs, java.Check())
	}
	if slices.Contains(kinds, Postgres) {
		_, err := postgres.Find()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// processes of the set but for Kafka's, in the order in which they can be stopped.
func (s *Set) processes() []*process.Process {
	var all []*process.Process
	if s.UI != nil {
		all = append(all, s.UI.Process)
	}
	if s.Temporal != nil {
		all = append(all, s.Temporal.Process)
	}
	if s.Postgres != nil {
		all = append(all, s.Postgres.Process)
	}
	if s.Mongo != nil {
		all = append(all, s.Mongo.Process)
	}
	return all
}

// Stop ends everything in order.
func (s *Set) Stop() error {
	var errs []error
	for _, p := range s.processes() {
		errs = append(errs, p.Stop())
	}
	if s.Kafka != nil {
		errs = append(errs, s.Kafka.Stop()) // the nodes together
	}
	return errors.Join(errs...)
}

// Kill is kill -9 for everything.
func (s *Set) Kill() error {
	var errs []error
	for _, p := range s.processes() {
		errs = append(errs, p.Kill())
	}
	if s.Kafka != nil {
		errs = append(errs, s.Kafka.Kill())
	}
	return errors.Join(errs...)
}

// Ready asks everything.
func (s *Set) Ready(ctx context.Context) error {
	var errs []error
	for _, p := range s.processes() {
		errs = append(errs, p.Ready(ctx))
	}
	if s.Kafka != nil {
		errs = append(errs, s.Kafka.Ready(ctx))
	}
	return errors.Join(errs...)
}

// Prefix of Liuke's databases in MongoDB.
const Prefix = "liuke_"

// Environment that lets Liuke's programs use the set: LIUKE_…=….
func (s *Set) Environment() []string { return Environment(s.Records()) }
