package customer

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Absorb takes in the content of another file that is the same customer. Where
// both say one thing, this file's word stands, but for consent, where the
// customer's later word does.
func (f *File) Absorb(o File, at instant.Time) []string {
	before := f.copy()
	for _, n := range append([]string{o.Name}, o.Names...) {
		if n != f.Name {
			f.Names = with(f.Names, n)
		}
	}
	for _, p := range o.Phones {
		f.Phones = with(f.Phones, p)
	}
	for _, m := range o.Emails {
		f.Emails = with(f.Emails, m)
	}
	f.fill(&f.Domain, o.Domain)
	f.fill(&f.TaxID, o.TaxID)
	f.fill(&f.Sector, o.Sector)
	f.fill(&f.External, o.External)
	for _, l := range o.Leads {
		if !slices.Contains(f.Leads, l) && len(f.Leads) < maxLeads {
			f.Leads = append(f.Leads, l)
		}
	}
	for _, id := range o.Apart {
		f.Apart = with(f.Apart, id)
	}
	f.absorbProfile(o, f.absorbContacts(o))
	f.absorbNeeds(o)
	return f.settle(before, at)
}

// absorbContacts takes in people and tells under which id each is known now.
func (f *File) absorbContacts(o File) map[string]string {
	o.Contacts = slices.Clone(o.Contacts)
	o.IdentifyContacts()
	f.IdentifyContacts()
	known := map[string]string{}
	for _, c := range o.Contacts {
		i := f.same(c)
		if i < 0 && len(f.Contacts) >= maxContacts {
			continue
		}
		if i < 0 {
			fresh := c
			fresh.ReportsTo, fresh.Successor = "", ""
			if f.find(c.ID) >= 0 {
				fresh.ID = f.contactID(c.Name)
			}
			f.Contacts, i = append(f.Contacts, fresh), len(f.Contacts)
		} else {
			f.complete(&f.Contacts[i], c)
		}
		known[c.ID] = f.Contacts[i].ID
	}
	for _, c := range o.Contacts {
		f.relate(known[c.ID], known[c.ReportsTo], known[c.Successor])
	}
	return known
}

// relate gives a contact the superior and successor that it had in the other file,
// where it has none and no circle comes of it.
func (f *File) relate(id, superior, successor string) {
	i := f.find(id)
	if id == "" || i < 0 {
		return
	}
	c := &f.Contacts[i]
	if superior != "" && c.ReportsTo == "" && !f.under(superior, id) {
		c.ReportsTo = superior
	}
	if successor != id && c.LeftAt != 0 {
		f.fill(&c.Successor, successor)
	}
}

// complete fills in what is not known of a contact.
func (f *File) complete(k *catalogue.Contact, c catalogue.Contact) {
	f.fill(&k.Phone, c.Phone)
	f.fill(&k.Email, c.Email)
	f.fill(&k.Role, c.Role)
	f.fill(&k.Title, c.Title)
	f.fill(&k.Note, c.Note)
	k.Phones = further(k.Phones, k.Phone, c.Phone, c.Phones)
	k.Mails = further(k.Mails, k.Email, c.Email, c.Mails)
	if k.Birthday == nil {
		k.Birthday = c.Birthday
	}
	k.Key = k.Key || c.Key
	if k.LeftAt == 0 {
		k.LeftAt = c.LeftAt
	}
}

// further adds to a contact's further numbers or addresses those it did not have.
func further(have []string, first, other string, more []string) []string {
	for _, v := range append([]string{other}, more...) {
		if v != first && v != "" && !slices.Contains(have, v) {
			have = append(slices.Clone(have), v)
		}
	}
	return have
}

func (f *File) absorbProfile(o File, known map[string]string) {
	f.fill(&f.Tier, o.Tier)
	f.fill(&f.Type, o.Type)
	f.fill(&f.TimeZone, o.TimeZone)
	f.Tags, f.ProductTags = union(f.Tags, o.Tags), union(f.ProductTags, o.ProductTags)
	for _, p := range o.Preferences {
		if !slices.Contains(f.Preferences, p) {
			f.Preferences = append(slices.Clone(f.Preferences), p)
		}
	}
	for _, said := range o.Consent {
		f.absorbConsent(said)
	}
	preferred := slices.ContainsFunc(f.Channels, func(c catalogue.ContactChannel) bool { return c.Preferred })
	for _, c := range o.Channels {
		if slices.ContainsFunc(f.Channels, func(k catalogue.ContactChannel) bool { return k.Channel == c.Channel && k.Address == c.Address }) {
			continue
		}
		c.Contact, c.Preferred = known[c.Contact], c.Preferred && !preferred
		f.Channels = append(slices.Clone(f.Channels), c)
	}
	for _, d := range o.CareDates {
		f.absorbCareDate(d, known)
	}
}

// absorbConsent keeps the customer's later word; of two at once the one that
// spares the customer.
func (f *File) absorbConsent(said catalogue.Consent) {
	i := slices.IndexFunc(f.Consent, func(c catalogue.Consent) bool { return c.Channel == said.Channel })
	switch {
	case i < 0:
		f.Consent = append(slices.Clone(f.Consent), said)
	case said.At > f.Consent[i].At, said.At == f.Consent[i].At && said.Status == catalogue.ConsentWithdrawn:
		f.Consent = slices.Clone(f.Consent)
		f.Consent[i] = said
	}
}

func (f *File) absorbCareDate(d catalogue.CareDate, known map[string]string) {
	d.Contact = known[d.Contact]
	taken := false
	for _, k := range f.CareDates {
		if k.Kind == d.Kind && k.Name == d.Name && k.Date == d.Date && k.Contact == d.Contact {
			return
		}
		taken = taken || k.ID == d.ID
	}
	if taken {
		d.ID += "-" + f.ID
	}
	f.CareDates = append(slices.Clone(f.CareDates), d)
}

func (f *File) absorbNeeds(o File) {
	history := slices.Clone(f.NeedHistory)
	tags := slices.Clone(f.NeedTags)
	for _, n := range o.NeedHistory {
		held := n.Until == 0
		if held && slices.Contains(tags, n.Tag) || slices.Contains(history, n) {
			continue
		}
		if held {
			tags = append(tags, n.Tag)
		}
		history = append(history, n)
	}
	slices.SortStableFunc(history, func(a, b catalogue.NeedTag) int { return int(a.Since.Sub(b.Since)) })
	f.setNeeds(tags, history)
	for _, id := range o.Applied {
		if !slices.Contains(f.Applied, id) {
			f.Applied = append(slices.Clone(f.Applied), id)
		}
	}
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return orNil(out)
}
