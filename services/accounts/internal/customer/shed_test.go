package customer_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
)

func drawCustomer(t *rapid.T, id string) catalogue.Customer {
	some := func(what string, all ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 3, rapid.ID[string]).Draw(t, id+what)
	}
	c := catalogue.Customer{ID: id, Kind: "company", Name: rapid.SampledFrom([]string{"华兴", "大成", "海天"}).Draw(t, id+"name"), CreatedAt: 1,
		Phones: some("phones", "+861", "+862", "+863", "+864"), Emails: some("mails", "a@x.cn", "b@y.cn", "c@z.cn"),
		Sector: rapid.SampledFrom([]string{"", "software", "steel"}).Draw(t, id+"sector"), Tier: rapid.SampledFrom([]string{"", "vip", "normal"}).Draw(t, id+"tier"),
		Tags: some("tags", "a", "b", "c"), TimeZone: rapid.SampledFrom([]string{"", "Asia/Shanghai"}).Draw(t, id+"zone")}
	slices.Sort(c.Tags)
	for _, name := range some("contacts", "张伟", "李娜", "王五") {
		c.Contacts = append(c.Contacts, catalogue.Contact{ID: id + name, Name: name, Phone: rapid.SampledFrom([]string{"", "+861"}).Draw(t, id+name)})
	}
	return c
}

// R-033, D-6: whatever two files hold, what one took in from the other goes when
// they are taken apart, and what came since stays.
func TestTakingApartGivesTheOriginalBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawCustomer(t, "a"), drawCustomer(t, "b")
		f := customer.File{Customer: a}
		f.Absorb(customer.File{Customer: b}, 5)
		f.Absorb(customer.File{}, 5) // settles what is derived
		since := fmt.Sprintf("+86%d", rapid.IntRange(1000, 9999).Draw(t, "since"))
		f.Phones = append(f.Phones, since)
		if err := f.Shed(a, b); err != nil {
			t.Fatal(err)
		}
		want := a
		want.Phones = append(slices.Clone(a.Phones), since)
		if got, want := text(t, f.Customer), text(t, want); got != want {
			t.Fatalf("taken apart:\n%s\nbefore the merge:\n%s\nthe other:\n%s", got, want, text(t, b))
		}
	})
}

func text(t *rapid.T, c catalogue.Customer) string {
	for i := range c.Contacts {
		c.Contacts[i].ID = "" // given when a file is read
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
