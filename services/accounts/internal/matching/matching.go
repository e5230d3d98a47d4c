// Package matching tells which of what is known about a customer identifies it:
// it brings phones, mail addresses, tax ids, domains and names into one
// spelling and makes match keys of them. It is pure: no store, no clock.
//
// Keys that decide alone, strongest first:
//
//   - tax: a unified social credit code with a right check digit names one legal
//     person and nothing else. Two different tax ids are two customers, whatever
//     else agrees (a bookkeeper's phone serves many firms).
//   - phone: a number reaches one firm or one person; extensions are left off, so
//     a switchboard is its firm. Placeholders (138 0013 8000, 111 1111 1111) are none.
//   - mail: a whole address has one holder, free mail included. Plus-tags are
//     kept: a+x@ and a+y@ may be two people on purpose. noreply@ and the like are none.
//   - domain: a firm's own registrable domain; only for companies, and never that
//     of a free-mail or internet provider, which millions share.
//   - name: a company's exact name once spelling is taken out of it (width, case,
//     punctuation, legal form, traditional characters, 省/市 after its region).
//     Names of persons do not decide (there are 290,000 张伟), nor do names that
//     say nothing (测试, 公司, n/a).
//
// What only suggests: the loose name, which also drops regions and branches. 华兴贸易
// (上海) and 上海华兴贸易 are often one firm and often two, so people are shown it
// and decide.
package matching

import "slices"

// Kinds of customers.
const (
	Company = "company"
	Person  = "person"
)

// Kinds of keys, in the order of their strength.
const (
	KeyTax    = "tax"
	KeyPhone  = "phone"
	KeyMail   = "mail"
	KeyDomain = "domain"
	KeyName   = "name"
)

var strength = []string{KeyTax, KeyPhone, KeyMail, KeyDomain, KeyName}

// Known is what is known about a customer, in any spelling.
type Known struct {
	Kind  string // company or person; empty: company
	Name  string
	Phone string
	Email string
	TaxID string
}

// Key is one match key that decides alone.
type Key struct {
	Kind  string
	Value string // in the one spelling
}

// maxKey keeps a key's id below what a store takes; longer values are no key.
const maxKey = 300

// ID is the id of the document that says whose key it is.
func (k Key) ID() string { return k.Kind + ":" + k.Value }

// Identity is what is known in one spelling, with the keys made of it.
type Identity struct {
	Kind   string
	Name   string // as it should be shown
	Phone  string // E.164, empty if it is none
	Email  string
	Domain string
	TaxID  string
	Search string // the name as it is searched
	Loose  string // suggests, never decides
	Keys   []Key  // strongest first
}

// Identify brings what is known into one spelling.
func Identify(k Known) Identity {
	id := Identity{Kind: k.Kind, Name: Display(k.Name), Search: Name(k.Name)}
	if id.Kind == "" {
		id.Kind = Company
	}
	if t, ok := TaxID(k.TaxID); ok {
		id.TaxID = t
		id.add(KeyTax, t)
	}
	if p, ok := Phone(k.Phone); ok {
		id.Phone = p
		if !placeholderPhone(p) {
			id.add(KeyPhone, p)
		}
	}
	if m, ok := Mail(k.Email); ok {
		id.Email = m
		if !placeholderMail(m) {
			id.add(KeyMail, m)
		}
		if d, ok := Domain(m); ok && id.Kind == Company {
			id.Domain = d
			id.add(KeyDomain, d)
		}
	}
	if id.Kind == Company {
		id.Loose = Loose(k.Name)
		if telling(id.Search) {
			id.add(KeyName, id.Search)
		}
	}
	return id
}

func (id *Identity) add(kind, value string) {
	if len(value) <= maxKey {
		id.Keys = append(id.Keys, Key{kind, value})
	}
}

// Stronger tells whether key kind a decides before b.
func Stronger(a, b string) bool { return slices.Index(strength, a) < slices.Index(strength, b) }
