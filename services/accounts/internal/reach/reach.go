// Package reach is how the parts of the file say something to a customer: always
// through outreach, which keeps the contact budget (D-9).
package reach

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/problem"
)

// Outreach is what sends; asking again under the same id sends nothing again. by
// is who asks. What a rule forbids is problem.Refused with the rule.
type Outreach interface {
	Reach(ctx context.Context, id, by string, ask effects.ReachCustomer) (catalogue.Outreach, error)
}

// Say says something to a customer; refused tells why they will not hear of it.
func Say(ctx context.Context, o Outreach, id, by string, ask effects.ReachCustomer) (refused *problem.Error, err error) {
	if o == nil {
		return &problem.Error{Code: problem.Refused, Rule: "outreach.none"}, nil
	}
	_, err = o.Reach(ctx, id, by, ask)
	if errors.As(err, &refused) && (refused.Code == problem.Refused || refused.Code == problem.Invalid) {
		return refused, nil
	}
	return nil, err
}

// Departments that speak to customers.
const (
	Service    = "service"
	Operations = "operations"
)

// Channel gives how a customer is written to, of the channels of the policy's
// outreach: by mail if there is an address, else by text message, else in the product.
func Channel(f customer.File) string {
	switch {
	case len(f.Emails) > 0:
		return "mail"
	case len(f.Phones) > 0:
		return "sms"
	}
	for _, c := range f.Contacts {
		switch {
		case !c.LeftAt.IsZero():
		case c.Email != "":
			return "mail"
		case c.Phone != "":
			return "sms"
		}
	}
	return "app"
}
