package effects

// CancelNeedChange is POST /v1/need-changes/{id}/cancellation at accounts, when
// nobody decided about a change of need for too long.
type CancelNeedChange struct {
	Reason string `json:"reason"`
}
