package prices

import "liuke.dev/services/accounts/internal/holdings"

// Holders are what customers have here, which moves when two files become one.
func (p *Prices) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of(offers.Name, p.offers, func(o *Offered) (*string, *[]string) { return &o.Customer, &o.Origins }, nil),
		holdings.Of(requests.Name, p.requests, func(r *Requests) (*string, *[]string) { return &r.Customer, &r.Origins }, nil),
	}
}
