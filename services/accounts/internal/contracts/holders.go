package contracts

import (
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
)

// Holders are what customers have here, which moves when two files become one.
func (p Part) Holders() []holdings.Holder {
	return append([]holdings.Holder{holdings.WithJourney(catalogue.KindContract, p.docs, func(b *Body) (*string, *[]string) { return &b.Customer, &b.Origins }, nil, p.Clock)}, p.Prices.Holders()...)
}
