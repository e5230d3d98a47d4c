package customer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

var options = policy.Defaults().Customers

func fresh(n int) string { return fmt.Sprintf("new-%d", n) }

// tiers, types, tags, preferences, channels, time zone and care
// dates are checked against the policy, for firms and persons alike; what is wrong
// is named, all of it, and nothing is changed.
func TestProfilesAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		say  customer.Profile
		want []string
	}{
		"nothing":         {customer.Profile{}, nil},
		"tier and type":   {customer.Profile{Tier: to("vip"), Type: to("dealer")}, nil},
		"none of either":  {customer.Profile{Tier: to(""), Type: to("")}, nil},
		"unknown options": {customer.Profile{Tier: to("gold"), Type: to("x"), Tags: to([]string{"reference", "y"}), ProductTags: to([]string{"z"}), NeedTags: to([]string{""})}, []string{"tier:one_of", "type:one_of", "tags[1]:one_of", "product_tags[0]:one_of", "need_tags[0]:required"}},
		"what it had":     {customer.Profile{Tier: to("platinum"), Tags: to([]string{"of_old"})}, nil},
		"too many tags":   {customer.Profile{Tags: to(make([]string, 51))}, []string{"tags:max_items"}},
		"preferences":     {customer.Profile{Preferences: to([]catalogue.Preference{{Topic: "contact_time", Value: "下午"}, {Topic: "x", Value: "y"}, {Topic: "", Value: " "}, {Topic: "other", Value: strings.Repeat("长", 501)}})}, []string{"preferences[1].topic:one_of", "preferences[2].value:required", "preferences[2].topic:required", "preferences[3].value:max_length"}},
		"channels": {customer.Profile{Channels: to([]catalogue.ContactChannel{{Channel: "mail", Address: "A@huaxing.cn", Preferred: true, Contact: "li"}, {Channel: "phone", Address: "12"}, {Channel: "pigeon", Address: "x"}, {Channel: "", Address: ""},
			{Channel: "wechat", Address: "w", Preferred: true, Contact: "nobody"}, {Channel: "mail", Address: "a@huaxing.cn"}})},
			[]string{"channels[1].address:phone", "channels[2].channel:one_of", "channels[3].channel:required", "channels[3].address:required", "channels[4].contact:exists", "channels[4].preferred:one", "channels[5]:duplicate"}},
		"a zone":             {customer.Profile{TimeZone: to("Asia/Urumqi")}, nil},
		"no zone of its own": {customer.Profile{TimeZone: to("")}, nil},
		"no such zone":       {customer.Profile{TimeZone: to("Asia/Nowhere")}, []string{"time_zone:time_zone"}},
		"the machine's":      {customer.Profile{TimeZone: to("Local")}, []string{"time_zone:time_zone"}},
		"a path":             {customer.Profile{TimeZone: to("../etc/passwd")}, []string{"time_zone:time_zone"}},
		"care dates": {customer.Profile{CareDates: to([]catalogue.CareDate{{Kind: "birthday", Date: catalogue.Yearly{Calendar: "lunar", Month: 8, Day: 15}, Contact: "li"}, {ID: "d1", Kind: "anniversary", Date: catalogue.Yearly{Calendar: "solar", Month: 10, Day: 1}},
			{Kind: "custom", Date: catalogue.Yearly{Calendar: "solar", Month: 2, Day: 30}}, {ID: "d9", Kind: "", Date: catalogue.Yearly{Calendar: "moon", Month: 1, Day: 1}, Contact: "x"}, {ID: "d1", Kind: "birthday", Date: catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1}}})},
			[]string{"care_dates[2].name:required", "care_dates[2].date.day:range", "care_dates[3].kind:required", "care_dates[3].date.calendar:one_of", "care_dates[3].contact:exists", "care_dates[3].id:exists", "care_dates[4].id:duplicate"}},
	} {
		for _, kind := range []string{"company", "person"} {
			t.Run(name+" of a "+kind, func(t *testing.T) {
				f := customer.File{Customer: catalogue.Customer{ID: "c1", Kind: kind, Name: "n", Tier: "platinum", Tags: []string{"of_old"}, Contacts: []catalogue.Contact{{ID: "li", Name: "李"}},
					CareDates: []catalogue.CareDate{{ID: "d1", Kind: "birthday", Date: catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1}}}}}
				f.Settle(f.Before(), now)
				before := f.Before()
				err := f.Describe(c.say, options, "wang", now, fresh)
				if got := named(t, err); !slices.Equal(got, c.want) {
					t.Errorf("named %v, want %v", got, c.want)
				}
				if changed := f.Settle(before, now); err != nil && len(changed) > 0 {
					t.Errorf("half of it was taken over: %v", changed)
				}
			})
		}
	}
}

// Numbers and addresses are kept in one spelling, new care dates get ids, known ones keep theirs.
func TestProfileIsTakenOver(t *testing.T) {
	f := customer.File{Customer: catalogue.Customer{ID: "c1", CareDates: []catalogue.CareDate{{ID: "d1", Kind: "birthday", Date: catalogue.Yearly{Calendar: "solar", Month: 1, Day: 1}}}}}
	before := f.Before()
	err := f.Describe(customer.Profile{Tags: to([]string{"strategic", "reference", "strategic"}), TimeZone: to("Asia/Shanghai"),
		Channels:  to([]catalogue.ContactChannel{{Channel: "sms", Address: "138 1234 1234"}, {Channel: "mail", Address: " A@Huaxing.cn "}}),
		CareDates: to([]catalogue.CareDate{{ID: "d1", Kind: "birthday", Date: catalogue.Yearly{Calendar: "lunar", Month: 1, Day: 1}}, {Kind: "custom", Name: "开业", Date: catalogue.Yearly{Calendar: "solar", Month: 5, Day: 4}}})}, options, "wang", now, fresh)
	if err != nil {
		t.Fatal(err)
	}
	if changed := f.Settle(before, now); !slices.Equal(changed, []string{"tags", "channels", "time_zone", "care_dates"}) {
		t.Errorf("changed %v", changed)
	}
	if !slices.Equal(f.Tags, []string{"reference", "strategic"}) || f.Channels[0].Address != "+8613812341234" || f.Channels[1].Address != "a@huaxing.cn" ||
		f.CareDates[0].ID != "d1" || f.CareDates[0].Date.Calendar != "lunar" || f.CareDates[1].ID != "new-1" {
		t.Errorf("%+v", f.Customer)
	}
}

// need tags keep when each need held, who said so, and which change of need
// brought and ended it.
func TestNeedsHaveAHistory(t *testing.T) {
	f := customer.File{}
	if err := f.Describe(customer.Profile{NeedTags: to([]string{"cost", "growth"})}, options, "wang", now, fresh); err != nil {
		t.Fatal(err)
	}
	f.Apply(catalogue.NeedChange{ID: "n1", RequestedBy: "li", Add: []string{"integration", "cost"}, Remove: []string{"growth"}}, now+1000)
	want := []catalogue.NeedTag{{Tag: "cost", Since: now, By: "wang"}, {Tag: "growth", Since: now, Until: now + 1000, By: "wang", EndedBy: "n1"}, {Tag: "integration", Since: now + 1000, By: "li", Cause: "n1"}}
	if !slices.Equal(f.NeedTags, []string{"cost", "integration"}) || !slices.Equal(f.NeedHistory, want) {
		t.Fatalf("%v, %+v", f.NeedTags, f.NeedHistory)
	}
	f.Apply(catalogue.NeedChange{ID: "n2", Remove: []string{"integration"}}, now+2000)
	if f.Apply(catalogue.NeedChange{ID: "n1", Add: []string{"integration"}}, now+3000) || slices.Contains(f.NeedTags, "integration") {
		t.Error("a change that was taken over is taken over again")
	}
	for n := range 300 { // past needs are bounded, present ones never lost
		f.Apply(catalogue.NeedChange{ID: fmt.Sprint("on", n), Add: []string{"expansion"}}, now+instant.Time(n))
		f.Apply(catalogue.NeedChange{ID: fmt.Sprint("off", n), Remove: []string{"expansion"}}, now+instant.Time(n)+1)
	}
	if len(f.NeedHistory) != 200 || f.NeedHistory[0].Tag != "cost" || !slices.Equal(f.NeedTags, []string{"cost"}) {
		t.Errorf("%d entries, first %+v, needs %v", len(f.NeedHistory), f.NeedHistory[0], f.NeedTags)
	}
}

// the first needs are recorded freely, a change of them takes approval.
func TestWhatChangesNeeds(t *testing.T) {
	f := customer.File{}
	first, same, other, none := customer.Profile{NeedTags: to([]string{"cost"})}, customer.Profile{NeedTags: to([]string{"cost", "cost"})}, customer.Profile{NeedTags: to([]string{"growth"})}, customer.Profile{NeedTags: to([]string{})}
	if first.ChangesNeeds(&f) {
		t.Error("the first needs change needs")
	}
	if err := f.Describe(first, options, "wang", now, fresh); err != nil {
		t.Fatal(err)
	}
	if same.ChangesNeeds(&f) || (customer.Profile{}).ChangesNeeds(&f) || !other.ChangesNeeds(&f) || !none.ChangesNeeds(&f) {
		t.Error("what changes needs is not told from what does not")
	}
}

// Consent is the customer's last word per channel: with when and how it is known;
// an earlier word that arrives late changes nothing.
func TestConsent(t *testing.T) {
	f := customer.File{}
	say := func(channel, status, source string, at instant.Time) []string {
		return named(t, f.Agree(catalogue.Consent{Channel: channel, Status: status, Source: source, At: at, By: "wang"}, options, now))
	}
	if w := say("sms", "given", "展会登记表", now-1000); w != nil {
		t.Fatal(w)
	}
	if w := say("sms", "withdrawn", "电话", 0); w != nil || f.Consent[0].Status != "withdrawn" || f.Consent[0].At != now {
		t.Fatalf("%v, %+v", w, f.Consent)
	}
	for name, c := range map[string]struct {
		got, want []string
	}{
		"late":     {say("sms", "given", "旧表", now-1), []string{"at:newest"}},
		"future":   {say("sms", "given", "x", now+1), []string{"at:past"}},
		"all":      {say("pigeon", "", " ", 0), []string{"channel:one_of", "status:required", "source:required"}},
		"perhaps":  {say("mail", "perhaps", "x", 0), []string{"status:one_of"}},
		"long":     {say("mail", "given", strings.Repeat("x", 501), 0), []string{"source:max_length"}},
		"no other": {say("mail", "given", "合同", now), nil},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if len(f.Consent) != 2 || f.Consent[0].Status != "withdrawn" {
		t.Errorf("%+v", f.Consent)
	}
}
