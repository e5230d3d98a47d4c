//go:build engines && linux

package compose

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/freeport"
)

// stand runs containers as plain processes. Each has a loopback address of its
// own, so that every port is the one of the file; names of containers become
// these addresses, and paths inside containers the files that are mounted there.
type stand struct {
	t       *testing.T
	dir     string
	project *types.Project
	image   *Dockerfile
	address map[string]string // container → IP
	names   *regexp.Regexp    // a container's name before a port
}

func newStand(t *testing.T) *stand {
	t.Helper()
	for _, entry := range os.Environ() { // what the file does not say nobody says
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "LIUKE_") && name != "LIUKE_ENGINES_CACHE" {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := &stand{t: t, dir: t.TempDir(), image: dockerfile(t), address: map[string]string{}}
	ports, err := freeport.Find(freeport.Loopback, 3)
	if err != nil {
		t.Fatal(err)
	}
	secrets := filepath.Join(s.dir, "secrets")
	s.run(exec.CommandContext(t.Context(), filepath.Join(Root(), "deploy", "compose", "secrets.sh"), secrets))
	if err := os.Chmod(filepath.Join(secrets, "service_key"), 0o600); err != nil { // the doctor knows which keys are a container's own, by their path
		t.Fatal(err)
	}
	s.project = load(t, "LIUKE_SECRETS="+secrets, fmt.Sprint("LIUKE_PORT=", ports[0]), fmt.Sprint("LIUKE_KAFKA_PORT=", ports[1]), fmt.Sprint("LIUKE_TEMPORAL_UI_PORT=", ports[2]))
	names, net := slices.Sorted(maps.Keys(s.project.Services)), fmt.Sprintf("127.%d.%d.", 1+rand.IntN(250), rand.IntN(250))
	for i, name := range names {
		s.address[name] = fmt.Sprint(net, 2+i)
	}
	s.names = regexp.MustCompile(`(^|[\s/@,])(` + strings.Join(names, "|") + `)(:\d)`)
	return s
}

// run runs a command to its end and gives what it printed.
func (s *stand) run(c *exec.Cmd) string {
	s.t.Helper()
	out, err := c.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", c.Args, err, out)
	}
	return string(out)
}

// within gives a text of a container as the process in its place needs it.
func (s *stand) within(container, text string) string {
	text = s.names.ReplaceAllStringFunc(text, func(found string) string {
		m := s.names.FindStringSubmatch(found)
		return m[1] + s.address[m[2]] + m[3]
	})
	text = everywhere.ReplaceAllString(text, "${1}"+s.address[container])
	for _, c := range s.project.Services[container].Secrets {
		text = strings.ReplaceAll(text, "/run/secrets/"+c.Source, s.project.Secrets[c.Source].File)
	}
	return text
}

// everywhere is all addresses of a container, and no part of a network's.
var everywhere = regexp.MustCompile(`(^|[^\d.])0\.0\.0\.0\b`)

// env gives a container's environment, and nothing else.
func (s *stand) env(container string) []string {
	var out []string
	for name, value := range s.project.Services[container].Environment {
		text := s.within(container, *value)
		if ip, ok := s.address[text]; ok && (strings.HasSuffix(name, "_HOST") || strings.HasSuffix(name, "_SEEDS")) {
			text = ip
		}
		for target, file := range s.configs(container) {
			text = strings.ReplaceAll(text, target, file)
		}
		for _, v := range s.project.Services[container].Volumes {
			if path, ok := strings.CutPrefix(text, "folder:"); ok && path == v.Target {
				text = "folder:" + filepath.Join(s.dir, "volumes", v.Source)
			}
		}
		out = append(out, name+"="+text)
	}
	slices.Sort(out)
	return out
}

// configs gives the files that are mounted in a container, by where they are there.
func (s *stand) configs(container string) map[string]string {
	out := map[string]string{}
	for _, c := range s.project.Services[container].Configs {
		out[c.Target] = s.project.Configs[c.Source].File
	}
	return out
}

// mounted writes a copy of a mounted file that fits the process, with further
// changes, and gives where it is.
func (s *stand) mounted(container, target string, change ...string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.configs(container)[target])
	if err != nil {
		s.t.Fatalf("%s in %s: %v", target, container, err)
	}
	path := filepath.Join(s.dir, container, target)
	s.write(path, strings.NewReplacer(change...).Replace(s.within(container, string(text))))
	return path
}

func (s *stand) write(path, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.RemoveAll(path); err != nil { // secrets are not to be written to
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stand) secret(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.project.Secrets[name].File)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// start starts a process in a container's place; it ends with the test.
func (s *stand) start(container string, c process.Command) *process.Process {
	s.t.Helper()
	c.Name, c.Log = container, filepath.Join(s.dir, container+".log")
	c.Env = append(s.env(container), c.Env...)
	p := process.New(c)
	s.t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			s.t.Error(err)
		}
		if s.t.Failed() {
			s.t.Logf("--- %s\n%s", container, s.tail(container))
		}
	})
	if err := p.Start(s.t.Context()); err != nil {
		s.t.Fatalf("%v\n%s", err, s.tail(container))
	}
	return p
}

func (s *stand) tail(container string) string {
	text := s.printed(container)
	return text[max(0, len(text)-3000):]
}

func (s *stand) printed(container string) string {
	text, _ := os.ReadFile(filepath.Join(s.dir, container+".log")) // what is missing is missed by whoever looks for it
	return string(text)
}

// program starts one of our programs: what the Dockerfile builds, as it says.
func (s *stand) program(container, binaries string) {
	s.t.Helper()
	image, err := s.image.Image(s.project.Services[container].Build.Target)
	if err != nil {
		s.t.Fatal(err)
	}
	binary := filepath.Join(binaries, filepath.Base(image.Package)) // the images have them under other names
	test := s.project.Services[container].HealthCheck.Test
	s.start(container, process.Command{Path: binary, Args: image.Command[1:], ReadyWithin: 2 * time.Minute, Ready: func(ctx context.Context) error {
		check := exec.CommandContext(ctx, binary, test[len(image.Command)+1:]...)
		check.Env = s.env(container)
		if out, err := check.CombinedOutput(); err != nil {
			time.Sleep(200 * time.Millisecond) // a health check is a program: not one after the other
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}})
}

// build builds packages of ours as the Dockerfile does.
func (s *stand) build() string {
	s.t.Helper()
	into := filepath.Join(s.dir, "bin") + string(filepath.Separator)
	args := []string{"build", "-buildvcs=false", "-o", into}
	for name := range ours(s.project) {
		image, err := s.image.Image(s.project.Services[name].Build.Target)
		if err != nil {
			s.t.Fatal(err)
		}
		args = append(args, image.Package)
	}
	build := exec.CommandContext(s.t.Context(), "go", args...)
	build.Dir = Root()
	s.run(build)
	return into
}

// publish forwards the ports of the host that a container is given.
func (s *stand) publish(container string) {
	s.t.Helper()
	for _, p := range s.project.Services[container].Ports {
		s.forward(net.JoinHostPort(p.HostIP, p.Published), net.JoinHostPort(s.address[container], itoa(p.Target)))
	}
}

// engine lets a container's address lead to an engine that runs elsewhere.
func (s *stand) engine(container, at string) {
	s.t.Helper()
	s.forward(net.JoinHostPort(s.address[container], s.project.Services[container].Expose[0]), at)
}

func (s *stand) forward(from, to string) {
	s.t.Helper()
	l, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", from)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go join(in, to)
		}
	}()
}

// join passes bytes both ways until one side ends.
func join(in net.Conn, to string) {
	defer in.Close() //nolint:errcheck // ended either way
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer out.Close() //nolint:errcheck // ended either way
	done := make(chan struct{}, 2)
	pass := func(a, b net.Conn) { _, _ = io.Copy(a, b); done <- struct{}{} }
	go pass(in, out)
	go pass(out, in)
	<-done
}
