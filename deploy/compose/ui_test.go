//go:build engines && linux

package compose

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"liuke.dev/deploy/engines/process"
	"liuke.dev/workflows/host"
)

// ui runs Temporal's UI of the image's version with the image's own settings,
// which take the container's environment. They know no address to listen on, so
// it is added: each container has one of its own.
func (s *stand) ui() {
	s.t.Helper()
	list := exec.CommandContext(s.t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/temporalio/ui-server/v2")
	list.Dir = filepath.Join(Root(), "deploy")
	settings, err := os.ReadFile(filepath.Join(strings.TrimSpace(s.run(list)), "config", "docker.yaml"))
	if err != nil {
		s.t.Fatal(err)
	}
	home := filepath.Join(s.dir, "ui-server")
	s.write(filepath.Join(home, "config", "docker.yaml"), string(settings)+"\nhost: "+s.address["temporal-ui"]+"\n")
	program := filepath.Join(home, "ui-server")
	build := exec.CommandContext(s.t.Context(), "go", "build", "-o", program, "github.com/temporalio/ui-server/v2/cmd/server")
	build.Dir = filepath.Join(Root(), "deploy")
	s.run(build)
	healthy := s.project.Services["temporal-ui"].HealthCheck.Test
	s.start("temporal-ui", process.Command{Path: program, Args: []string{"--root", home, "--env", "docker", "start"}, Ready: func(ctx context.Context) error {
		return get(ctx, strings.Replace(healthy[len(healthy)-1], "127.0.0.1", s.address["temporal-ui"], 1))
	}})
	s.publish("temporal-ui")
}

// shown asks the UI, where it is published, for a journey in the namespace that it
// shows first.
func (s *stand) shown(ctx context.Context, kind, id string) error {
	port := s.project.Services["temporal-ui"].Ports[0]
	at := "http://" + net.JoinHostPort(port.HostIP, port.Published) + "/api/v1/"
	var first struct{ DefaultNamespace string }
	if err := ask(ctx, at+"settings", &first); err != nil {
		return err
	}
	var journey struct {
		WorkflowExecutionInfo struct{ Status string }
	}
	if err := ask(ctx, at+"namespaces/"+first.DefaultNamespace+"/workflows/"+strings.ReplaceAll(host.WorkflowID(kind, id), "/", "%2F"), &journey); err != nil {
		return err
	}
	if journey.WorkflowExecutionInfo.Status != "WORKFLOW_EXECUTION_STATUS_RUNNING" {
		return fmt.Errorf("the UI shows %s %s as %+v", kind, id, journey)
	}
	return nil
}
