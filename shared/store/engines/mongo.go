package engines

import (
	"context"
	"errors"

	"liuke.dev/shared/store"
)

func openMongo(context.Context, string, string) (store.Engine, error) {
	return nil, errors.New("the mongo engine is not part of this program yet")
}
