package churnreview

import (
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
)

// Holders lets a merge move reviews, and its undo give them back. What
// customers are compared by is worked out anew.
func (p Part) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.WithJourney(catalogue.KindChurnReview, p.docs, func(r *Review) (*string, *[]string) { return &r.Customer, &r.Origins }, nil, p.Clock),
	}
}
