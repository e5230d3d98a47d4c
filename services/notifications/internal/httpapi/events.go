package httpapi

import (
	"context"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/app"
	"liuke.dev/shared/eventstream"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// events streams what is new for the caller: reminders and changes of their tasks.
func (a *API) events(c *gin.Context) {
	p, err := httpx.Require(c.Request.Context())
	if err == nil {
		err = a.Desk.Guard.MayAtAll(p, access.EventsFollow)
	}
	eventstream.Serve(c, err, a.Stream, a.Desk.Clock(), a.Desk.Hub, p.ID, eventstream.Source{
		Since: func(ctx context.Context, from instant.Time, yield func(eventstream.Event) bool) error {
			var failed error
			err := a.Desk.Since(ctx, p.ID, from, func(n app.Arrival) bool {
				e := eventstream.Event{Key: n.Key(), At: n.At, Kind: n.Kind}
				if e.Data, failed = a.shown(ctx, n); failed != nil {
					return false
				}
				return yield(e)
			})
			if err == nil {
				err = failed
			}
			return err
		}})
}

// shown gives an arrival as the reader sees it.
func (a *API) shown(ctx context.Context, n app.Arrival) (any, error) {
	if n.Reminder != nil {
		return a.entry(ctx, *n.Reminder), nil
	}
	return a.task(ctx, &store.Doc[taskBody]{ID: n.Task.ID, Version: n.Version, Body: *n.Task})
}
