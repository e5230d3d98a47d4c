package prices

import (
	"context"
	"errors"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// keptRequests is how many of a customer's requests its document holds.
const keptRequests = 200

// Request is a customer's question for prices, as somebody records it.
type Request struct {
	Items        []Ask        `json:"items" minItems:"1" maxItems:"100"`
	Channel      string       `json:"channel,omitempty" maxLength:"40"`
	ComparesWith string       `json:"compares_with,omitempty" maxLength:"200" doc:"Whose price it is compared with, where the customer says so"`
	Note         string       `json:"note,omitempty" maxLength:"2000"`
	At           instant.Time `json:"at,omitempty" doc:"When the customer asked; absent: now"`
}

// Asked answers a request.
type Asked struct {
	ID       string `json:"id"`
	Quote    Quote  `json:"quote"`
	InWindow int    `json:"in_window" doc:"Requests of the customer within the window, this one included"`
	Compares bool   `json:"compares" doc:"So many that the customer compares prices (R-135)"`
}

// Record records that a customer asks for prices, answers them, and tells when it
// asks so often that it compares.
func (p *Prices) Record(ctx context.Context, by auth.Principal, id, customerID string, r Request) (Asked, error) {
	f, _, err := p.Files.Permitted(ctx, by, access.PriceAsk, customerID)
	if err != nil {
		return Asked{}, err
	}
	v, now, err := p.view()
	if err != nil {
		return Asked{}, err
	}
	if r.At.IsZero() {
		r.At = now
	}
	if now.Before(r.At) {
		return Asked{}, problem.InvalidFields(problem.FieldError("at", "in_past", "不能晚于现在", "must not lie in the future"))
	}
	q, err := p.of(ctx, f, r.Items)
	if err != nil {
		return Asked{}, err
	}
	req := catalogue.QuoteRequest{ID: id, Customer: f.ID, Total: q.Total, Channel: r.Channel, ComparesWith: strings.TrimSpace(r.ComparesWith), Note: strings.TrimSpace(r.Note), By: by.ID, At: r.At}
	for _, l := range q.Lines {
		req.Products = append(req.Products, l.Product)
	}
	for attempt := 0; ; attempt++ {
		out, err := p.note(ctx, v, now, req)
		if err == nil || attempt == 20 || !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			out.ID, out.Quote = id, q
			return out, err
		}
	}
}

func (p *Prices) note(ctx context.Context, v *policy.View, now instant.Time, r catalogue.QuoteRequest) (Asked, error) {
	d, err := p.requests.Get(ctx, r.Customer)
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(r.Customer, Requests{Belonging: holdings.Belonging{Customer: r.Customer}}), nil
	}
	if err != nil {
		return Asked{}, err
	}
	command := "quote:" + r.ID
	if d.Did(command) {
		n, _, _, err := p.window(ctx, v, now, r.Customer, catalogue.QuoteRequest{})
		return Asked{InWindow: n, Compares: n >= v.Sections.Prices.CompareCount}, err
	}
	n, since, ids, err := p.window(ctx, v, now, r.Customer, r)
	if err != nil {
		return Asked{}, err
	}
	told := []catalogue.Data{&catalogue.QuoteRequested{Request: r, InWindow: n}}
	compares := n >= v.Sections.Prices.CompareCount
	if compares && (d.Body.ComparedAt.IsZero() || !now.Before(v.After(d.Body.ComparedAt, v.Sections.Prices.CompareWithin))) {
		d.Body.ComparedAt = now
		told = append(told, &catalogue.QuotesCompared{Customer: r.Customer, Count: n, Since: since, Requests: ids})
	}
	d.Body.Total++
	d.Body.Requests = append(d.Body.Requests, r)
	d.Body.Requests = d.Body.Requests[max(0, len(d.Body.Requests)-keptRequests):]
	list, err := facts.RecordAll(ctx, facts.Stamp{Source: source, At: now, Customer: r.Customer, Policy: v.Version}, d.Version+1, told...)
	if err != nil {
		return Asked{}, err
	}
	return Asked{InWindow: n, Compares: compares}, p.requests.Commit(ctx, d, command, list...)
}

// window counts the requests of the window that ends now, with those of files that
// were merged into this one; more is counted beside them.
func (p *Prices) window(ctx context.Context, v *policy.View, now instant.Time, customerID string, more catalogue.QuoteRequest) (int, instant.Time, []string, error) {
	page, err := p.requests.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customerID}, Limit: 100})
	if err != nil {
		return 0, 0, nil, err
	}
	since, ids := now, []string{}
	count := func(r catalogue.QuoteRequest) {
		if r.ID == "" || !now.Before(v.After(r.At, v.Sections.Prices.CompareWithin)) {
			return // exactly the window ago is out
		}
		since, ids = min(since, r.At), append(ids, r.ID)
	}
	for _, d := range page.Docs {
		for _, r := range d.Body.Requests {
			count(r)
		}
	}
	count(more)
	return len(ids), since, ids, nil
}

// Requested gives a customer's newest requests, the oldest first.
func (p *Prices) Requested(ctx context.Context, by auth.Principal, customerID string) ([]catalogue.QuoteRequest, int, error) {
	f, _, err := p.Files.Permitted(ctx, by, access.PriceAsk, customerID)
	if err != nil {
		return nil, 0, err
	}
	v, now, err := p.view()
	if err != nil {
		return nil, 0, err
	}
	page, err := p.requests.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{f.ID}, Limit: 100})
	if err != nil {
		return nil, 0, err
	}
	out := []catalogue.QuoteRequest{}
	for _, d := range page.Docs {
		out = append(out, d.Body.Requests...)
	}
	n, _, _, err := p.window(ctx, v, now, f.ID, catalogue.QuoteRequest{})
	return out, n, err
}
