// Package architecture holds no code: its test keeps the rules of who may
// import whom.
package architecture

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// rule forbids packages below Who to import what Never names, but for Except.
type rule struct {
	name   string
	who    func(importPath string) bool
	never  []string
	except []string
	tests  bool // holds for tests as well
}

func below(prefixes ...string) func(string) bool {
	return func(p string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return p == prefix || strings.HasPrefix(p, prefix+"/") })
	}
}

func not(f func(string) bool) func(string) bool { return func(p string) bool { return !f(p) } }

var services = []string{"leads", "accounts", "notifications", "organization", "insights"}

func rules() []rule {
	out := []rule{
		// What runs the databases themselves speaks to them: it waits until they answer,
		// and prepares Temporal's own. deploy/compose is named for its tests with the tag engines.
		{name: "database drivers are imported only in shared/store", who: not(below("liuke.dev/shared/store")), tests: true,
			never:  []string{"go.mongodb.org/mongo-driver", "github.com/jackc/pgx", "github.com/lib/pq", "modernc.org/sqlite", "database/sql"},
			except: []string{"liuke.dev/deploy/engines/mongo", "liuke.dev/deploy/engines/postgres", "liuke.dev/deploy/local/temporalserver", "liuke.dev/deploy/compose"}},
		{name: "the Temporal server and kfake are imported only in deploy", who: not(below("liuke.dev/deploy")), tests: true,
			never: []string{"go.temporal.io/server", "github.com/temporalio/ui-server", "github.com/twmb/franz-go"}},
		{name: "kafka-go stays behind shared/kafka", who: not(below("liuke.dev/shared/kafka", "liuke.dev/deploy")), never: []string{"github.com/segmentio/kafka-go"}},
		{name: "journey rules import neither Temporal nor a clock nor I/O", who: below("liuke.dev/workflows/journey"),
			never: []string{"go.temporal.io", "os", "net", "net/http", "io", "time", "math/rand", "math/rand/v2", "log", "log/slog", "context", "database/sql",
				"liuke.dev/workflows/host", "liuke.dev/shared/store", "liuke.dev/shared/kafka", "liuke.dev/shared/httpx"}},
		{name: "services do not know Temporal", who: below("liuke.dev/services"), never: []string{"go.temporal.io"}, tests: true},
		{name: "shared knows nobody", who: below("liuke.dev/shared"), tests: true,
			never: []string{"liuke.dev/services", "liuke.dev/workflows", "liuke.dev/deploy"}},
		{name: "the benchmarks know the program from outside only", who: below("liuke.dev/bench"), tests: true,
			never: []string{"liuke.dev/services", "liuke.dev/workflows", "liuke.dev/deploy"}},
		{name: "workflows know no service", who: below("liuke.dev/workflows"), never: []string{"liuke.dev/services", "liuke.dev/deploy"}, tests: true},
	}
	for _, s := range services {
		var others []string
		for _, o := range services {
			if o != s {
				others = append(others, "liuke.dev/services/"+o)
			}
		}
		out = append(out, rule{name: s + " imports no other service", who: below("liuke.dev/services/" + s), never: append(others, "liuke.dev/workflows"), tests: true})
	}
	return out
}

func TestWhoMayImportWhom(t *testing.T) {
	packages := list(t)
	if len(packages) < 30 {
		t.Fatalf("only %d packages found: the list is not whole", len(packages))
	}
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, p := range packages {
				if !r.who(p.ImportPath) || slices.ContainsFunc(r.except, func(e string) bool { return below(e)(p.ImportPath) }) {
					continue
				}
				imports := slices.Clone(p.Imports)
				if r.tests {
					imports = append(append(imports, p.TestImports...), p.XTestImports...)
				}
				for _, i := range imports {
					if below(r.never...)(i) && !exactOnly(r.never, i) {
						t.Errorf("%s imports %s", p.ImportPath, i)
					}
				}
			}
		})
	}
}

// Journey rules are told what time it is; they never ask. They may import
// shared/instant for its arithmetic, so that the imports alone do not tell.
func TestJourneyRulesAskNoClock(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../../workflows/journey", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, at := range clockReads(file) {
			t.Errorf("%s asks the clock", set.Position(at))
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Fatalf("%d files read, %v", files, err)
	}
}

// clockReads finds where a file names the clock, called or handed on.
func clockReads(file *ast.File) (all []token.Pos) {
	clocks := map[string]bool{}
	for _, i := range file.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		if path != "time" && path != "liuke.dev/shared/instant" {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		clocks[name] = true
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Now" {
			if x, ok := s.X.(*ast.Ident); ok && clocks[x.Name] {
				all = append(all, s.Pos())
			}
		}
		return true
	})
	return all
}

func TestAClockIsFoundUnderAnyName(t *testing.T) {
	for source, want := range map[string]int{
		`import "liuke.dev/shared/instant"; var a, b = instant.Now(), instant.Now`: 2,
		`import clock "time"; var a = clock.Now()`:                                 1,
		`import "liuke.dev/shared/instant"; var a instant.Time; var b = e.Now`:     0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a; "+source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if found := len(clockReads(file)); found != want {
			t.Errorf("%s: %d found", source, found)
		}
	}
}

// exactOnly lets "net" forbid the package net without net/url and "io" without io/fs.
func exactOnly(never []string, path string) bool {
	if slices.Contains(never, path) {
		return false
	}
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func list(t *testing.T) []pkg {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "work")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
