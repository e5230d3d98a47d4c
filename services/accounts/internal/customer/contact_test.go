package customer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

const now = instant.Time(1_800_000_000_000) // in 2027

func to[T any](v T) *T { return &v }

// named gives the fields that an error names, with their rules, and holds it to
// both languages.
func named(t *testing.T, err error) []string {
	t.Helper()
	var e *problem.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		if f.Text.Zh == "" || f.Text.En == "" {
			t.Errorf("%s is not in both languages", f.Field)
		}
		out = append(out, f.Field+":"+f.Rule)
	}
	return out
}

func staff(t *testing.T) customer.File {
	t.Helper()
	f := customer.File{Customer: catalogue.Customer{ID: "c1", Kind: "company", Name: "华兴"}}
	for _, c := range []struct{ id, boss string }{{"chair", ""}, {"head", "chair"}, {"buyer", "head"}, {"clerk", "buyer"}} {
		if _, err := f.AddContact(c.id, customer.ContactEdit{Name: to(c.id), ReportsTo: to(c.boss)}, now); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// a contact has a role in the buying process and a place in the
// organization; what is wrong is named, all of it, and nothing is changed.
func TestContactsAreChecked(t *testing.T) {
	day := func(y catalogue.Yearly) customer.ContactEdit { return customer.ContactEdit{Birthday: &y} }
	for name, c := range map[string]struct {
		edit customer.ContactEdit
		want []string
	}{
		"nothing":            {customer.ContactEdit{}, nil},
		"all of it":          {customer.ContactEdit{Name: to("李娜"), Role: to("procurement"), Title: to("采购经理"), Phone: to("13812341234"), Email: to("Li@huaxing.cn"), Phones: to([]string{"13912341234"}), Mails: to([]string{"na@huaxing.cn"}), ReportsTo: to("chair"), Key: to(true), Note: to("周三不在")}, nil},
		"no superior":        {customer.ContactEdit{ReportsTo: to("")}, nil},
		"all wrong":          {customer.ContactEdit{Name: to(" "), Role: to("boss"), Phone: to("12"), Email: to("x"), ReportsTo: to("nobody")}, []string{"name:required", "role:one_of", "phone:phone", "email:email", "reports_to:exists"}},
		"wrong among many":   {customer.ContactEdit{Phones: to([]string{"13812341234", "1", " "}), Mails: to([]string{"x"})}, []string{"phones[1]:phone", "phones[2]:required", "mails[0]:email"}},
		"own superior":       {customer.ContactEdit{ReportsTo: to("buyer")}, []string{"reports_to:cycle"}},
		"under a report":     {customer.ContactEdit{ReportsTo: to("clerk")}, []string{"reports_to:cycle"}},
		"too long":           {customer.ContactEdit{Name: to(strings.Repeat("长", 201)), Title: to(strings.Repeat("t", 201)), Note: to(strings.Repeat("n", 1001))}, []string{"name:max_length", "title:max_length", "note:max_length"}},
		"too many":           {customer.ContactEdit{Phones: to(make([]string, 11))}, []string{"phones:max_items"}},
		"29 February":        {day(catalogue.Yearly{Calendar: "solar", Month: 2, Day: 29}), nil},
		"29 February 2024":   {day(catalogue.Yearly{Calendar: "solar", Month: 2, Day: 29, Year: 2024}), nil},
		"29 February 2023":   {day(catalogue.Yearly{Calendar: "solar", Month: 2, Day: 29, Year: 2023}), []string{"birthday.day:range"}},
		"29 February 1900":   {day(catalogue.Yearly{Calendar: "solar", Month: 2, Day: 29, Year: 1900}), []string{"birthday.day:range"}},
		"30 February":        {day(catalogue.Yearly{Calendar: "solar", Month: 2, Day: 30}), []string{"birthday.day:range"}},
		"lunar 30th":         {day(catalogue.Yearly{Calendar: "lunar", Month: 2, Day: 30}), nil},
		"lunar 31st":         {day(catalogue.Yearly{Calendar: "lunar", Month: 1, Day: 31}), []string{"birthday.day:range"}},
		"lunar leap month":   {day(catalogue.Yearly{Calendar: "lunar", Month: 4, Day: 1, Leap: true}), nil},
		"solar leap month":   {day(catalogue.Yearly{Calendar: "solar", Month: 4, Day: 1, Leap: true}), []string{"birthday.leap:lunar"}},
		"month 13, day 0":    {day(catalogue.Yearly{Calendar: "solar", Month: 13}), []string{"birthday.month:range"}},
		"day 0":              {day(catalogue.Yearly{Calendar: "solar", Month: 1}), []string{"birthday.day:range"}},
		"no calendar":        {day(catalogue.Yearly{Month: 1, Day: 1}), []string{"birthday.calendar:one_of"}},
		"born this year":     {day(catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1, Year: 2027}), nil},
		"born next year":     {day(catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1, Year: 2028}), []string{"birthday.year:range"}},
		"born long ago":      {day(catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1, Year: 1899}), []string{"birthday.year:range"}},
		"a birthday forgot":  {customer.ContactEdit{Forget: []string{"birthday"}}, nil},
		"first number twice": {customer.ContactEdit{Phone: to("13812341234"), Phones: to([]string{"138 1234 1234"})}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := staff(t)
			before := f.Before()
			_, err := f.EditContact("buyer", c.edit, now)
			if got := named(t, err); !slices.Equal(got, c.want) {
				t.Errorf("named %v (%v), want %v", got, err, c.want)
			}
			if err != nil && len(f.Settle(before, now)) > 0 {
				t.Error("half of it was taken over")
			}
			if b, _ := f.Contact("buyer"); slices.Contains(b.Phones, b.Phone) && b.Phone != "" {
				t.Errorf("%s is listed twice", b.Phone)
			}
		})
	}
}

func TestUnknownContacts(t *testing.T) {
	f := staff(t)
	_, err := f.EditContact("x", customer.ContactEdit{}, now)
	_, err2 := f.Depart("x", 0, "", "", now)
	_, err3 := f.Return("x")
	for _, err := range []error{err, err2, err3} {
		var e *problem.Error
		if !errors.As(err, &e) || e.Code != problem.NotFound {
			t.Errorf("%v", err)
		}
	}
	for i := len(f.Contacts); i < 100; i++ {
		if _, err := f.AddContact(fmt.Sprint(i), customer.ContactEdit{Name: to("甲")}, now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.AddContact("101", customer.ContactEdit{Name: to("甲")}, now); !slices.Equal(named(t, err), []string{"contacts:max_items"}) {
		t.Errorf("the 101st: %v", err)
	}
}

// a key contact who leaves without successor leaves a vacant post; a
// successor, found at once or later, takes it over with those who reported to it.
func TestDecisionMakerLeaves(t *testing.T) {
	f := staff(t)
	if _, err := f.EditContact("head", customer.ContactEdit{Role: to(catalogue.RoleDecisionMaker)}, now); err != nil {
		t.Fatal(err)
	}
	fact, err := f.Depart("head", now-1000, "", "调任", now)
	if err != nil || fact.Change != catalogue.ContactLeft || fact.Before.LeftAt != 0 || fact.After.LeftAt != now-1000 || fact.After.Successor != "" || fact.After.Role != catalogue.RoleDecisionMaker ||
		!slices.Equal(fact.Changed, []string{"note", "left_at"}) {
		t.Fatalf("fact %+v, %v", fact, err)
	}
	if v := f.Vacant(); !slices.Equal(v, []string{"head"}) {
		t.Errorf("vacant %v", v)
	}
	for successor, want := range map[string]string{"head": "successor:self", "nobody": "successor:exists"} {
		if _, err := f.Depart("head", 0, successor, "", now); !slices.Equal(named(t, err), []string{want}) {
			t.Errorf("%s: %v", successor, err)
		}
	}
	if _, err := f.Depart("clerk", now+1, "", "", now); !slices.Equal(named(t, err), []string{"left_at:past"}) {
		t.Errorf("left in the future: %v", err)
	}
	fact, err = f.Depart("head", 0, "clerk", "", now) // who stands two below
	if err != nil || fact.After.Successor != "clerk" || fact.After.LeftAt != now-1000 || len(f.Vacant()) != 0 {
		t.Fatalf("fact %+v, %v, vacant %v", fact, err, f.Vacant())
	}
	clerk, _ := f.Contact("clerk")
	buyer, _ := f.Contact("buyer")
	if clerk.ReportsTo != "chair" || buyer.ReportsTo != "clerk" {
		t.Errorf("clerk reports to %s, buyer to %s", clerk.ReportsTo, buyer.ReportsTo)
	}
	if _, err := f.Depart("buyer", 0, "head", "", now); !slices.Equal(named(t, err), []string{"successor:left"}) {
		t.Errorf("succeeded by who left: %v", err)
	}
	if fact, err := f.Return("head"); err != nil || fact.After.LeftAt != 0 || fact.After.Successor != "" {
		t.Errorf("returned %+v, %v", fact, err)
	}
	if fact, err := f.Return("head"); err != nil || fact != nil {
		t.Errorf("returned twice: %+v, %v", fact, err)
	}
}

// Contacts of documents from before contacts had ids stay readable and get one,
// the same whenever it is asked for, and two of one name two.
func TestOldContactsGetAnID(t *testing.T) {
	const old = `{"id":"c1","kind":"company","name":"华兴","contacts":[{"name":"张伟","phone":"+8613812341234"},{"name":"张伟","email":"z@huaxing.cn"}],"created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"}`
	var a, b customer.File
	for _, f := range []*customer.File{&a, &b} {
		if err := json.Unmarshal([]byte(old), f); err != nil {
			t.Fatal(err)
		}
		f.IdentifyContacts()
	}
	x, y := a.Contacts[0], a.Contacts[1]
	if x.ID == "" || y.ID == "" || x.ID == y.ID || x.Phone == "" || b.Contacts[0].ID != x.ID || b.Contacts[1].ID != y.ID {
		t.Fatalf("%+v, %+v", a.Contacts, b.Contacts)
	}
	if _, err := a.EditContact(y.ID, customer.ContactEdit{Role: to("user")}, now); err != nil {
		t.Error(err)
	}
}

// Whatever is done to contacts, in any order, no circle of superiors comes of it,
// ids stay unique, and the organization shows everybody once.
func TestOrganizationsStayTrees(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := customer.File{Customer: catalogue.Customer{ID: "c"}}
		id := rapid.IntRange(0, 7)
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			who, other := fmt.Sprint(id.Draw(r, "who")), fmt.Sprint(id.Draw(r, "other"))
			var err error
			switch rapid.IntRange(0, 4).Draw(r, "what") {
			case 0:
				if _, known := f.Contact(who); !known {
					_, err = f.AddContact(who, customer.ContactEdit{Name: &who, ReportsTo: &other}, now)
				}
			case 1:
				_, err = f.EditContact(who, customer.ContactEdit{ReportsTo: &other}, now)
			case 2:
				_, err = f.Depart(who, 0, other, "", now)
			case 3:
				_, err = f.Return(who)
			case 4:
				o := customer.File{Customer: catalogue.Customer{ID: "o", Contacts: []catalogue.Contact{{ID: who, Name: who, ReportsTo: other}, {ID: other + "x", Name: other, ReportsTo: who}}}}
				f.Absorb(o, now)
			}
			_ = err // refusals are the point
			shown := map[string]int{}
			var walk func([]customer.Post)
			walk = func(posts []customer.Post) {
				for _, p := range posts {
					shown[p.Contact.ID]++
					walk(p.Reports)
				}
			}
			walk(f.Organization())
			for _, c := range f.Contacts {
				if shown[c.ID] != 1 {
					r.Fatalf("%s is shown %d times: %+v", c.ID, shown[c.ID], f.Contacts)
				}
				for at, n := c, 0; at.ReportsTo != ""; n++ {
					if n > len(f.Contacts) {
						r.Fatalf("a circle above %s: %+v", c.ID, f.Contacts)
					}
					at, _ = f.Contact(at.ReportsTo)
				}
			}
		}
	})
}
