package storage

import (
	"context"

	"liuke.dev/shared/store"
)

// Standing is what lists show of how a customer stands, as facts of accounts told
// its id is the customer's.
type Standing struct {
	Red       bool   `json:"red,omitempty"`
	Health    int    `json:"health"`
	Lifecycle string `json:"lifecycle"`
	Version   int64  `json:"version"` // of what told it
}

var standingSpec = store.Spec{Name: "customer_standing"}

// Standings declares the collection.
func Standings(ctx context.Context, e store.Engine) (store.Collection[Standing], error) {
	return store.Of[Standing](e, standingSpec), e.Declare(ctx, standingSpec)
}
