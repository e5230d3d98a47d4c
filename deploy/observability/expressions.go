package observability

import (
	_ "embed" // the alerts are part of what is checked
	"fmt"
	"slices"
	"strings"

	"github.com/VictoriaMetrics/metricsql"
	"go.yaml.in/yaml/v3"
)

//go:embed alerts.yml
var alerts []byte

// Alert is a rule of alerts.yml.
type Alert struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// Alerts reads alerts.yml.
func Alerts() ([]Alert, error) {
	var file struct {
		Groups []struct {
			Name  string  `yaml:"name"`
			Rules []Alert `yaml:"rules"`
		} `yaml:"groups"`
	}
	d := yaml.NewDecoder(strings.NewReader(string(alerts)))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	var out []Alert
	for _, g := range file.Groups {
		out = append(out, g.Rules...)
	}
	return out, nil
}

// Use is a metric with the labels that an expression relies on.
type Use struct {
	Metric string
	Labels []string
}

// Uses reads an expression: which metrics it names, and by which labels it
// chooses and groups them.
func Uses(expr string) ([]Use, error) {
	e, err := metricsql.Parse(expr)
	if err != nil {
		return nil, err
	}
	if metricsql.IsLikelyInvalid(e) {
		return nil, fmt.Errorf("%s: groups or rates what cannot be", expr)
	}
	labels := map[string][]string{}
	note := func(m *metricsql.MetricExpr, more ...string) {
		name := ""
		for _, filters := range m.LabelFilterss {
			for _, f := range filters {
				if f.Label == "__name__" {
					name = f.Value
				} else {
					more = append(more, f.Label)
				}
			}
		}
		labels[name] = append(labels[name], more...)
	}
	metricsql.VisitAll(e, func(e metricsql.Expr) {
		switch e := e.(type) {
		case *metricsql.MetricExpr:
			note(e)
		case *metricsql.AggrFuncExpr:
			for _, arg := range e.Args {
				metricsql.VisitAll(arg, func(inner metricsql.Expr) {
					if m, ok := inner.(*metricsql.MetricExpr); ok && strings.EqualFold(e.Modifier.Op, "by") {
						note(m, e.Modifier.Args...)
					}
				})
			}
		}
	})
	var out []Use
	for name, all := range labels {
		slices.Sort(all)
		out = append(out, Use{name, slices.Compact(all)})
	}
	return out, nil
}
