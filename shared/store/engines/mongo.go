package engines

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/mongo"
	"liuke.dev/shared/store/sqlite"
)

// Collectors gives the metrics of all engines of the process.
func Collectors() []prometheus.Collector { return append(mongo.Collectors(), sqlite.Collectors()...) }

var prefix = regexp.MustCompile(`^[A-Za-z0-9_-]{0,20}$`)

func openMongo(ctx context.Context, address, name string) (store.Engine, error) {
	server, database, err := splitDatabase(address)
	if err != nil {
		return nil, err
	}
	return mongo.Open(ctx, server, database+name)
}

// splitDatabase takes the path off a mongodb address. It must not reach the
// driver, which would look for the accounts of people in a database of that name.
func splitDatabase(address string) (server, database string, err error) {
	scheme, rest, _ := strings.Cut(address, "://")
	rest, query, hasQuery := strings.Cut(rest, "?")
	hosts, database, _ := strings.Cut(rest, "/")
	if hosts == "" || !prefix.MatchString(database) {
		return "", "", fmt.Errorf("store address %q: no server, or %q is not the beginning of a database name", redact(address), database)
	}
	server = scheme + "://" + hosts + "/"
	if hasQuery {
		server += "?" + query
	}
	return server, database, nil
}
