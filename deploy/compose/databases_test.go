package compose

import (
	"strings"
	"testing"

	"go.temporal.io/server/common/dynamicconfig"

	"liuke.dev/shared/service"
)

func TestTheServicesUserMayUseEveryDatabase(t *testing.T) {
	script := read(t, "mongo-init.js")
	for _, name := range service.Services {
		if !strings.Contains(script, "'"+name+"'") {
			t.Errorf("mongo-init.js does not let services use the database of %s", name)
		}
	}
}

func TestTemporalKnowsItsSettings(t *testing.T) {
	r := dynamicconfig.LoadYamlFile([]byte(read(t, "temporal.yaml")))
	if len(r.Errors) > 0 || len(r.Warnings) > 0 {
		t.Error(r.Errors, r.Warnings)
	}
}

// What Prometheus asks are containers that answer, and what they are called.
func TestPrometheusAsksContainersThatAreThere(t *testing.T) {
	p := load(t)
	const file = "deploy/observability/prometheus.yml"
	names, port, found := between(t, file, `names: \[([^\]]+)\]`), between(t, file, `port: (\d+)`), 0
	for name := range strings.SplitSeq(names, ", ") {
		if s, ok := p.Services[name]; !ok || !listens(s, port) || !meet(s, p.Services["prometheus"]) {
			t.Errorf("Prometheus does not reach %s", name)
		}
		found++
	}
	if found != len(service.Services) {
		t.Errorf("Prometheus asks only %s", names)
	}
}
