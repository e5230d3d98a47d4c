// Command organization runs the service organization by itself, configured by
// the environment (LIUKE_…). While there is nobody yet it prints the one-time
// link at which the first administrator is created.
package main

import (
	"context"
	"fmt"
	"os"

	"liuke.dev/services/organization"
	"liuke.dev/shared/service"
)

func main() {
	service.Main("organization", func(ctx context.Context, d service.Deps) (*organization.Service, error) {
		s, err := organization.New(ctx, d)
		if err != nil {
			return nil, err
		}
		link, err := s.SetupLink(ctx)
		if err == nil && link != "" {
			fmt.Fprintln(os.Stderr, "Nobody is here yet. Create the first administrator at", link)
		}
		return s, err
	})
}
