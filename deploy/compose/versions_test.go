package compose

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// What the tests run is what the images hold.
func TestImagesAreOfTheVersionsThatTestsRun(t *testing.T) {
	p := load(t)
	server := module(t, "deploy", "go.temporal.io/server")
	for name, want := range map[string]string{
		"temporal": server, "temporal-schema": server, "temporal-namespace": server,
		"temporal-ui": module(t, "deploy", "github.com/temporalio/ui-server/v2"),
		"proxy":       module(t, filepath.Join("deploy", "compose", "proxy"), "github.com/caddyserver/caddy/v2"),
		"kafka":       between(t, filepath.Join("deploy", "engines", "kafka", "pom.xml"), `<artifactId>kafka_2\.13</artifactId>\s*<version>([\d.]+)</version>`),
	} {
		if got := tag(p, name); got != want {
			t.Errorf("%s is %s, and %s is tried", name, got, want)
		}
	}
	if got, want := dockerfile(t).Stages[0].BaseName, "golang:"+between(t, "go.work", `(?m)^go ([\d.]+)$`); !strings.HasPrefix(got, want+"-") {
		t.Errorf("programs are built with %s, and tried with %s", got, want)
	}
}

// tag of a container's image, without what comes after the version.
func tag(p *types.Project, container string) string {
	_, tag, _ := strings.Cut(p.Services[container].Image, ":")
	version, _, _ := strings.Cut(tag, "-")
	return version
}

func module(t *testing.T, dir, name string) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", name)
	list.Dir, list.Env, list.Stderr = filepath.Join(Root(), dir), append(os.Environ(), "GOWORK=off"), os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
}

func between(t *testing.T, path, form string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(), path))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(form).FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s has nothing like %s", path, form)
	}
	return string(found[1])
}
