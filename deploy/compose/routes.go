package compose

import (
	"fmt"
	"path/filepath"
	"strings"

	"liuke.dev/shared/service"
)

// port is where every program listens inside its container.
const port = 8080

// RoutesFile is what the proxy's configuration imports.
func RoutesFile() string { return filepath.Join(Root(), "deploy", "compose", "routes.caddy") }

// Container of a service: journeys run in the one called worker.
func Container(name string) string {
	if name == "journeys" {
		return "worker"
	}
	return name
}

// Routes writes the proxy's routes from the one table of paths.
func Routes() string {
	paths := map[string][]string{}
	for _, r := range service.Routes() {
		paths[r.Service] = append(paths[r.Service], r.Path, r.Path+"/*")
	}
	var b strings.Builder
	b.WriteString("# Made from shared/service/routes.go by `go generate ./deploy/compose`; do not edit.\n")
	for _, name := range service.Services {
		fmt.Fprintf(&b, "\n@%s path %s\nhandle @%s {\n\timport to %s:%d\n}\n", name, strings.Join(paths[name], " "), name, Container(name), port)
	}
	return b.String()
}
