package decisions

import (
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// late gives how late the promises were kept that had been waiting for their time:
// while many are, what only tells of them waits (courtesy.Kept). What this decision
// itself armed had nothing to wait for: a fact that tells of long ago, or a policy by
// which many were due long since. It comes before the pending ones of the document
// are replaced.
func (b *Document) late(fired []catalogue.Fired, now instant.Time) []time.Duration {
	var by []time.Duration
	for _, f := range fired {
		kept := f.Obligation
		waited := func(o catalogue.Obligation) bool { return o.ID == kept.ID && o.Due == kept.Due }
		if slices.ContainsFunc(b.Pending, waited) {
			by = append(by, now.Sub(kept.Due))
		}
	}
	return by
}
