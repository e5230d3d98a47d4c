package keyaccounts

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/eventstream"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

var shippedStream = eventstream.Manner{Heartbeat: 15 * time.Second, Look: 500 * time.Millisecond, Patience: 10 * time.Second}

// mostStreams is how many streams of one space may be open at once.
const mostStreams = 50

// stream sends the items of a space as they change, whole, to the team and to
// guests alike. allowed is asked again with every look; nil: always.
func (k *KeyAccounts) stream(c *gin.Context, err error, customerID string, allowed func() bool) {
	eventstream.Serve(c, err, k.Stream, k.Clock(), &k.hub, customerID, eventstream.Source{Allowed: allowed,
		Since: func(ctx context.Context, from instant.Time, yield func(eventstream.Event) bool) error {
			return k.touched(ctx, customerID, from, yield)
		}})
}

func (k *KeyAccounts) touched(ctx context.Context, customerID string, from instant.Time, yield func(eventstream.Event) bool) error {
	q := store.Query{Index: holdings.Index, Equal: []any{customerID}, Range: store.Range{From: from.String()}, Limit: 100}
	for {
		page, err := k.items.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			it := d.Body.Item
			it.Customer = customerID
			if !yield(eventstream.Event{Key: it.ID, At: it.Touched, Kind: "item", Data: it}) {
				return nil
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
