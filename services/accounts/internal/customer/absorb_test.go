package customer_test

import (
	"reflect"
	"slices"
	"testing"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
)

// filled has something in every field.
func filled() customer.File {
	return customer.File{Applied: []string{"n1"}, Customer: catalogue.Customer{ID: "b", Kind: "company", Name: "大成", Names: []string{"大成实业"}, Phones: []string{"+8613812341234"}, Emails: []string{"a@b.cn"},
		TaxID: "9144030071526726XG", Domain: "b.cn", Sector: "s", External: "crm:1", CreatedAt: now, Leads: []string{"l1"}, Tier: "vip", Type: "dealer", Tags: []string{"strategic"},
		ProductTags: []string{"service"}, NeedTags: []string{"cost"}, NeedHistory: []catalogue.NeedTag{{Tag: "cost", Since: now}}, Preferences: []catalogue.Preference{{Topic: "gift", Value: "茶"}},
		Consent: []catalogue.Consent{{Channel: "sms", Status: "withdrawn", At: now, Source: "电话"}}, TimeZone: "Asia/Urumqi",
		Contacts: []catalogue.Contact{{ID: "k1", Name: "王", Role: "user", Title: "t", Phone: "+8613912341234", Email: "w@b.cn", Phones: []string{"+8613712341234"}, Mails: []string{"w2@b.cn"},
			ReportsTo: "k2", Birthday: &catalogue.Yearly{Calendar: "lunar", Month: 1, Day: 1}, Key: true, Note: "n", LeftAt: now, Successor: "k2"}, {ID: "k2", Name: "赵"}},
		Channels:  []catalogue.ContactChannel{{Channel: "sms", Address: "+8613812341234", Contact: "k1", Preferred: true}},
		CareDates: []catalogue.CareDate{{ID: "d1", Kind: "birthday", Date: catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1}, Contact: "k2"}}}}
}

// whatever a file holds is in the one that takes it in: no field of the
// customer is forgotten, those of a contact neither.
func TestAbsorbTakesEverything(t *testing.T) {
	o := filled()
	for i := range reflect.TypeFor[catalogue.Customer]().NumField() {
		if f := reflect.TypeFor[catalogue.Customer]().Field(i); f.Name != "MergedInto" && reflect.ValueOf(o.Customer).Field(i).IsZero() {
			t.Errorf("this test knows nothing of the field %s", f.Name)
		}
	}
	f := customer.File{Customer: catalogue.Customer{ID: "a", Kind: "company", Name: "大成"}}
	f.Absorb(o, now)
	own := []string{"ID", "Kind", "Name", "MergedInto", "CreatedAt"}
	got, want := reflect.ValueOf(f.Customer), reflect.ValueOf(o.Customer)
	for i := range want.NumField() {
		if name := want.Type().Field(i).Name; !slices.Contains(own, name) && !reflect.DeepEqual(got.Field(i).Interface(), want.Field(i).Interface()) {
			t.Errorf("%s: %+v, want %+v", name, got.Field(i), want.Field(i))
		}
	}
	if !slices.Equal(f.Applied, o.Applied) {
		t.Errorf("applied %v", f.Applied)
	}
	if changed := f.Absorb(o, now+1); len(changed) > 0 {
		t.Errorf("taking it in again changes %v", changed)
	}
}

// where both say something, the file's own word stands; of consent the
// customer's later word, and the one that spares the customer of two at once;
// people of one name and number are one, under the id that they have here.
func TestAbsorbKeepsItsOwnWord(t *testing.T) {
	f := filled()
	f.ID, f.Tier, f.Consent = "a", "core", []catalogue.Consent{{Channel: "sms", Status: "given", At: now, Source: "x"}, {Channel: "mail", Status: "given", At: now, Source: "x"}}
	f.Contacts = []catalogue.Contact{{ID: "own", Name: "王", Phone: "+8613912341234"}, {ID: "k2", Name: "钱"}}
	f.Channels, f.CareDates = []catalogue.ContactChannel{{Channel: "mail", Address: "a@b.cn", Preferred: true}}, []catalogue.CareDate{{ID: "d1", Kind: "custom", Name: "开业"}}
	o := filled()
	o.Consent = append(o.Consent, catalogue.Consent{Channel: "mail", Status: "withdrawn", At: now - 1, Source: "y"})
	f.Absorb(o, now)
	if f.Tier != "core" || f.Consent[0].Status != "withdrawn" || f.Consent[1].Status != "given" {
		t.Errorf("tier %s, consent %+v", f.Tier, f.Consent)
	}
	wang, _ := f.Contact("own")
	if len(f.Contacts) != 3 || wang.Role != "user" || !wang.Key || f.Contacts[1].Name != "钱" || wang.ReportsTo != f.Contacts[2].ID || f.Contacts[2].ID == "k2" {
		t.Errorf("contacts %+v", f.Contacts)
	}
	if c := f.Channels[1]; c.Contact != "own" || c.Preferred {
		t.Errorf("channel %+v", c)
	}
	if d := f.CareDates[1]; d.ID == "d1" || d.Contact != f.Contacts[2].ID {
		t.Errorf("care date %+v", d)
	}
}
