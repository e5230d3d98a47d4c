//go:build engines

package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"liuke.dev/deploy/engines/set"
	"liuke.dev/shared/programtest"
)

// The form of these tests with the tag engines: every service a process of its
// own, two of each behind one origin, on a MongoDB wire server, Apache Kafka and
// Temporal on PostgreSQL. LIUKE_TEST_STORE, LIUKE_TEST_KAFKA and
// LIUKE_TEST_TEMPORAL name clusters of one's own; without them they are started.

// slower is how many times longer this form may take for anything: a dozen
// processes and four engines share the processors.
const slower = 2

// temporalApart tells whether Temporal goes on while the programs are held up: it
// hands them a task then, whose time is that of the handing out.
const temporalApart = true

// kills of the crash test: each takes longer than that of one program.
const kills = 10

// importRows bounds the import of the real data: the MongoDB that stands in looks
// through a whole collection for each document.
const importRows = 1000

// heldLeads and heldDeals are what somebody holds who leaves: fewer, as for the import.
const (
	heldLeads = 30
	heldDeals = 10
)

// strike kills some processes, now and then all of them.
func strike(o *programtest.Office, chance *rand.Rand) string {
	if chance.IntN(4) == 0 {
		o.Kill()
		return "all processes"
	}
	all := slices.Clone(o.Suite.Instances)
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:1+chance.IntN(3)]
	for _, i := range all {
		i.Kill()
	}
	return fmt.Sprint(all)
}

// printed is how much of what twelve processes printed is shown when a test fails.
const printed = 60_000

var (
	programs string
	engines  programtest.Engines
	dropped  = func(context.Context, string) error { return nil } // clusters of one's own are left as they are
)

// drop removes what a test has left behind: the MongoDB that stands in keeps
// everything in memory, and starts again by doing everything again.
func drop(ctx context.Context, o *programtest.Office) error {
	return dropped(ctx, o.Suite.Databases())
}

func prepare(ctx context.Context, dir string) (end func(), err error) {
	if err := flag.Set("test.parallel", "1"); err != nil { // one suite is a dozen processes
		return nil, err
	}
	if programs, err = programtest.BuildSuite(ctx, filepath.Join(dir, "programs")); err != nil {
		return nil, err
	}
	named := false
	if engines, named, err = programtest.NamedEngines(); err != nil || named {
		return func() {}, err
	}
	s, err := set.Start(ctx, filepath.Join(dir, "engines"), set.Options{Only: []string{set.Kafka, set.Mongo, set.Temporal}})
	if err != nil {
		return nil, err
	}
	dropped = s.Mongo.Drop
	engines = programtest.Engines{Store: s.Mongo.URI(""), Kafka: s.Kafka.Address(), Temporal: s.Temporal.Address}
	return func() { _ = s.Kill() }, nil // what they hold is of no use any more
}

func config(env ...string) programtest.SuiteConfig {
	return programtest.SuiteConfig{Programs: programs, Engines: engines, Env: env}
}

func opened(ctx context.Context, dir string, env ...string) (*programtest.Office, error) {
	return programtest.OpenSuite(ctx, config(env...), dir)
}
