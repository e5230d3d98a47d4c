package orders

import (
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Holders move what was bought, paid and used with its customer. A payment
// goes where its order goes.
func (o *Orders) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of(catalogue.KindOrder, o.orders, func(d *Order) (*string, *[]string) { return &d.Customer, &d.Origins },
			func(d *store.Doc[Order], s holdings.Split) bool { return s.Gives(catalogue.KindDeal, d.Body.Deal) }),
		holdings.Of("payment", o.payments, func(d *Payment) (*string, *[]string) { return &d.Customer, &d.Origins },
			func(d *store.Doc[Payment], s holdings.Split) bool { return s.Gives(catalogue.KindOrder, d.Body.Order) }),
		holdings.Of("usage", o.usages, func(d *Usage) (*string, *[]string) { return &d.Customer, &d.Origins }, nil),
	}
}
