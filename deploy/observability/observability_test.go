package observability

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func TestTheDashboardInTheFileIsTheOneInTheCode(t *testing.T) {
	want, err := Dashboard()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("grafana/dashboards/liuke.json")
	if err != nil || string(got) != string(want) {
		t.Errorf("run: go generate ./deploy/observability (%v)", err)
	}
}

var own = regexp.MustCompile(`^(liuke|go|process)_[a-z0-9_]+$|^up$`)

func TestEveryExpressionCanBeRead(t *testing.T) {
	all := Expressions()
	rules, err := Alerts()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range rules {
		all["alert "+a.Alert] = []string{a.Expr}
	}
	for where, expressions := range all {
		for _, e := range expressions {
			uses, err := Uses(e)
			if err != nil || len(uses) == 0 {
				t.Errorf("%s: %s: %v", where, e, err)
			}
			for _, u := range uses {
				if !own.MatchString(u.Metric) {
					t.Errorf("%s: %q is no metric of ours", where, u.Metric)
				}
			}
		}
	}
	if uses, err := Uses(`sum by (kind) (rate(liuke_x_total{outcome="failed"}[5m]`); err == nil {
		t.Errorf("half an expression was read as %v", uses)
	}
}

// Whoever is woken by an alert finds under its name what it means and what to do.
func TestEveryAlertIsExplained(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := Alerts()
	if err != nil || len(rules) < 10 {
		t.Fatal(rules, err)
	}
	var names []string
	for _, a := range rules {
		names = append(names, a.Alert)
		if _, err := time.ParseDuration(a.For); a.For != "" && err != nil {
			t.Errorf("%s: for: %v", a.Alert, err)
		}
		if a.Annotations["summary"] == "" || a.Labels["severity"] != "critical" && a.Labels["severity"] != "warning" {
			t.Errorf("%s lacks a summary or a severity", a.Alert)
		}
		if !strings.Contains(string(manual), "| `"+a.Alert+"` |") {
			t.Errorf("docs/operations.md does not say what to do about %s", a.Alert)
		}
	}
	for _, named := range regexp.MustCompile("\\| `(Liuke[A-Za-z]+)` \\|").FindAllStringSubmatch(string(manual), -1) {
		if !slices.Contains(names, named[1]) {
			t.Errorf("docs/operations.md explains %s, which there is not", named[1])
		}
	}
	for _, p := range sections {
		for _, named := range regexp.MustCompile(`Liuke[A-Za-z]+`).FindAllString(about(p), -1) {
			if !slices.Contains(names, named) {
				t.Errorf("the dashboard names %s, which there is not", named)
			}
		}
	}
}

func about(s section) (all string) {
	for _, p := range s.panels {
		all += p.about + "\n"
	}
	return all
}

func TestTheFilesForPrometheusAndGrafanaCanBeRead(t *testing.T) {
	for _, file := range []string{"prometheus.yml", "grafana/provisioning/datasources/prometheus.yml", "grafana/provisioning/dashboards/liuke.yml"} {
		text, err := os.ReadFile(file)
		var any map[string]any
		if err == nil {
			err = yaml.Unmarshal(text, &any)
		}
		if err != nil || len(any) == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
