//go:build engines

package mongo_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/mongo"
	"liuke.dev/shared/store/storetest"
)

// server is the address under test: LIUKE_TEST_MONGO, or a stand-in of our own.
var server string

// ours tells that the server is the stand-in, which explains no plans.
var ours bool

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("LIUKE_STORE_CRASH") != "" {
		return storetest.Main(m, openDatabase)
	}
	server = os.Getenv("LIUKE_TEST_MONGO")
	if server == "" {
		ours = true
		stop, err := startStandIn()
		if err != nil {
			fmt.Fprintln(os.Stderr, "no address in LIUKE_TEST_MONGO, and the stand-in does not start:", err)
			return 1
		}
		defer stop()
	}
	return storetest.Main(m, openDatabase)
}

// startStandIn starts the stand-in of deploy/engines; it ends when our end of
// its standard input closes, be it by our death.
func startStandIn() (func(), error) {
	c := exec.Command("go", "run", "liuke.dev/deploy/engines", "run", "--only", "mongo")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	stop := func() { _ = in.Close(); _ = c.Wait() }
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, value, found := strings.Cut(lines.Text(), "LIUKE_STORE='"); found {
			uri, err := url.Parse(strings.TrimSuffix(value, "'"))
			if err != nil {
				stop()
				return nil, err
			}
			uri.Path = "/" // each test has a database of its own
			server = uri.String()
			return stop, nil
		}
	}
	stop()
	return nil, errors.New("it ended without an address")
}

// databases numbers the databases of a run.
var databases atomic.Int64

func newDatabase() string {
	return fmt.Sprintf("liuke_test_%d_%d_%d", os.Getpid(), time.Now().UnixMilli(), databases.Add(1))
}

// openDatabase opens an address of the form <uri> <database>.
func openDatabase(address string) (store.Engine, error) {
	uri, database, _ := strings.Cut(address, " ")
	return mongo.Open(context.Background(), uri, database)
}

func open(t *testing.T) store.Engine {
	t.Helper()
	e, err := openDatabase(server + " " + newDatabase())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestContract(t *testing.T) {
	storetest.Run(t, storetest.Subject{Open: open, Explains: !ours, UsesIndex: usesIndex})
}

func usesIndex(plan, _ string, i store.Index) error {
	for _, line := range strings.Split(plan, "\n") {
		winning, _, _ := strings.Cut(line, `"rejectedPlans"`)
		if !strings.Contains(winning, "IXSCAN") && !strings.Contains(winning, "IDHACK") {
			return fmt.Errorf("no index scan")
		}
		if strings.Contains(winning, "COLLSCAN") || strings.Contains(winning, `"stage": "SORT"`) {
			return fmt.Errorf("scans or sorts")
		}
		for _, p := range append(append([]string{}, i.Equal...), i.Order) {
			if p != "" && !strings.Contains(winning, "body."+p) {
				return fmt.Errorf("the index does not hold %s", p)
			}
		}
	}
	return nil
}

// Document and facts are stored all or nothing when the client is killed, and
// so is what a relay does.
func TestCrash(t *testing.T) {
	storetest.Crash(t, server+" "+newDatabase(), 4, openDatabase)
}
