package compose

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"mvdan.cc/sh/v3/syntax"

	"liuke.dev/workflows/host"
)

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func dockerfile(t *testing.T) *Dockerfile {
	t.Helper()
	d, err := ReadDockerfile()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheDockerfileHasNothingToComplainAbout(t *testing.T) {
	d := dockerfile(t)
	if len(d.Warnings) > 0 {
		t.Error(d.Warnings)
	}
	for _, s := range d.Stages {
		if s.BaseName != "scratch" && d.stage(s.BaseName) == nil && !pinned.MatchString(s.BaseName) {
			t.Errorf("%s begins with %s, which is not pinned", s.Name, s.BaseName)
		}
	}
}

func TestEveryBuiltContainerHasItsSmallImageAndHealthCheck(t *testing.T) {
	d := dockerfile(t)
	for name, s := range ours(load(t)) {
		image, err := d.Image(s.Build.Target)
		if err != nil {
			t.Error(err)
			continue
		}
		if image.Base != "scratch" || !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(image.User) {
			t.Errorf("%s: %s runs as %q", name, image.Base, image.User)
		}
		if s.Build.Context != Root() || s.Build.Dockerfile != "Dockerfile" {
			t.Errorf("%s is built from %s %s", name, s.Build.Context, s.Build.Dockerfile)
		}
		if info, err := os.Stat(filepath.Join(Root(), image.Package)); err != nil || !info.IsDir() {
			t.Errorf("%s: there is no package %s", name, image.Package)
		}
		if want := append([]string{"CMD"}, append(image.Command, "healthcheck")...); !job(s) && !slices.Equal(s.HealthCheck.Test, want) {
			t.Errorf("%s: %v is not the image's own program", name, s.HealthCheck.Test)
		}
	}
}

// The build gets the files that .dockerignore leaves; one that a program needs
// must be among them.
func TestTheImagesSourceIsWhole(t *testing.T) {
	f, err := os.Open(filepath.Join(Root(), ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	patterns, err := ignorefile.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	files := sources(t)
	if len(files) < 300 {
		t.Errorf("only %d files", len(files))
	}
	for _, file := range files {
		if left, err := ignored.MatchesOrParentMatches(file); err != nil || left {
			t.Errorf("%s is needed and left out (%v)", file, err)
		}
	}
	for _, kept := range []string{"secrets/mongo_uri", ".env", ".git/HEAD"} {
		if left, _ := ignored.MatchesOrParentMatches(kept); !left {
			t.Errorf("%s would be in the build", kept)
		}
	}
}

// sources are the files of ours that the images' programs are made of.
func sources(t *testing.T) []string {
	t.Helper()
	args := []string{"list", "-deps", "-json=Dir,GoFiles,EmbedFiles"}
	d := dockerfile(t)
	for _, s := range ours(load(t)) {
		if image, err := d.Image(s.Build.Target); err == nil {
			args = append(args, image.Package)
		}
	}
	list := exec.CommandContext(t.Context(), "go", args...)
	list.Dir, list.Stderr = Root(), os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"go.work", "go.work.sum"}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir                 string
			GoFiles, EmbedFiles []string
		}
		if err := decoder.Decode(&p); err == io.EOF {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		if dir, err := filepath.Rel(Root(), p.Dir); err == nil && filepath.IsLocal(dir) {
			for _, f := range append(p.GoFiles, p.EmbedFiles...) {
				files = append(files, filepath.Join(dir, f))
			}
		}
	}
}

func TestRoutesAreThoseOfTheTable(t *testing.T) {
	have, err := os.ReadFile(RoutesFile())
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != Routes() {
		t.Error("routes.caddy is old: go generate ./deploy/compose")
	}
	p := load(t)
	for _, m := range within.FindAllStringSubmatch(string(have), -1) {
		if s, ok := p.Services[m[1]]; !ok || !listens(s, m[2]) || !meet(s, p.Services["proxy"]) {
			t.Errorf("the proxy does not reach %s", m[0])
		}
	}
}

func TestScriptsAreShell(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(Root(), "deploy", "compose", "*.sh"))
	if err != nil || len(scripts) < 4 {
		t.Fatal(scripts, err)
	}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		language := syntax.LangPOSIX
		if strings.HasPrefix(string(text), "#!/bin/bash") {
			language = syntax.LangBash
		}
		if _, err := syntax.NewParser(syntax.Variant(language)).Parse(bytes.NewReader(text), path); err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(text), "\nset -eu") {
			t.Errorf("%s goes on after an error", path)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(), "deploy", "compose", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheNamespaceScriptDeclaresTheAttributesOfJourneys(t *testing.T) {
	declared := map[string]string{}
	for _, m := range regexp.MustCompile(`--name (\w+) --type (\w+)`).FindAllStringSubmatch(read(t, "temporal-namespace.sh"), -1) {
		declared[m[1]] = m[2]
	}
	for name, kind := range host.SearchAttributes {
		if declared[name] != kind.String() {
			t.Errorf("%s is declared as %q, not %s", name, declared[name], kind)
		}
	}
	if len(declared) != len(host.SearchAttributes) {
		t.Errorf("declared are %v", declared)
	}
}
