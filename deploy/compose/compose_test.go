package compose

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"liuke.dev/shared/config"
	"liuke.dev/shared/service"
)

// engines are those containers that are not ours.
var engines = []string{"mongo", "mongo-init", "kafka", "postgres", "temporal-schema", "temporal", "temporal-namespace", "temporal-ui"}

func load(t *testing.T, environment ...string) *types.Project {
	t.Helper()
	p, err := Load(t.Context(), environment...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryServiceAndEveryEngineIsThere(t *testing.T) {
	p := load(t)
	want := append([]string{"proxy", "liuke"}, engines...)
	for _, s := range service.Services {
		want = append(want, Container(s))
	}
	for _, name := range want {
		if _, ok := p.Services[name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
}

// A tag that moves, or none, makes tomorrow's start another program.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$`)

func TestImagesArePinned(t *testing.T) {
	for name, s := range load(t).Services {
		if !pinned.MatchString(s.Image) {
			t.Errorf("%s: %q is not pinned", name, s.Image)
		}
		if strings.Contains(s.Image, "auto-setup") {
			t.Errorf("%s: %s is deprecated", name, s.Image)
		}
	}
}

func TestOnlyOriginUIAndKafkaArePublishedAndOnLoopback(t *testing.T) {
	published := map[string]bool{}
	for name, s := range load(t).Services {
		for _, p := range s.Ports {
			published[name] = true
			if ip := net.ParseIP(p.HostIP); ip == nil || !ip.IsLoopback() {
				t.Errorf("%s: port %s is published at %q", name, p.Published, p.HostIP)
			}
		}
		if s.NetworkMode != "" || s.Privileged {
			t.Errorf("%s is not confined", name)
		}
	}
	allowed := []string{"grafana", "kafka", "proxy", "temporal-ui"} // grafana: in a profile of its own
	for name := range published {
		if !slices.Contains(allowed, name) {
			t.Errorf("%s is published", name)
		}
	}
	if len(published) < 3 {
		t.Errorf("published are only %v", slices.Sorted(maps.Keys(published)))
	}
}

func TestPortsAndOriginFollowTheEnvironment(t *testing.T) {
	p := load(t, "LIUKE_PORT=18080", "LIUKE_KAFKA_PORT=19092", "LIUKE_TEMPORAL_UI_PORT=18233")
	for name, want := range map[string]string{"proxy": "18080", "kafka": "19092", "temporal-ui": "18233"} {
		if got := p.Services[name].Ports[0].Published; got != want {
			t.Errorf("%s: published at %s", name, got)
		}
	}
	for name, want := range map[string]string{"LIUKE_ORIGIN": "http://127.0.0.1:18080", "LIUKE_TEMPORAL_LINK": "http://127.0.0.1:18233"} {
		if got := *p.Services["leads"].Environment[name]; got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
	if got := *p.Services["kafka"].Environment["KAFKA_ADVERTISED_LISTENERS"]; !strings.Contains(got, "OUTER://127.0.0.1:19092") {
		t.Errorf("Kafka says that it is at %s", got)
	}
}

func TestContainersAreConfined(t *testing.T) {
	for name, s := range load(t).Services {
		if s.User == "" && s.Build == nil {
			t.Errorf("%s may run as root", name)
		}
		if strings.HasPrefix(s.User, "0") || s.User == "root" {
			t.Errorf("%s runs as root", name)
		}
		if !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s keeps privileges", name)
		}
		if s.Build != nil && !s.ReadOnly {
			t.Errorf("%s may write to its image", name)
		}
		l := s.Deploy
		if l == nil || l.Resources.Limits == nil || l.Resources.Limits.MemoryBytes == 0 || l.Resources.Limits.NanoCPUs == 0 || l.Resources.Limits.Pids == 0 {
			t.Errorf("%s has no limits of memory, processors and processes", name)
		}
	}
}

// job tells whether a container runs once and ends.
func job(s types.ServiceConfig) bool {
	return strings.HasPrefix(s.Restart, "on-failure") || s.Restart == "no"
}

func TestWhatGoesOnHasAHealthCheckAndIsWaitedFor(t *testing.T) {
	p := load(t)
	for name, s := range p.Services {
		if h := s.HealthCheck; !job(s) && (h == nil || h.Disable || len(h.Test) == 0 || h.StartPeriod == nil || h.Interval == nil || h.Timeout == nil) {
			t.Errorf("%s has no health check with its times", name)
		}
		for on, d := range s.DependsOn {
			want := types.ServiceConditionHealthy
			if job(p.Services[on]) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			if d.Condition != want {
				t.Errorf("%s starts after %s is %s, not %s", name, on, d.Condition, want)
			}
		}
	}
	for before, after := range map[string]string{"mongo-init": "mongo", "temporal-schema": "postgres", "temporal": "temporal-schema", "temporal-namespace": "temporal",
		"worker": "temporal-namespace", "leads": "mongo-init", "accounts": "kafka", "proxy": "leads"} {
		if _, ok := p.Services[before].DependsOn[after]; !ok {
			t.Errorf("%s does not wait for %s", before, after)
		}
	}
}

func TestWhatIsKeptIsInVolumes(t *testing.T) {
	for name, target := range map[string]string{"mongo": "/data/db", "kafka": "/var/lib/kafka/data", "postgres": "/var/lib/postgresql/data", "accounts": "/files"} {
		if !slices.ContainsFunc(load(t).Services[name].Volumes, func(v types.ServiceVolumeConfig) bool {
			return v.Type == types.VolumeTypeVolume && v.Source != "" && v.Target == target
		}) {
			t.Errorf("%s loses %s", name, target)
		}
	}
}

// ours are the containers that Liuke's programs run in.
func ours(p *types.Project) map[string]types.ServiceConfig {
	out := map[string]types.ServiceConfig{}
	for name, s := range p.Services {
		if s.Build != nil {
			out[name] = s
		}
	}
	return out
}

func TestVariablesExistAndSecretsComeFromFiles(t *testing.T) {
	known := config.Variables()
	for name, s := range load(t).Services {
		for variable, value := range s.Environment {
			if value == nil {
				t.Errorf("%s: %s is taken from whoever calls", name, variable)
				continue
			}
			base := strings.TrimSuffix(variable, "_FILE")
			if strings.HasPrefix(variable, "LIUKE_") && !slices.Contains(known, base) {
				t.Errorf("%s: nobody reads %s", name, variable)
			}
			if secretive.MatchString(base) && base == variable && *value != "" {
				t.Errorf("%s: the secret %s is not in a file", name, variable)
			}
			for _, path := range strings.Split(*value, "=") {
				if mounted, ok := strings.CutPrefix(path, "/run/secrets/"); ok && !slices.ContainsFunc(s.Secrets, func(c types.ServiceSecretConfig) bool { return c.Source == mounted }) {
					t.Errorf("%s: %s names the secret %s, which it is not given", name, variable, mounted)
				}
			}
		}
	}
}

var secretive = regexp.MustCompile(`(PASSWORD|PWD|SECRET|API_KEY|LIUKE_STORE)$`)

func TestSecretsAreThoseThatTheScriptMakes(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(Root(), "deploy", "compose", "secrets.sh"))
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^keep (\w+)`).FindAllStringSubmatch(string(script), -1) {
		made[m[1]] = true
	}
	p, used := load(t), map[string]bool{}
	for name, s := range p.Services {
		for _, c := range s.Secrets {
			used[c.Source] = true
			if _, ok := p.Secrets[c.Source]; !ok {
				t.Errorf("%s is given the secret %s, which is none", name, c.Source)
			}
		}
	}
	for name, c := range p.Secrets {
		if filepath.Base(c.File) != name || !made[name] || !used[name] {
			t.Errorf("secret %s: in %s, made %v, used %v", name, c.File, made[name], used[name])
		}
	}
	for name := range made {
		if _, ok := p.Secrets[name]; !ok {
			t.Errorf("the script makes %s for nobody", name)
		}
	}
}

func TestMountedFilesExist(t *testing.T) {
	p := load(t)
	for name, c := range p.Configs {
		if info, err := os.Stat(c.File); err != nil || info.IsDir() {
			t.Errorf("config %s: %v", name, err)
		}
	}
	for name, s := range p.Services {
		for _, c := range s.Configs {
			if _, ok := p.Configs[c.Source]; !ok {
				t.Errorf("%s is given the config %s, which is none", name, c.Source)
			}
		}
	}
}

// within is a name and port inside the networks.
var within = regexp.MustCompile(`\b([a-z][a-z-]+):(\d{2,5})\b`)

func TestAddressesNameContainersThatListenThereOnACommonNetwork(t *testing.T) {
	p, found := load(t), 0
	for name, s := range p.Services {
		texts := slices.Concat(s.Command, s.Entrypoint)
		for _, value := range s.Environment {
			texts = append(texts, *value)
		}
		for _, m := range within.FindAllStringSubmatch(strings.Join(texts, " "), -1) {
			found++
			other, ok := p.Services[m[1]]
			if !ok {
				t.Errorf("%s names %s, which is nobody", name, m[1])
			} else if !listens(other, m[2]) {
				t.Errorf("%s names %s, where %s does not listen", name, m[0], m[1])
			} else if !meet(s, other) {
				t.Errorf("%s does not reach %s: no network is common", name, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d addresses", found)
	}
}

func listens(s types.ServiceConfig, port string) bool {
	return slices.Contains(s.Expose, port) || slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool { return port == itoa(p.Target) })
}

func meet(a, b types.ServiceConfig) bool {
	for n := range a.Networks {
		if _, ok := b.Networks[n]; ok {
			return true
		}
	}
	return false
}
