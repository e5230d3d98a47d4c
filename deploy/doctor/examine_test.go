package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/deploy/local/datadir"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
	"liuke.dev/shared/store/engines"
)

// rest makes a data directory at rest, as a stopped program leaves it.
func rest(t *testing.T) Patient {
	t.Helper()
	d, err := datadir.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	p := Patient{Data: d.Path(), Config: config.Default()}
	p.Config.Store, p.Config.ServiceKey, p.Config.Origin = "sqlite:"+d.Store(), filepath.Join(d.Keys(), "service.pem"), "http://127.0.0.1:1"
	if _, err := auth.LoadOrCreateKey(p.Config.ServiceKey); err != nil {
		t.Fatal(err)
	}
	for _, name := range Services {
		e, err := engines.Open(t.Context(), p.Config.Store, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

// A directory at rest is examined without a program, and is left as it was.
func TestDirectoryAtRest(t *testing.T) {
	p := rest(t)
	before := tree(t, p.Data)
	r := Examine(t.Context(), p)
	if r.Running || r.Worst != Note || r.ExitCode() != 0 {
		t.Errorf("%+v", r)
	}
	said := map[string]bool{}
	for _, f := range r.Findings {
		said[f.Check] = true
	}
	for _, check := range []string{"configuration", "service key", "data directory", "stores", "outbox", "audit chain"} {
		if !said[check] {
			t.Errorf("nothing is said of %s", check)
		}
	}
	if said["kafka"] || said["temporal"] {
		t.Error("engines that do not run were examined")
	}
	if after := tree(t, p.Data); after != before {
		t.Errorf("the directory was changed:\n%s\nwas\n%s", after, before)
	}
}

// What is wrong with a directory is found where it is.
func TestDirectoryInTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		harm  func(p *Patient) error
		check string
		says  string
	}{
		"a store is gone": {func(p *Patient) error { return os.Remove(filepath.Join(p.Data, "store", "leads.db")) }, "stores", "store leads: the file is missing"},
		"a store is no database": {func(p *Patient) error {
			return os.WriteFile(filepath.Join(p.Data, "store", "leads.db"), []byte(strings.Repeat("no ", 9999)), 0o600)
		}, "stores", "store leads: not available"},
		"others read the key": {func(p *Patient) error { return os.Chmod(p.Config.ServiceKey, 0o644) }, "service key", "permissions 0644"},
		"another directory":   {func(p *Patient) error { p.Data = filepath.Join(p.Data, "none"); return nil }, "data directory", "no data directory"},
		"the engines are away": {func(p *Patient) error {
			p.Data = ""
			p.Config.Kafka, p.Config.Temporal = []string{"127.0.0.1:1"}, "127.0.0.1:1"
			return nil
		}, "kafka", "Kafka does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			p := rest(t)
			if err := c.harm(&p); err != nil {
				t.Fatal(err)
			}
			r := Examine(t.Context(), p)
			if r.ExitCode() != 2 {
				t.Errorf("exit code %d", r.ExitCode())
			}
			for _, f := range r.Findings {
				if f.Check == c.check && f.Level == Error && strings.Contains(f.Says.En, c.says) {
					return
				}
			}
			t.Errorf("not said: %s\n%s", c.says, Text(r, "en"))
		})
	}
}

// tree lists the files below a directory and when each was changed.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !strings.HasSuffix(path, "-shm") && !strings.HasSuffix(path, "-wal") {
			b.WriteString(path + " " + info.ModTime().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
