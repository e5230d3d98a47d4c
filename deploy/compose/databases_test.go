package compose

import (
	"strings"
	"testing"

	serverconfig "go.temporal.io/server/common/config"
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

// The server makes its configuration from the container's variables, by the
// template that it carries.
func TestTemporalReadsItsVariables(t *testing.T) {
	p := load(t)
	for name, value := range p.Services["temporal"].Environment {
		t.Setenv(name, *value)
	}
	t.Setenv("POSTGRES_PWD", "secret") // which the start script sets
	c, err := serverconfig.Load(serverconfig.WithEmbedded())
	if err != nil {
		t.Fatal(err)
	}
	user := *p.Services["postgres"].Environment["POSTGRES_USER"]
	for store, database := range map[string]string{"default": "temporal", "visibility": "temporal_visibility"} {
		s := c.Persistence.DataStores[store].SQL
		if s == nil || s.PluginName != "postgres12_pgx" || s.ConnectAddr != "postgres:5432" || s.User != user || s.Password != "secret" || s.DatabaseName != database {
			t.Errorf("store %s: %+v", store, s)
		} else if !strings.Contains(read(t, "temporal-schema.sh"), "schema "+database+" ") {
			t.Errorf("nobody makes the schema of %s", database)
		}
	}
	if c.Persistence.NumHistoryShards != 4 || c.Services["frontend"].RPC.GRPCPort != 7233 || c.Services["frontend"].RPC.BindOnIP != "0.0.0.0" {
		t.Errorf("%d shards, frontend %+v", c.Persistence.NumHistoryShards, c.Services["frontend"].RPC)
	}
	mounted := false
	for _, m := range p.Services["temporal"].Configs {
		mounted = mounted || m.Target == c.DynamicConfigClient.Filepath
	}
	if !mounted {
		t.Errorf("nothing is mounted at %s", c.DynamicConfigClient.Filepath)
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
