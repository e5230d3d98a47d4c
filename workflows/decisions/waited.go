package decisions

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// waited gives the due times of the promises that had been waiting for their time:
// while many of them are kept late, what only tells of them waits (courtesy.Kept). What this decision
// itself armed had nothing to wait for: a fact that tells of long ago, or a policy by
// which many were due long since. It comes before the pending ones of the document
// are replaced.
func (b *Document) waited(fired []catalogue.Fired) []instant.Time {
	var due []instant.Time
	for _, f := range fired {
		kept := f.Obligation
		if slices.ContainsFunc(b.Pending, func(o catalogue.Obligation) bool { return o.ID == kept.ID && o.Due == kept.Due }) {
			due = append(due, kept.Due)
		}
	}
	return due
}
