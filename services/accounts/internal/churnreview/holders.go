package churnreview

import (
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
)

// Holders lets a merge move reviews and what customers are compared by, and its undo give them back.
func (p Part) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of(catalogue.KindChurnReview, p.docs, func(r *Review) (*string, *[]string) { return &r.Customer, &r.Origins }, nil),
	}
}
