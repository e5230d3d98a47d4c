package prices

import (
	"context"
	"strconv"
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

const tag = "Prices"

// Register adds the operations.
func (p *Prices) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1/customers/{id}" + path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op("GET", "/price", "price-for-customer", "What a customer pays", "Tiered prices; every discount says why it applies and whether it counts (R-134)."), p.getPrice)
	httpx.Handle(s, op("POST", "/quote-requests", "record-quote-request", "Record that a customer asks for prices", "Answers the price, and whether the customer compares prices by now (R-135)."), p.postRequest)
	httpx.Handle(s, op("GET", "/quote-requests", "list-quote-requests", "Requests for prices", "The newest of a customer, with how many lie in the window (R-135)."), p.getRequests)
	httpx.Handle(s, op("GET", "/offers", "list-offers", "Offers of a customer", "Those that were pushed, the newest first (R-134)."), p.getOffers)
}

type priceInput struct {
	ID    string   `path:"id" maxLength:"200"`
	Items []string `query:"item,explode" maxItems:"100" doc:"product:quantity, once per product" example:"licence:50"`
}

type output[T any] struct{ Body T }

func (p *Prices) getPrice(ctx context.Context, in *priceInput) (*output[Quote], error) {
	var asks []Ask
	var wrong []problem.Field
	for i, text := range in.Items {
		product, count, ok := strings.Cut(text, ":")
		n, err := strconv.ParseInt(count, 10, 64)
		if !ok || err != nil || n < 1 || n > 1_000_000_000 {
			wrong = append(wrong, problem.FieldError("query.item["+strconv.Itoa(i)+"]", "format", "应为 产品:数量，例如 licence:50", "must be product:quantity, such as licence:50"))
			continue
		}
		asks = append(asks, Ask{product, n})
	}
	if len(in.Items) == 0 {
		wrong = append(wrong, problem.Required("query.item"))
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return nil, err
	}
	q, err := p.Price(ctx, auth.From(ctx), in.ID, asks)
	return &output[Quote]{q}, err
}

type requestInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body Request
}

func (p *Prices) postRequest(ctx context.Context, in *requestInput) (*output[Asked], error) {
	a, err := p.Record(ctx, auth.From(ctx), httpx.NewID(ctx), in.ID, in.Body)
	return &output[Asked]{a}, err
}

type customerInput struct {
	ID string `path:"id" maxLength:"200"`
}

// RequestedList is a customer's requests for prices.
type RequestedList struct {
	Items    []catalogue.QuoteRequest `json:"items"`
	InWindow int                      `json:"in_window"`
}

func (p *Prices) getRequests(ctx context.Context, in *customerInput) (*output[RequestedList], error) {
	list, n, err := p.Requested(ctx, auth.From(ctx), in.ID)
	return &output[RequestedList]{RequestedList{list, n}}, err
}

// OfferSeen is an offer that a customer got.
type OfferSeen struct {
	Offer    string       `json:"offer"`
	Name     lang.Text    `json:"name"`
	PerMille int          `json:"per_mille"`
	Products []string     `json:"products,omitempty"`
	At       instant.Time `json:"at"`
	Until    instant.Time `json:"until"`
	Stands   bool         `json:"stands"`
}

func (p *Prices) getOffers(ctx context.Context, in *customerInput) (*httpx.List[OfferSeen], error) {
	list, err := p.Standing(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := make([]OfferSeen, 0, len(list))
	for _, o := range list {
		out = append(out, OfferSeen{o.Offer.ID, o.Offer.Name, o.Offer.PerMille, o.Offer.Products, o.At, o.Until, p.Clock().Before(o.Until)})
	}
	return httpx.NewList(out, ""), nil
}
