package trial

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"liuke.dev/shared/programtest"
)

// Group is faults that are tried on one started suite.
type Group struct {
	Name   string
	Faults []Fault
	open   func(ctx context.Context, dir string) (*Trial, error)
}

// Set is a table on one set of engines.
type Set []Group

// Sets gives all tables.
func Sets() map[string]Set {
	return map[string]Set{
		"embedded": {{Name: "embedded engines", Faults: Embedded(), open: buildEmbedded}},
		"real": {
			{Name: "real engines, three Kafka nodes", Faults: RealLarge(), open: buildReal(3)},
			{Name: "real engines, one Kafka node, processes", Faults: RealProcesses(), open: buildReal(1)},
			{Name: "real engines, one Kafka node, links", Faults: RealLinks(), open: buildReal(1)},
			{Name: "real engines, one Kafka node, instants", Faults: RealInstants(), open: buildReal(1)},
		},
	}
}

// Choose gives the groups with the rows that are chosen.
func (s Set) Choose(chosen func(Group, Fault) bool) (out Set) {
	for _, g := range s {
		g.Faults = slices.DeleteFunc(slices.Clone(g.Faults), func(f Fault) bool { return !chosen(g, f) })
		if len(g.Faults) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func buildEmbedded(ctx context.Context, dir string) (*Trial, error) {
	binary, _, err := programtest.Build(ctx, dir)
	if err != nil {
		return nil, err
	}
	return OpenEmbedded(ctx, binary, dir)
}

func buildReal(nodes int) func(context.Context, string) (*Trial, error) {
	return func(ctx context.Context, dir string) (*Trial, error) {
		programs, err := programtest.BuildSuite(ctx, filepath.Join(dir, "programs"))
		if err != nil {
			return nil, err
		}
		liuke, _, err := programtest.Build(ctx, dir)
		if err != nil {
			return nil, err
		}
		return OpenReal(ctx, programs, liuke, dir, nodes)
	}
}

// Try starts the suite of a group in a directory, tries its faults and ends it.
func Try(ctx context.Context, g Group, dir string, p Plan) (results []Result, whole Result, err error) {
	dir = filepath.Join(dir, strings.NewReplacer(" ", "-", ",", "").Replace(g.Name)) // Kafka takes a comma for two directories
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, whole, err
	}
	t, err := g.open(ctx, dir)
	if err != nil {
		return nil, whole, err
	}
	results, whole, err = t.Run(ctx, g.Faults, p)
	if err != nil || !whole.Well() {
		p.Log("the suite printed last:\n%s", t.Office.Printed(6000))
	}
	return results, whole, errors.Join(err, t.Close())
}
