// Package performance builds the figures of a performance review per person and
// period from facts: not revenue alone, but how satisfied the person's customers are
// and how much was done for them unasked.
package performance

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/store"
)

// What a point counts for.
const (
	won          = "won"          // a deal won
	signed       = "signed"       // a contract signed
	renewed      = "renewed"      // a contract that was renewed
	expired      = "expired"      // a contract that ended without
	satisfaction = "satisfaction" // a customer's rating from 0 to 100
	nps          = "nps"
	contacted    = "contacted" // the customer was contacted on our own initiative
	cared        = "cared"     // a greeting, gift, visit
	served       = "served"    // a revisit, step of service or renewal talk, done
)

// Point is one thing that counts for a person; its id is the fact's.
type Point struct {
	Person   string        `json:"person,omitempty"`
	Customer string        `json:"customer,omitempty"`
	Counts   string        `json:"counts"`
	At       instant.Time  `json:"at"`
	Amount   *money.Amount `json:"amount,omitempty"`
	Score    int           `json:"score,omitempty"`
	Kind     string        `json:"kind,omitempty"` // promoter, detractor of an NPS; late of a task
	Low      bool          `json:"low,omitempty"`
	// Owned says that it counts for whoever owned the customer at the time.
	Owned bool `json:"owned,omitempty"`
}

// holding is since when somebody owns a customer; nobody: the pool.
type holding struct {
	Owner   string       `json:"owner"`
	Since   instant.Time `json:"since"`
	Version int64        `json:"version"`
}

// Owners is the document of who owned a customer when.
type Owners struct {
	List []holding `json:"list"` // by version
}

// at gives who owned the customer at an instant.
func (o Owners) at(at instant.Time) string {
	owner := ""
	for _, h := range o.List {
		if h.Since <= at {
			owner = h.Owner
		}
	}
	return owner
}

const (
	byPerson   = "by_person"
	byCustomer = "by_customer"
	mostOwners = 200
)

var (
	points = store.Spec{Name: "performance", Indexes: []store.Index{{Name: byPerson, Equal: []string{"person"}, Order: "at", Sparse: true},
		{Name: byCustomer, Equal: []string{"customer", "owned"}, Order: "at", Sparse: true}}}
	owners = store.Spec{Name: "performance_owner"}
)

// Book keeps the points.
type Book struct {
	points store.Collection[Point]
	owners store.Collection[Owners]
}

// Open declares the points on an engine.
func Open(ctx context.Context, e store.Engine) (*Book, error) {
	if err := e.Declare(ctx, points, owners); err != nil {
		return nil, err
	}
	return &Book{store.Of[Point](e, points), store.Of[Owners](e, owners)}, nil
}

// Project takes a fact; one that comes again changes nothing, and the order does not matter.
func (b *Book) Project(ctx context.Context, e facts.Event) error {
	p, own, err := read(e)
	if err != nil {
		return facts.Final(err)
	}
	if own != nil {
		if err := b.own(ctx, e.Customer, *own); err != nil {
			return err
		}
		return b.settle(ctx, e.Customer)
	}
	if p == nil {
		return nil
	}
	if p.Customer == "" {
		p.Customer = e.Customer
	}
	if err := b.points.Commit(ctx, store.New(e.ID, *p), ""); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	if p.Owned {
		return b.settle(ctx, p.Customer)
	}
	return nil
}

// own notes who owns a customer since when.
func (b *Book) own(ctx context.Context, customer string, h holding) error {
	for range 20 {
		d, err := b.owners.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(customer, Owners{}), nil
		}
		if err != nil || slices.ContainsFunc(d.Body.List, func(o holding) bool { return o.Version == h.Version }) {
			return err
		}
		d.Body.List = append(d.Body.List, h)
		slices.SortFunc(d.Body.List, func(a, c holding) int { return int(a.Version - c.Version) })
		d.Body.List = d.Body.List[max(0, len(d.Body.List)-mostOwners):]
		if err = b.owners.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return store.ErrConflict
}

// settle gives what counts for a customer's owner to whoever owned it at the time.
// It is run after either is known, so that it does not matter which comes first.
func (b *Book) settle(ctx context.Context, customer string) error {
	if customer == "" {
		return nil
	}
	d, err := b.owners.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for after := ""; ; {
		page, err := b.points.Page(ctx, store.Query{Index: byCustomer, Equal: []any{customer, true}, Limit: 500, After: after})
		if err != nil {
			return err
		}
		for _, p := range page.Docs {
			owner := d.Body.at(p.Body.At)
			if p.Body.Person == owner {
				continue
			}
			p.Body.Person = owner
			if err := b.points.Commit(ctx, p, ""); err != nil {
				return err // tried again
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// Figures are a person's in a period.
type Figures struct {
	Deals         int            `json:"deals_won"`
	Revenue       []money.Amount `json:"revenue" doc:"Of deals won, per currency"`
	Contracts     int            `json:"contracts_signed"`
	ContractValue []money.Amount `json:"contract_value" doc:"Of contracts signed, per currency"`
	Renewed       int            `json:"contracts_renewed"`
	Expired       int            `json:"contracts_expired" doc:"That ended without being renewed"`

	Ratings      int  `json:"ratings" doc:"Answers of the person's customers"`
	Satisfaction *int `json:"satisfaction,omitempty" doc:"Their mean from 0 to 100; absent without any"`
	Low          int  `json:"low_ratings"`
	Promoters    int  `json:"promoters"`
	Detractors   int  `json:"detractors"`
	Answers      int  `json:"nps_answers"`
	NPS          *int `json:"nps,omitempty" doc:"Net promoter score from -100 to 100; absent without answers"`

	Contacts  int `json:"proactive_contacts" doc:"Follow-ups on our own initiative"`
	Care      int `json:"care" doc:"Greetings, gifts, visits"`
	Services  int `json:"services_done" doc:"Revisits, steps of service and renewal talks that were done"`
	OnTime    int `json:"services_on_time"`
	Customers int `json:"customers_cared_for" doc:"Different customers contacted, cared for or served"`
	// Lacks names what a review would rest on and there is nothing of.
	Lacks []string `json:"lacks" enum:"revenue,satisfaction,proactive_care" doc:"What there is nothing of in the period: a review that rests on the rest alone says so"`
}

// Of counts a person's figures of a period, from included, to not.
func (b *Book) Of(ctx context.Context, person string, from, to instant.Time) (Figures, error) {
	f := Figures{Revenue: []money.Amount{}, ContractValue: []money.Amount{}, Lacks: []string{}}
	sum, cared := 0, map[string]bool{}
	for after := ""; ; {
		page, err := b.points.Page(ctx, store.Query{Index: byPerson, Equal: []any{person}, Range: store.Range{From: from.String(), To: to.String()}, Limit: 500, After: after})
		if err != nil {
			return f, err
		}
		for _, d := range page.Docs {
			sum += f.count(d.Body, cared)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if f.Ratings > 0 {
		mean := (sum + f.Ratings/2) / f.Ratings
		f.Satisfaction = &mean
	}
	if f.Answers > 0 {
		score := 100 * (f.Promoters - f.Detractors) / f.Answers
		f.NPS = &score
	}
	f.Customers = len(cared)
	for _, l := range []struct {
		name string
		none bool
	}{{"revenue", f.Deals+f.Contracts == 0}, {"satisfaction", f.Ratings+f.Answers == 0}, {"proactive_care", f.Contacts+f.Care+f.Services == 0}} {
		if l.none {
			f.Lacks = append(f.Lacks, l.name)
		}
	}
	return f, nil
}

// count adds a point; it gives its score where it is a rating.
func (f *Figures) count(p Point, caredFor map[string]bool) int {
	switch p.Counts {
	case won:
		f.Deals++
		f.Revenue = add(f.Revenue, p.Amount)
	case signed:
		f.Contracts++
		f.ContractValue = add(f.ContractValue, p.Amount)
	case renewed:
		f.Renewed++
	case expired:
		f.Expired++
	case satisfaction:
		f.Ratings++
		if p.Low {
			f.Low++
		}
		return p.Score
	case nps:
		f.Answers++
		switch p.Kind {
		case "promoter":
			f.Promoters++
		case "detractor":
			f.Detractors++
		}
	case contacted:
		f.Contacts++
	case cared:
		f.Care++
	case served:
		f.Services++
		if p.Kind != "late" {
			f.OnTime++
		}
	}
	if p.Customer != "" && (p.Counts == contacted || p.Counts == cared || p.Counts == served) {
		caredFor[p.Customer] = true
	}
	return 0
}

func add(list []money.Amount, a *money.Amount) []money.Amount {
	if a == nil || a.Currency == "" {
		return list
	}
	for i := range list {
		if list[i].Currency == a.Currency {
			list[i].Minor += a.Minor
			return list
		}
	}
	return append(list, *a)
}
