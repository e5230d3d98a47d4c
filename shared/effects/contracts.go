package effects

import "liuke.dev/shared/instant"

// AdvanceContract is POST /v1/contracts/{id}/advances at accounts: the contract's
// term began, or is over. Refused where the contract has moved on.
type AdvanceContract struct {
	To string `json:"to" enum:"active,expired"`
}

// UrgeSigning is POST /v1/contracts/{id}/signing-reminders at accounts: the
// customer is reminded to sign, by the link of the sending that the rule knew.
type UrgeSigning struct {
	Round int          `json:"round" doc:"Sending that the rule knew; if it was sent again meanwhile, nothing happens"`
	Due   instant.Time `json:"due"`
}

// PushOffers is POST /v1/contracts/{id}/offers at accounts: the customer gets the
// offers that it is eligible for by now.
type PushOffers struct {
	Due instant.Time `json:"due"`
}
