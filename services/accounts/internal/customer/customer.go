// Package customer holds the customer's file: what it learns from those who ask,
// its people and how they stand to one another, what the customer is, needs, likes
// and agreed to, how two files become
// one, and what is shown of it to somebody who may not see it. It is pure: no
// store, no clock.
package customer

import (
	"reflect"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Bounds of what one file keeps; keys beyond them still find the file.
const (
	maxSpellings = 50
	maxContacts  = 100
	maxLeads     = 20
)

// File is the document of a customer.
type File struct {
	catalogue.Customer
	Search    string       `json:"search,omitempty"` // name as it is searched
	Loose     string       `json:"loose,omitempty"`  // name that suggests
	CreatedBy string       `json:"created_by,omitempty"`
	UpdatedAt instant.Time `json:"updated_at"`
	// Folding are files whose content this one took in and that are still to point
	// here; Unfinished says that there are any, for the sweep.
	Folding    []string `json:"folding,omitempty"`
	Unfinished bool     `json:"unfinished,omitempty"`
	// Apart are files that a person said are somebody else, by undoing a merge: match
	// keys never fold them into this one again.
	Apart []string `json:"apart,omitempty"`
	// Applied are the newest changes of need that this file took over.
	Applied []string `json:"applied,omitempty"`
}

// Claim is what somebody says about a customer.
type Claim struct {
	matching.Identity
	Contact  string
	Sector   string
	External string
	Under    string // id under which it was asked
	By       string // who asked
}

// Open makes the file of a customer that nobody knew.
func Open(c Claim, at instant.Time) File {
	f := File{Customer: catalogue.Customer{ID: c.Under, Kind: c.Kind, Name: c.Name, TaxID: c.TaxID, CreatedAt: at}, CreatedBy: c.By}
	f.Learn(c, at)
	return f
}

// Learn takes in what a claim adds; what is known already stays as it is. It
// says what changed.
func (f *File) Learn(c Claim, at instant.Time) []string {
	before := f.copy()
	if c.Name != "" && c.Name != f.Name && !slices.Contains(f.Names, c.Name) {
		f.Names = bounded(append(f.Names, c.Name), maxSpellings)
	}
	f.Phones = with(f.Phones, c.Phone)
	f.Emails = with(f.Emails, c.Email)
	f.contact(catalogue.Contact{Name: matching.Display(c.Contact), Phone: c.Phone, Email: c.Email})
	f.fill(&f.Domain, c.Domain)
	f.fill(&f.TaxID, c.TaxID)
	f.fill(&f.Sector, c.Sector)
	f.fill(&f.External, c.External)
	if c.Under != "" && !slices.Contains(f.Leads, c.Under) {
		f.Leads = append([]string{c.Under}, f.Leads...)
		f.Leads = f.Leads[:min(len(f.Leads), maxLeads)]
	}
	return f.settle(before, at)
}

// Compatible tells whether two files may be one customer: two different tax ids
// never are.
func (f *File) Compatible(taxID string) bool {
	return f.TaxID == "" || taxID == "" || f.TaxID == taxID
}

// Rename gives the file another name; the old one stays as a spelling.
func (f *File) Rename(name string) {
	if name == f.Name {
		return
	}
	f.Names = with(slices.DeleteFunc(f.Names, func(n string) bool { return n == name }), f.Name)
	f.Name = name
}

// Settle brings what is derived up to date and says what changed since before.
func (f *File) Settle(before catalogue.Customer, at instant.Time) []string {
	return f.settle(before, at)
}

func (f *File) settle(before catalogue.Customer, at instant.Time) []string {
	f.Search, f.Loose = matching.Name(f.Name), ""
	if f.Search == "" {
		f.Search = strings.ToLower(f.Name)
	}
	if f.Kind == matching.Company {
		f.Loose = matching.Loose(f.Name)
	}
	changed := differences(before, f.Customer)
	if len(changed) > 0 {
		f.UpdatedAt = at
	}
	return changed
}

func (f *File) fill(field *string, v string) {
	if *field == "" {
		*field = v
	}
}

// contact adds a person, or completes the one that is known by name.
func (f *File) contact(c catalogue.Contact) {
	if c.Name == "" {
		return
	}
	if i := f.same(c); i >= 0 {
		f.fill(&f.Contacts[i].Phone, c.Phone)
		f.fill(&f.Contacts[i].Email, c.Email)
		return
	}
	if len(f.Contacts) < maxContacts {
		c.ID = f.contactID(c.Name)
		f.Contacts = append(f.Contacts, c)
	}
}

// same finds a contact that is the same person: of the same name, and not known
// under another number or address.
func (f *File) same(c catalogue.Contact) int {
	agree := func(a, b string, more []string) bool { return a == "" || b == "" || a == b || slices.Contains(more, a) }
	return slices.IndexFunc(f.Contacts, func(k catalogue.Contact) bool {
		return strings.EqualFold(k.Name, c.Name) && agree(c.Phone, k.Phone, k.Phones) && agree(c.Email, k.Email, k.Mails)
	})
}

func (f *File) copy() catalogue.Customer {
	c := f.Customer
	c.Names, c.Phones, c.Emails = slices.Clone(f.Names), slices.Clone(f.Phones), slices.Clone(f.Emails)
	c.Contacts, c.Leads = slices.Clone(f.Contacts), slices.Clone(f.Leads) // all else is replaced, never written into
	return c
}

// Before gives a copy to compare with and to record.
func (f *File) Before() catalogue.Customer { return f.copy() }

func differences(a, b catalogue.Customer) []string {
	var out []string
	note := func(field string, same bool) {
		if !same {
			out = append(out, field)
		}
	}
	note("kind", a.Kind == b.Kind)
	note("name", a.Name == b.Name)
	note("names", slices.Equal(a.Names, b.Names))
	note("phones", slices.Equal(a.Phones, b.Phones))
	note("emails", slices.Equal(a.Emails, b.Emails))
	note("tax_id", a.TaxID == b.TaxID)
	note("domain", a.Domain == b.Domain)
	note("contacts", reflect.DeepEqual(a.Contacts, b.Contacts))
	note("sector", a.Sector == b.Sector)
	note("external", a.External == b.External)
	note("leads", slices.Equal(a.Leads, b.Leads))
	note("tier", a.Tier == b.Tier)
	note("type", a.Type == b.Type)
	note("tags", slices.Equal(a.Tags, b.Tags))
	note("product_tags", slices.Equal(a.ProductTags, b.ProductTags))
	note("need_tags", slices.Equal(a.NeedTags, b.NeedTags))
	note("need_history", slices.Equal(a.NeedHistory, b.NeedHistory))
	note("preferences", slices.Equal(a.Preferences, b.Preferences))
	note("consent", slices.Equal(a.Consent, b.Consent))
	note("channels", slices.Equal(a.Channels, b.Channels))
	note("time_zone", a.TimeZone == b.TimeZone)
	note("care_dates", slices.Equal(a.CareDates, b.CareDates))
	return out
}

func with(list []string, v string) []string {
	if v == "" || slices.Contains(list, v) {
		return list
	}
	return bounded(append(slices.Clone(list), v), maxSpellings)
}

func bounded(list []string, n int) []string { return list[:min(len(list), n)] }
