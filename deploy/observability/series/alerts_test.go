package series

import (
	"os"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/promqltest"
	"go.yaml.in/yaml/v3"
)

// expressions gives the alerts' by name.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			all[r.Alert] = r.Expr
		}
	}
	return all
}

// Each alert holds on series of what it is about, and not on series of what looks
// like it and is no reason to wake anybody.
func TestAlertsOnSeries(t *testing.T) {
	all := expressions(t)
	seen := map[string]map[bool]bool{}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			expr, known := all[c.alert]
			if !known {
				t.Fatalf("there is no alert %s", c.alert)
			}
			engine := promqltest.NewTestEngine(t, false, 5*time.Minute, promqltest.DefaultMaxSamplesPerQuery)
			q, err := engine.NewInstantQuery(t.Context(), promqltest.LoadedStorage(t, c.series), nil, expr, time.Unix(0, 0).Add(c.at))
			if err != nil {
				t.Fatal(err)
			}
			defer q.Close()
			found, err := q.Exec(t.Context()).Vector()
			if err != nil {
				t.Fatal(err)
			}
			if got := len(found) > 0; got != c.holds {
				t.Errorf("%s holds: %v, want %v\n%s\n%v", c.alert, got, c.holds, expr, found)
			}
		})
		if seen[c.alert] == nil {
			seen[c.alert] = map[bool]bool{}
		}
		seen[c.alert][c.holds] = true
	}
	for alert := range all {
		if !seen[alert][true] || !seen[alert][false] {
			t.Errorf("%s is not tried both ways", alert)
		}
	}
}
