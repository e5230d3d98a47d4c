package set

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/gofrs/flock"

	"liuke.dev/deploy/engines/process"
)

// groups of kinds that are started together.
var groups = [][]string{{Kafka}, {Mongo}, {Postgres, Temporal, UI}}

// Leave starts those of the options' engines that do not run in dir yet, leaves
// them running, and gives everything that runs there. A group of which only a
// part runs is started anew. Ports stay those of the last time.
func Leave(ctx context.Context, dir string, o Options) ([]Record, error) {
	kinds, err := withNeeds(o.Only)
	if err != nil {
		return nil, err
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	before, err := Load(dir)
	if err != nil {
		return nil, err
	}
	o.Detached = true
	o.reuse(before)
	kept, missing := before, []string{}
	for _, group := range groups {
		wanted := slices.DeleteFunc(slices.Clone(group), func(kind string) bool { return !slices.Contains(kinds, kind) })
		if len(wanted) == 0 || runs(before, wanted, o.Kafka.Nodes) {
			continue
		}
		partly := slices.DeleteFunc(slices.Clone(before), func(r Record) bool { return !slices.Contains(group, r.Kind) })
		if err := stop(partly); err != nil {
			return nil, err
		}
		kept = slices.DeleteFunc(slices.Clone(kept), func(r Record) bool { return slices.Contains(group, r.Kind) })
		for _, r := range partly { // what ran before runs again
			if !slices.Contains(wanted, r.Kind) {
				wanted = append(wanted, r.Kind)
			}
		}
		missing = append(missing, wanted...)
	}
	if len(missing) == 0 {
		return before, nil
	}
	o.Only = missing
	s, err := Start(ctx, dir, o)
	if err != nil {
		return nil, errors.Join(err, save(dir, kept))
	}
	all := append(slices.Clone(kept), s.Records()...)
	slices.SortStableFunc(all, func(a, b Record) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	return all, save(dir, all)
}

// reuse takes over the ports and the number of nodes that the options leave open.
func (o *Options) reuse(before []Record) {
	ports := map[string][]int{}
	for _, r := range before {
		if _, text, err := net.SplitHostPort(r.Address); err == nil {
			if port, err := strconv.Atoi(text); err == nil {
				ports[r.Kind] = append(ports[r.Kind], port)
			}
		}
	}
	if o.Kafka.Nodes == 0 {
		o.Kafka.Nodes = max(1, len(ports[Kafka]))
	}
	if len(o.Kafka.Ports) == 0 && len(ports[Kafka]) == o.Kafka.Nodes {
		o.Kafka.Ports = ports[Kafka]
	}
	if o.Ports == nil {
		o.Ports = map[string]int{}
	}
	for kind, last := range ports {
		if o.Ports[kind] == 0 && kind != Kafka {
			o.Ports[kind] = last[0]
		}
	}
}

// runs tells whether every process of the kinds lives.
func runs(all []Record, kinds []string, nodes int) bool {
	for _, kind := range kinds {
		living := 0
		for _, r := range all {
			if r.Kind == kind && r.Process().Running() {
				living++
			}
		}
		if kind == Kafka && living != nodes || living == 0 {
			return false
		}
	}
	return true
}

// Stop ends everything that Leave left running in dir; its data and ports stay.
func Stop(dir string) error {
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	all, err := Load(dir)
	if err != nil {
		return err
	}
	return stop(all)
}

// stop ends the processes in the order in which they need each other, Kafka's together.
func stop(all []Record) error {
	var mu sync.Mutex
	var errs []error
	var nodes sync.WaitGroup
	for _, r := range slices.Backward(all) {
		end := func(p *process.Process) {
			err := p.Stop()
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		}
		if r.Kind == Kafka {
			nodes.Go(func() { end(r.Process()) })
			continue
		}
		end(r.Process())
	}
	nodes.Wait()
	return errors.Join(errs...)
}

// Clean stops everything and forgets its data.
func Clean(dir string) error {
	if err := Stop(dir); err != nil {
		return err
	}
	away, _ := filepath.EvalSymlinks(filepath.Join(dir, "postgres")) // PostgreSQL's data may lie elsewhere
	errs := []error{os.RemoveAll(away)}
	for _, pattern := range []string{"kafka-*", "mongo*", "postgres*", "temporal*", recordsFile} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		errs = append(errs, err)
		for _, path := range found {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	return errors.Join(errs...)
}

func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l := flock.New(filepath.Join(dir, "engines.lock"))
	if mine, err := l.TryLock(); err != nil || !mine {
		return nil, errors.Join(fmt.Errorf("engines are being started or stopped in %s at this moment", dir), err)
	}
	return func() { _ = l.Unlock() }, nil
}
