// Package app holds the use cases of accounts: match-or-create, folding, reading
// with and without permission, editing, and owners as facts tell them.
package app

import (
	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Accounts owns customers and their match keys.
type Accounts struct {
	docs  *storage.Collections
	guard access.Guard
	clock instant.Clock
	// policy gives the options that files are described by.
	policy *policy.Holder
}

// New makes the use cases.
func New(docs *storage.Collections, guard access.Guard, clock instant.Clock, policy *policy.Holder) *Accounts {
	return &Accounts{docs: docs, guard: guard, clock: clock, policy: policy}
}
