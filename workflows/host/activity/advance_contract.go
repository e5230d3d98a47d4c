package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// AdvanceContractInput is the effect with its body.
type AdvanceContractInput struct {
	Ask
	Body effects.AdvanceContract `json:"body"`
}

// AdvanceContract begins or ends a contract's term.
func (a *Activities) AdvanceContract(ctx context.Context, in AdvanceContractInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "contracts", in.On.ID, "advances")
}
