package timeline

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// CustomerKeys are what an entry's teller knows of a customer instead of its id.
type CustomerKeys struct {
	Phone string `json:"phone,omitempty" maxLength:"60"`
	Email string `json:"email,omitempty" maxLength:"254"`
	TaxID string `json:"tax_id,omitempty" maxLength:"40"`
	// External is the id under which the customer was asked for or imported.
	External string `json:"external,omitempty" maxLength:"200" doc:"Id under which the customer was imported, with its source: crm:4711"`
}

func (k CustomerKeys) empty() bool { return k == CustomerKeys{} }

// Known is what matching makes keys of; the domain of an address decides only for companies, and is left aside.
func (k CustomerKeys) Known() matching.Known {
	return matching.Known{Kind: matching.Person, Phone: k.Phone, Email: k.Email, TaxID: k.TaxID}
}

// waits names what would tell the customer: its strongest key.
func (k CustomerKeys) waits() string {
	if keys := matching.Identify(k.Known()).Keys; len(keys) > 0 {
		return keys[0].ID()
	}
	if k.External != "" {
		return "external:" + k.External
	}
	return ""
}

// UnmatchedEntry is an entry of somebody who is not known.
type UnmatchedEntry struct {
	Entry  catalogue.TimelineEntry `json:"entry"`
	Keys   CustomerKeys            `json:"keys"`
	Waits  string                  `json:"waits,omitempty" doc:"What will tell whose it is: a match key, or its lead or deal"`
	Reason lang.Text               `json:"reason"`
	Since  instant.Time            `json:"since"`
}

// Take puts an entry on the timeline of the customer that it names or whose keys
// it knows; of nobody known it is kept aside. An error says that neither happened.
func (t *Timeline) Take(ctx context.Context, e catalogue.TimelineEntry, k CustomerKeys) (Outcome, error) {
	reason := lang.T("没有客户持有这些信息", "no customer has these keys")
	if e.Customer == "" {
		id, err := t.Files.Find(ctx, k.Known(), k.External)
		if err != nil {
			return Outcome{}, err
		}
		e.Customer = id
	}
	if e.Customer != "" {
		entry, state, err := t.append(ctx, e)
		if !errors.Is(err, store.ErrNotFound) {
			return Outcome{Entry: entry, State: state}, err
		}
		reason = says("没有客户 %s", "there is no customer %s", e.Customer)
	}
	u := UnmatchedEntry{Entry: e, Keys: k, Waits: k.waits(), Reason: reason}
	if u.Waits == "" && e.Customer != "" {
		u.Waits = waitsFor(catalogue.Subject{Kind: catalogue.KindCustomer, ID: e.Customer})
	}
	if err := t.park(ctx, u); err != nil {
		return Outcome{}, err
	}
	e.ID = ID(e.Source, e.SourceID)
	return Outcome{Entry: e, State: Parked, Reason: &reason}, t.look(ctx, e.ID)
}

// look asks once more whose an entry is: its customer may have come while it was put aside.
func (t *Timeline) look(ctx context.Context, id string) error {
	d, err := t.unmatched.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	customer, err := t.Files.Find(ctx, d.Body.Keys.Known(), d.Body.Keys.External)
	if err != nil || customer == "" {
		return err
	}
	return t.place(ctx, d, customer)
}

// Outcome is what became of an entry.
type Outcome struct {
	Entry  catalogue.TimelineEntry
	State  string
	Reason *lang.Text // why it is unmatched
}

// park keeps an entry aside; one that is kept already stays as it is.
func (t *Timeline) park(ctx context.Context, u UnmatchedEntry) error {
	u.Since = t.Clock()
	u.Entry.ID = ID(u.Entry.Source, u.Entry.SourceID)
	if u.Entry.RecordedAt == 0 {
		u.Entry.RecordedAt = u.Since
	}
	if _, err := t.entries.Get(ctx, u.Entry.ID); !errors.Is(err, store.ErrNotFound) {
		return err // it found its customer before
	}
	err := t.unmatched.Commit(ctx, store.New(u.Entry.ID, u), "")
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// releases tell what a fact lets go: keys that lead to a customer from then on.
var releases = map[string]func(e facts.Event) (customer string, keys []string, err error){
	typeOf(&catalogue.LeadLinked{}): func(e facts.Event) (string, []string, error) {
		d, err := facts.Decode[catalogue.LeadLinked](e)
		return d.After.Customer, []string{waitsFor(catalogue.Subject{Kind: catalogue.KindLead, ID: d.Lead})}, err
	},
	typeOf(&catalogue.DealLinked{}): func(e facts.Event) (string, []string, error) {
		d, err := facts.Decode[catalogue.DealLinked](e)
		return d.State.Customer, []string{waitsFor(catalogue.Subject{Kind: catalogue.KindDeal, ID: d.Deal})}, err
	},
	typeOf(&catalogue.CustomerCreated{}): func(e facts.Event) (string, []string, error) {
		d, err := facts.Decode[catalogue.CustomerCreated](e)
		return d.After.ID, keysOf(d.After, d.After.ID), err
	},
	typeOf(&catalogue.CustomerMatched{}): func(e facts.Event) (string, []string, error) {
		d, err := facts.Decode[catalogue.CustomerMatched](e)
		return d.After.ID, keysOf(d.After, d.Under), err
	},
	typeOf(&catalogue.CustomerChanged{}): func(e facts.Event) (string, []string, error) {
		d, err := facts.Decode[catalogue.CustomerChanged](e)
		return d.After.ID, keysOf(d.After, ""), err
	},
}

// keysOf are all that entries may wait for and that leads to a customer.
func keysOf(c catalogue.Customer, under string) []string {
	var out []string
	for _, p := range c.Phones {
		out = append(out, matching.KeyPhone+":"+p)
	}
	for _, m := range c.Emails {
		out = append(out, matching.KeyMail+":"+m)
	}
	if c.TaxID != "" {
		out = append(out, matching.KeyTax+":"+c.TaxID)
	}
	if under != "" {
		out = append(out, "external:"+under, waitsFor(catalogue.Subject{Kind: catalogue.KindCustomer, ID: under}))
	}
	return out
}

// release puts what waited for a fact on its customer's timeline.
func (t *Timeline) release(ctx context.Context, e facts.Event) error {
	tells := releases[e.Type]
	if tells == nil {
		return nil
	}
	customer, keys, err := tells(e)
	if err != nil {
		return facts.Final(err)
	}
	if customer == "" {
		return nil
	}
	for _, key := range keys {
		for {
			page, err := t.unmatched.Page(ctx, store.Query{Index: byWaits, Equal: []any{key}, Limit: 200})
			if err != nil {
				return err
			}
			placed := 0
			for _, d := range page.Docs {
				if err := t.place(ctx, d, customer); err != nil {
					return err
				}
				placed++
			}
			if placed == 0 {
				break
			}
		}
	}
	return nil
}

// place moves an entry that was kept aside to a customer's timeline.
func (t *Timeline) place(ctx context.Context, d *store.Doc[UnmatchedEntry], customer string) error {
	e := d.Body.Entry
	e.Customer = customer
	if _, _, err := t.append(ctx, e); err != nil {
		return err
	}
	err := t.unmatched.Remove(ctx, d)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return nil // somebody else did
	}
	return err
}
