package customer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Bounds of what is kept of one contact.
const (
	maxName    = 200
	maxNote    = 1000
	maxNumbers = 10
)

// IdentifyContacts gives contacts from before contacts had ids theirs: always the
// same until they are stored with them. Whoever reads a file calls it.
func (f *File) IdentifyContacts() {
	for i := range f.Contacts {
		if f.Contacts[i].ID == "" {
			f.Contacts[i].ID = f.contactID(f.Contacts[i].Name)
		}
	}
}

// contactID makes the id of a contact that nobody gave one: from the file and the
// name, so that asking twice makes the same.
func (f *File) contactID(name string) string {
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(f.ID + "\n" + name + "\n" + strconv.Itoa(n)))
		id := "c-" + hex.EncodeToString(sum[:8])
		if f.find(id) < 0 {
			return id
		}
	}
}

func (f *File) find(contact string) int {
	return slices.IndexFunc(f.Contacts, func(c catalogue.Contact) bool { return c.ID == contact })
}

// Contact gives a contact by its id.
func (f *File) Contact(id string) (catalogue.Contact, bool) {
	if i := f.find(id); i >= 0 {
		return f.Contacts[i], true
	}
	return catalogue.Contact{}, false
}

// ContactEdit is what somebody says about a contact; nil leaves a field as it is.
type ContactEdit struct {
	Name      *string
	Role      *string
	Title     *string
	Phone     *string
	Email     *string
	Phones    *[]string
	Mails     *[]string
	ReportsTo *string
	Birthday  *catalogue.Yearly
	Forget    []string // birthday: is no longer kept
	Key       *bool
	Note      *string
}

// AddContact adds a person of an id. It names every field that is wrong.
func (f *File) AddContact(id string, e ContactEdit, now instant.Time) (*catalogue.ContactChanged, error) {
	if len(f.Contacts) >= maxContacts {
		return nil, problem.InvalidFields(problem.FieldError("contacts", "max_items", fmt.Sprintf("最多 %d 个联系人", maxContacts), fmt.Sprintf("has %d contacts already, which is the most", maxContacts)))
	}
	c, err := f.edited(catalogue.Contact{ID: id}, e, now)
	if err != nil {
		return nil, err
	}
	f.Contacts = append(slices.Clone(f.Contacts), c)
	f.reach(c)
	return &catalogue.ContactChanged{Change: catalogue.ContactAdded, After: c, Changed: contactDifferences(catalogue.Contact{ID: id}, c)}, nil
}

// EditContact changes a person; nil if nothing changed.
func (f *File) EditContact(id string, e ContactEdit, now instant.Time) (*catalogue.ContactChanged, error) {
	i := f.find(id)
	if i < 0 {
		return nil, problem.Missing("联系人", "contact", id)
	}
	before := f.Contacts[i]
	c, err := f.edited(before, e, now)
	if err != nil {
		return nil, err
	}
	return f.replace(i, catalogue.ContactEdited, c), nil
}

// replace puts a contact in the place of what it was; nil if it is the same.
func (f *File) replace(i int, change string, c catalogue.Contact) *catalogue.ContactChanged {
	before := f.Contacts[i]
	changed := contactDifferences(before, c)
	if len(changed) == 0 {
		return nil
	}
	f.Contacts = slices.Clone(f.Contacts)
	f.Contacts[i] = c
	f.reach(c)
	return &catalogue.ContactChanged{Change: change, Before: &before, After: c, Changed: changed}
}

// reach keeps under which numbers and addresses the file is found.
func (f *File) reach(c catalogue.Contact) {
	for _, p := range append([]string{c.Phone}, c.Phones...) {
		f.Phones = with(f.Phones, p)
	}
	for _, m := range append([]string{c.Email}, c.Mails...) {
		f.Emails = with(f.Emails, m)
	}
}

func (f *File) edited(c catalogue.Contact, e ContactEdit, now instant.Time) (catalogue.Contact, error) {
	var w wrong
	set(&c.Name, e.Name, matching.Display)
	if c.Name == "" {
		w = append(w, problem.Required("name"))
	}
	set(&c.Role, e.Role, strings.TrimSpace)
	w.oneOf("role", c.Role, catalogue.RoleDecisionMaker, catalogue.RoleUser, catalogue.RoleProcurement, catalogue.RoleGatekeeper, catalogue.RoleInfluencer)
	set(&c.Title, e.Title, matching.Display)
	set(&c.Note, e.Note, strings.TrimSpace)
	w.longest("name", c.Name, maxName)
	w.longest("title", c.Title, maxName)
	w.longest("note", c.Note, maxNote)
	if e.Phone != nil {
		c.Phone = w.phone("phone", *e.Phone)
	}
	if e.Email != nil {
		c.Email = w.mail("email", *e.Email)
	}
	if e.Phones != nil {
		c.Phones = w.each("phones", *e.Phones, c.Phone, w.phone)
	}
	if e.Mails != nil {
		c.Mails = w.each("mails", *e.Mails, c.Email, w.mail)
	}
	c.Phones, c.Mails = without(c.Phones, c.Phone), without(c.Mails, c.Email)
	if e.ReportsTo != nil {
		c.ReportsTo = *e.ReportsTo
		f.superior(&w, c)
	}
	if e.Birthday != nil {
		day := *e.Birthday
		w.yearly("birthday", day, now)
		c.Birthday = &day
	}
	if slices.Contains(e.Forget, "birthday") {
		c.Birthday = nil
	}
	if e.Key != nil {
		c.Key = *e.Key
	}
	return c, problem.InvalidFields(w...)
}

func without(list []string, v string) []string {
	if !slices.Contains(list, v) {
		return list
	}
	return orNil(slices.DeleteFunc(slices.Clone(list), func(o string) bool { return o == v }))
}

// superior names a superior that is unknown or stands below the contact itself.
func (f *File) superior(w *wrong, c catalogue.Contact) {
	switch {
	case c.ReportsTo == "":
	case c.ReportsTo == c.ID:
		w.add("reports_to", "cycle", "不能是自己的上级", "nobody is their own superior")
	case f.find(c.ReportsTo) < 0:
		w.add("reports_to", "exists", "没有这个联系人："+c.ReportsTo, "no contact of this customer has the id "+c.ReportsTo)
	case f.under(c.ReportsTo, c.ID):
		w.add("reports_to", "cycle", "会形成循环：该上级自己在此联系人之下", "would close a circle: that superior stands below this contact")
	}
}

// under tells whether a contact stands under another, or is it.
func (f *File) under(contact, boss string) bool {
	for range len(f.Contacts) + 1 {
		if contact == boss {
			return true
		}
		c, known := f.Contact(contact)
		if !known || c.ReportsTo == "" {
			return false
		}
		contact = c.ReportsTo
	}
	return true // a circle that is there already
}

// Depart records that a contact left or moved, and who took over, if anybody did
// . Those who reported to the one who left report to the successor. It may
// be said again, when a successor is found.
func (f *File) Depart(id string, at instant.Time, successor, note string, now instant.Time) (*catalogue.ContactChanged, error) {
	i := f.find(id)
	if i < 0 {
		return nil, problem.Missing("联系人", "contact", id)
	}
	c := f.Contacts[i]
	switch {
	case at != 0:
		c.LeftAt = at
	case c.LeftAt == 0:
		c.LeftAt = now
	}
	var w wrong
	if c.LeftAt > now {
		w.add("left_at", "past", "不能是将来的时间", "lies in the future")
	}
	s, known := f.Contact(successor)
	switch {
	case successor == "":
	case successor == id:
		w.add("successor", "self", "不能是离开者本人", "is who left")
	case !known:
		w.add("successor", "exists", "没有这个联系人："+successor, "no contact of this customer has the id "+successor)
	case s.LeftAt != 0:
		w.add("successor", "left", "接任者已经离开", "has left too")
	}
	if note = strings.TrimSpace(note); note != "" {
		c.Note = note
	}
	w.longest("note", c.Note, maxNote)
	if err := problem.InvalidFields(w...); err != nil {
		return nil, err
	}
	if successor != "" {
		c.Successor = successor
	}
	fact := f.replace(i, catalogue.ContactLeft, c)
	if fact != nil && successor != "" {
		f.succeed(c, successor)
	}
	return fact, nil
}

// succeed gives a successor the place of who left in the organization.
func (f *File) succeed(left catalogue.Contact, successor string) {
	s := &f.Contacts[f.find(successor)] // replace has cloned the list
	if f.under(successor, left.ID) || s.ReportsTo == "" && !f.under(left.ReportsTo, successor) {
		s.ReportsTo = left.ReportsTo
	}
	for i := range f.Contacts {
		if c := &f.Contacts[i]; c.ReportsTo == left.ID && c.ID != successor && !f.under(successor, c.ID) {
			c.ReportsTo = successor
		}
	}
}

// Return takes back that a contact left.
func (f *File) Return(id string) (*catalogue.ContactChanged, error) {
	i := f.find(id)
	if i < 0 {
		return nil, problem.Missing("联系人", "contact", id)
	}
	c := f.Contacts[i]
	c.LeftAt, c.Successor = 0, ""
	return f.replace(i, catalogue.ContactEdited, c), nil
}

func contactDifferences(a, b catalogue.Contact) []string {
	changed := []string{}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			name, _, _ := strings.Cut(x.Type().Field(i).Tag.Get("json"), ",")
			changed = append(changed, name)
		}
	}
	return changed
}
