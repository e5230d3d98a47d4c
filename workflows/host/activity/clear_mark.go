package activity

import (
	"context"
	"net/http"
)

// ClearMarkInput is the effect.
type ClearMarkInput struct {
	Ask
	Mark string `json:"mark"`
}

// ClearMark takes a mark back that no longer holds.
func (a *Activities) ClearMark(ctx context.Context, in ClearMarkInput) error {
	return a.call(ctx, in.Ask, http.MethodDelete, nil, plural(in.On.Kind), in.On.ID, "marks", in.Mark)
}
