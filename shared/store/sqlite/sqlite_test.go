package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

func open(t *testing.T) store.Engine {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "test.db"))
}

func openAt(t *testing.T, path string) store.Engine {
	t.Helper()
	e, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestContract(t *testing.T) {
	storetest.Run(t, storetest.Subject{Open: open, Explains: true, UsesIndex: usesIndex})
}

func usesIndex(plan, collection string, i store.Index) error {
	name := collection + "__" + i.Name
	if len(i.Equal) == 0 && i.Order == "" {
		name = collection + "__id"
	}
	for _, line := range strings.Split(plan, "\n") {
		if !strings.HasPrefix(line, "SEARCH ") || !strings.Contains(line, "INDEX "+name+" (") {
			return fmt.Errorf("%q is no search of %s", line, name)
		}
		if i.Order != "" && (strings.Count(line, "<expr>") < len(i.Equal) || !strings.Contains(line, "$"+i.Order)) {
			return fmt.Errorf("%q does not bound the ordering path", line)
		}
	}
	if strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
		return fmt.Errorf("scans or sorts")
	}
	return nil
}

func TestMain(m *testing.M) { os.Exit(storetest.Main(m, openFile)) }

func openFile(path string) (store.Engine, error) { return sqlite.Open(context.Background(), path) }

// Document and facts are stored all or nothing under kill -9.
func TestCrash(t *testing.T) {
	storetest.Crash(t, filepath.Join(t.TempDir(), "crash.db"), 6, openFile)
}
