// Package compose is docker-compose.yml as tests and tools see it: the file read
// by Compose's own library, the proxy's routes, and, for tests without a Docker
// engine, what its services would be as plain processes.
package compose

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

//go:generate go run ./routes

// Root is the folder of docker-compose.yml.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Load reads docker-compose.yml with all its profiles, as `docker compose` does
// with nothing but this environment (NAME=value) and no .env file.
func Load(ctx context.Context, environment ...string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{filepath.Join(Root(), "docker-compose.yml")}, cli.WithEnv(environment), cli.WithProfiles([]string{"*"}))
	if err != nil {
		return nil, fmt.Errorf("docker-compose.yml: %w", err)
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, fmt.Errorf("docker-compose.yml: %w", err)
	}
	return project, nil
}
