package engines

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/mongo"
	"liuke.dev/shared/store/sqlite"
)

// Inspect asks the database of a service about itself. It makes and changes
// nothing, and may run beside the program. A thorough one may take long.
func Inspect(ctx context.Context, address, name string, thorough bool) (store.Inspection, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return sqlite.Inspect(ctx, filepath.Join(strings.TrimPrefix(rest, "//"), name+".db"), thorough)
	case "mongodb", "mongodb+srv":
		server, database, err := splitDatabase(address)
		if err != nil {
			return store.Inspection{}, err
		}
		return mongo.Inspect(ctx, server, database+name)
	}
	return store.Inspection{}, fmt.Errorf("store address %q begins neither with sqlite: nor with mongodb://, as it must", redact(address))
}
