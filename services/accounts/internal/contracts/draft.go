package contracts

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/prices"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Draft drafts a contract with a customer from a template.
func (c *Contracts) Draft(ctx context.Context, p auth.Principal, id, customerID string, t contract.Terms) (Seen, error) {
	file, _, err := c.Files.Permitted(ctx, p, access.ContractDraft, customerID)
	if err != nil {
		return Seen{}, err
	}
	return c.open(ctx, p, id, file, catalogue.Contract{Kind: catalogue.ContractNew}, t, nil)
}

// open makes the contract's document; a repeated command answers the one that it made. more is what is done to it at once.
func (c *Contracts) open(ctx context.Context, p auth.Principal, id string, file customer.File, made catalogue.Contract, t contract.Terms, more func(*edit) ([]catalogue.Data, error)) (Seen, error) {
	v, now, err := c.view()
	if err != nil {
		return Seen{}, err
	}
	buyer, err := c.Prices.Buyer(ctx, v, file, now)
	if err != nil {
		return Seen{}, err
	}
	made.ID, made.Customer, made.Owner, made.DraftedAt, made.Number = id, file.ID, p.ID, now, number(v, id, now)
	made.Buyer = party(file, t)
	if made, err = contract.Draft(v, made, t, buyer, now); err != nil {
		return Seen{}, err
	}
	d := store.New(id, Body{Belonging: holdings.Belonging{Customer: file.ID}, Contract: made})
	told := []catalogue.Data{&catalogue.ContractDrafted{}}
	if more != nil {
		further, err := more(&edit{Contract: &d.Body.Contract, by: p, v: v, now: now, ctx: ctx})
		if err != nil {
			return Seen{}, err
		}
		told = append(told, further...)
	}
	seen, err := c.commit(ctx, d, "", v, now, told)
	if errors.Is(err, store.ErrExists) {
		d, err = c.get(ctx, id)
		if err == nil {
			seen = Seen{d.Body.Contract, d.Version}
		}
	}
	return seen, err
}

// number is what people call a contract by: its day and the end of its id.
func number(v *policy.View, id string, now instant.Time) string {
	day, _, _ := strings.Cut(v.Local(now), " ")
	return "LK-" + strings.ReplaceAll(day, "-", "") + "-" + strings.ToUpper(id[max(0, len(id)-6):])
}

// party is the buyer as the file has it, with who signs.
func party(f customer.File, t contract.Terms) catalogue.Party {
	b := catalogue.Party{Name: f.Name, TaxID: f.TaxID, Contact: t.Contact, Email: t.Email, Phone: t.Phone}
	if len(f.Contacts) > 0 && b.Contact == "" {
		first := f.Contacts[0]
		b.Contact = first.Name
		if b.Email == "" {
			b.Email = first.Email
		}
		if b.Phone == "" {
			b.Phone = first.Phone
		}
	}
	if b.Email == "" && len(f.Emails) > 0 {
		b.Email = f.Emails[0]
	}
	return b
}

// Edit replaces a draft's terms.
func (c *Contracts) Edit(ctx context.Context, p auth.Principal, id string, ch Change, t contract.Terms) (Seen, error) {
	return c.change(ctx, p, access.ContractDraft, id, ch, func(e *edit) ([]catalogue.Data, error) {
		if err := contract.Is(e.Contract, catalogue.ContractDraft); err != nil {
			return nil, err
		}
		file, err := c.Files.Root(ctx, e.Customer)
		if err != nil {
			return nil, err
		}
		buyer, err := c.Prices.Buyer(ctx, e.v, file, e.now)
		if err != nil {
			return nil, err
		}
		e.Contract.Buyer = party(file, t)
		changed, err := contract.Draft(e.v, *e.Contract, t, buyer, e.now)
		if err != nil {
			return nil, err
		}
		*e.Contract = changed
		return []catalogue.Data{&catalogue.ContractChanged{Before: catalogue.ContractDraft, Reason: "edited"}}, nil
	})
}

// Renew drafts the contract that follows one, at the prices of today.
func (c *Contracts) Renew(ctx context.Context, p auth.Principal, id, parent string, t contract.Terms) (Seen, error) {
	d, err := c.permitted(ctx, p, access.ContractDraft, parent)
	if err != nil {
		return Seen{}, err
	}
	o := d.Body.Contract
	if err := contract.Is(&o, catalogue.ContractActive, catalogue.ContractSigned, catalogue.ContractExpired); err != nil {
		return Seen{}, err
	}
	file, v, err := c.basis(ctx, o.Customer)
	if err != nil {
		return Seen{}, err
	}
	if t.Template == "" {
		t.Template = v.Sections.Contracts.RenewalTemplate
	}
	if t.From.IsZero() {
		t.From = max(o.Until, c.Clock())
	}
	if len(t.Items) == 0 {
		t.Items = again(v, o.Items)
	}
	if t.Language == "" {
		t.Language = o.Language
	}
	return c.open(ctx, p, id, file, catalogue.Contract{Kind: catalogue.ContractRenewal, Parent: o.ID}, t, nil)
}

// again asks for the same items: at the price list where it has them, as agreed before where not.
func again(v *policy.View, items []catalogue.ContractItem) []contract.Line {
	var out []contract.Line
	for _, it := range items {
		l := contract.Line{Product: it.Product, Name: it.Name, Quantity: it.Quantity}
		if !listed(v, it.Product) {
			l.Price = &it.Price
		}
		out = append(out, l)
	}
	return out
}

func listed(v *policy.View, product string) bool {
	return slices.ContainsFunc(v.Sections.Prices.List, func(p policy.Price) bool { return p.Product == product })
}

func (c *Contracts) basis(ctx context.Context, customerID string) (customer.File, *policy.View, error) {
	file, err := c.Files.Root(ctx, customerID)
	if err != nil {
		return file, nil, err
	}
	v, _, err := c.view()
	return file, v, err
}

// Upsell adds products to a contract in force, in one step: the contract that
// amends it is drafted at the customer's prices, submitted, and, where nobody has to
// approve it, sent for signing.
func (c *Contracts) Upsell(ctx context.Context, p auth.Principal, id, parent string, asks []prices.Ask) (Seen, error) {
	d, err := c.permitted(ctx, p, access.ContractDraft, parent)
	if err != nil {
		return Seen{}, err
	}
	o := d.Body.Contract
	if err := contract.Is(&o, catalogue.ContractActive); err != nil {
		return Seen{}, err
	}
	file, v, err := c.basis(ctx, o.Customer)
	if err != nil {
		return Seen{}, err
	}
	var wrong []problem.Field
	t := contract.Terms{Template: v.Sections.Contracts.UpsellTemplate, Language: o.Language, Until: o.Until, Contact: o.Buyer.Contact, Email: o.Buyer.Email, Phone: o.Buyer.Phone}
	for i, a := range asks {
		if !slices.ContainsFunc(v.Sections.Prices.List, func(x policy.Price) bool { return x.Product == a.Product && x.Upsell }) {
			wrong = append(wrong, problem.FieldError("items["+digits(i)+"].product", "R-133", "不能一键增购的产品："+a.Product, "cannot be added in one step: "+a.Product))
		}
		t.Items = append(t.Items, contract.Line{Product: a.Product, Quantity: a.Quantity})
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return Seen{}, err
	}
	return c.open(ctx, p, id, file, catalogue.Contract{Kind: catalogue.ContractAmendment, Parent: o.ID}, t, func(e *edit) ([]catalogue.Data, error) {
		told, err := c.submit(e)
		if err != nil || e.Status != catalogue.ContractApproved {
			return told, err
		}
		return append(told, &catalogue.ContractSentFact{}), contract.Send(e.v, e.Contract, e.now)
	})
}
