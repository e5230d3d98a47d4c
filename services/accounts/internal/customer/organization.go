package customer

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
)

// Post is a contact in the organization tree of a customer (组织结构, R-036).
type Post struct {
	Contact catalogue.Contact
	Reports []Post // who report to it, by name
}

// Organization gives the tree of contacts: those without superior are its roots.
func (f *File) Organization() []Post {
	below := map[string][]catalogue.Contact{}
	for _, c := range f.Contacts {
		superior := c.ReportsTo
		if f.find(superior) < 0 || f.under(superior, c.ID) { // a superior that is gone, or a circle of old
			superior = ""
		}
		below[superior] = append(below[superior], c)
	}
	return posts(below, "")
}

func posts(below map[string][]catalogue.Contact, superior string) []Post {
	list := below[superior]
	slices.SortStableFunc(list, func(a, b catalogue.Contact) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	out := make([]Post, 0, len(list))
	for _, c := range list {
		out = append(out, Post{Contact: c, Reports: posts(below, c.ID)})
	}
	return out
}

// Vacant gives the ids of key contacts and decision makers who left and whom
// nobody succeeded: an early sign that a customer may leave.
func (f *File) Vacant() []string {
	out := []string{}
	for _, c := range f.Contacts {
		if c.LeftAt != 0 && c.Successor == "" && (c.Key || c.Role == catalogue.RoleDecisionMaker) {
			out = append(out, c.ID)
		}
	}
	return out
}
