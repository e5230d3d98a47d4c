//go:build engines && linux

package compose

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"liuke.dev/deploy/engines/java"
	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/deploy/engines/postgres"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/kafka"
)

// kafka runs Apache Kafka with the very environment of its container, turned into
// properties by the rule of its image.
func (s *stand) kafka() {
	s.t.Helper()
	pom, err := os.ReadFile(filepath.Join(Root(), "deploy", "engines", "kafka", "pom.xml"))
	if err != nil {
		s.t.Fatal(err)
	}
	classPath, err := java.Jars(s.t.Context(), "kafka", pom)
	if err != nil {
		s.t.Fatal(err)
	}
	env := map[string]string{}
	for _, entry := range s.env("kafka") {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	for _, port := range []string{"9093", "9095"} { // of the node itself: each container has a loopback of its own
		for name := range env {
			env[name] = strings.ReplaceAll(env[name], "127.0.0.1:"+port, s.address["kafka"]+":"+port)
		}
	}
	env["KAFKA_LOG_DIRS"] = s.volume("kafka", env["KAFKA_LOG_DIRS"])
	file := filepath.Join(s.dir, "server.properties")
	s.write(file, properties(env))
	flags := append(java.Flags(classPath, 512), strings.Fields(env["KAFKA_HEAP_OPTS"]+" "+env["KAFKA_OPTS"])...)
	// Java asks for the name of each address it signs people in at: nobody in the
	// network knows those of a loopback, and takes his time to say so.
	hosts := filepath.Join(s.dir, "hosts")
	s.write(hosts, "127.0.0.1 localhost\n"+s.address["kafka"]+" kafka\n")
	flags = append(flags, "-Djdk.net.hosts.file="+hosts, "-Dlog4j2.configurationFile="+filepath.Join(Root(), "deploy", "engines", "kafka", "log4j2.properties"))
	s.run(exec.CommandContext(s.t.Context(), "java", slices.Concat(flags, []string{"kafka.tools.StorageTool", "format", "-t", env["CLUSTER_ID"], "-c", file})...))
	inner := net.JoinHostPort(s.address["kafka"], "9092")
	s.start("kafka", process.Command{Path: "java", Args: append(flags, "kafka.Kafka", file), ReadyWithin: 2 * time.Minute, Ready: func(ctx context.Context) error { return s.client(inner).Ping(ctx) }})
	s.publish("kafka")
}

// client signs in to Kafka as the file says that services do.
func (s *stand) client(address string) *kafka.Client {
	env := s.project.Services["leads"].Environment
	return kafka.New(kafka.Config{Brokers: []string{address}, User: *env["LIUKE_KAFKA_USER"], Password: s.secret("kafka_password"), Mechanism: *env["LIUKE_KAFKA_MECHANISM"]})
}

// properties of a broker by the rule of apache/kafka: KAFKA_A_B is a.b, __ is _, ___ is -.
func properties(env map[string]string) string {
	var b strings.Builder
	for name, value := range env {
		key, ok := strings.CutPrefix(name, "KAFKA_")
		if !ok || strings.HasSuffix(name, "_OPTS") {
			continue
		}
		key = strings.NewReplacer("___", "-", "__", "_", "_", ".").Replace(strings.ToLower(key))
		fmt.Fprintf(&b, "%s=%s\n", key, value)
	}
	return b.String()
}

// volume gives a directory for what a container keeps at target.
func (s *stand) volume(container, target string) string {
	s.t.Helper()
	for _, v := range s.project.Services[container].Volumes {
		if v.Target == target {
			return filepath.Join(s.dir, "volumes", v.Source)
		}
	}
	s.t.Fatalf("%s keeps %s nowhere", container, target)
	return ""
}

// mongo runs the wire server. It knows neither users nor replica sets: that the
// services' address has the right ones is compared with what the jobs make.
func (s *stand) mongo() {
	s.t.Helper()
	server, err := mongo.Start(s.t.Context(), filepath.Join(s.dir, "mongo"), mongo.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = server.Kill() })
	s.engine("mongo", server.Address)
	u, err := url.Parse(s.secret("mongo_uri"))
	if err != nil {
		s.t.Fatal(err)
	}
	password, _ := u.User.Password()
	if script := read(s.t, "mongo-init.js"); u.User.Username() != "liuke" || password != s.secret("mongo_password") || u.Query().Get("authSource") != "admin" ||
		!strings.Contains(script, "user: 'liuke'") || !strings.Contains(script, "_id: '"+u.Query().Get("replicaSet")+"'") || !strings.Contains(script, "host: '"+u.Host+"'") {
		s.t.Errorf("%s is not what mongo-init.js makes", u.Redacted())
	}
	s.write(s.project.Secrets["mongo_uri"].File, s.within("leads", mongo.URI(u.Host, strings.TrimPrefix(u.Path, "/"))))
}

// postgres runs PostgreSQL with the user that the image makes.
func (s *stand) postgres() {
	s.t.Helper()
	server, err := postgres.Start(s.t.Context(), filepath.Join(s.dir, "postgres"), postgres.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = server.Remove() })
	c, err := pgx.Connect(s.t.Context(), server.URL("postgres"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close(s.t.Context()) //nolint:errcheck // nothing is under way
	user := *s.project.Services["postgres"].Environment["POSTGRES_USER"]
	if _, err := c.Exec(s.t.Context(), fmt.Sprintf("CREATE ROLE %s LOGIN SUPERUSER PASSWORD '%s'", user, s.secret("postgres_password"))); err != nil {
		s.t.Fatal(err)
	}
	s.engine("postgres", server.Address)
}

// temporal makes the schema with the job's script and starts the server with its
// own, both programs of the images' version.
func (s *stand) temporal() {
	s.t.Helper()
	list := exec.CommandContext(s.t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "go.temporal.io/server")
	list.Dir = Root()
	source := strings.TrimSpace(s.run(list))
	bin := filepath.Join(s.dir, "temporal")
	for name, of := range map[string]string{"temporal-server": "server", "temporal-sql-tool": "tools/sql"} {
		build := exec.CommandContext(s.t.Context(), "go", "build", "-o", filepath.Join(bin, name), "go.temporal.io/server/cmd/"+of)
		build.Dir = filepath.Join(Root(), "deploy")
		s.run(build)
	}
	path := "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")
	script := s.mounted("temporal-schema", "/scripts/temporal-schema.sh", "/etc/temporal/schema", filepath.Join(source, "schema"))
	for range 2 { // each start runs it again
		job := exec.CommandContext(s.t.Context(), "sh", script)
		job.Env = append(s.env("temporal-schema"), path)
		s.run(job)
	}
	script = s.mounted("temporal", "/scripts/temporal-server.sh", "exec /etc/temporal", "exec bash "+filepath.Join(source, "docker", "scripts", "sh"))
	// The image's shell knows more than POSIX, and its entry point uses that: bash does as well.
	frontend := net.JoinHostPort(s.address["temporal"], s.project.Services["temporal"].Expose[0])
	s.start("temporal", process.Command{Path: "sh", Args: []string{script}, Env: []string{path}, ReadyWithin: 2 * time.Minute, Ready: func(ctx context.Context) error {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", frontend)
		if err == nil {
			err = c.Close()
		}
		return err
	}})
}

// proxy runs Caddy of the image's version with the mounted configuration.
func (s *stand) proxy() {
	s.t.Helper()
	caddy := filepath.Join(s.dir, "caddy")
	build := exec.CommandContext(s.t.Context(), "go", "build", "-o", caddy, "github.com/caddyserver/caddy/v2/cmd/caddy")
	build.Dir, build.Env = filepath.Join(Root(), "deploy", "compose", "proxy"), append(os.Environ(), "GOWORK=off")
	s.run(build)
	s.mounted("proxy", "/etc/caddy/routes.caddy")
	file := s.mounted("proxy", "/etc/caddy/Caddyfile", "\n:8080 {", "\n:8080 {\n\tbind "+s.address["proxy"])
	s.start("proxy", process.Command{Path: caddy, Args: []string{"run", "--config", file, "--adapter", "caddyfile"}, Ready: func(ctx context.Context) error {
		return get(ctx, "http://"+net.JoinHostPort(s.address["proxy"], "8080")+"/healthz")
	}})
	s.publish("proxy")
}
