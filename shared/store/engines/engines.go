// Package engines opens the store engine that an address names. It is the only
// place that knows all engines.
package engines

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

var service = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,40}$`)

// Open opens the store of a service. The address is
//
//	sqlite:DIR                        the file DIR/<name>.db
//	mongodb://HOST…/PREFIX?OPTIONS    the database <PREFIX><name>
//	mongodb+srv://…                   likewise
func Open(ctx context.Context, address, name string) (store.Engine, error) {
	if !service.MatchString(name) {
		return nil, fmt.Errorf("%q is not a store name", name)
	}
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		dir := strings.TrimPrefix(rest, "//")
		if dir == "" {
			return nil, fmt.Errorf("store address %q names no directory", address)
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("store directory: %w", err)
		}
		return sqlite.Open(ctx, filepath.Join(dir, name+".db"))
	case "mongodb", "mongodb+srv":
		return openMongo(ctx, address, name)
	default:
		return nil, fmt.Errorf("store address %q begins neither with sqlite: nor with mongodb://, as it must", redact(address))
	}
}

func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Redacted()
}
