package outreach_test

import (
	"slices"
	"testing"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/policy"
)

// D-9: what is over the budget waits for the earliest free instant, leaves then by
// itself, and its steps are told.
func TestDeferredLeavesByItself(t *testing.T) {
	o := open(t)
	first, second := o.reach("a", mail("c", "sales")), o.reach("b", mail("c", "service"))
	if first.Status != catalogue.OutreachSent || first.Address != "c@customer.test" || first.SentAt != monday {
		t.Errorf("first %+v", first)
	}
	tuesday := at("2026-03-03 09:00")
	if second.Status != catalogue.OutreachDeferred || second.SendAt != tuesday || second.Rule != "outreach.per_day" || second.Reason.En != "The contacts of the day are used up; free from 2026-03-03 09:00 on" {
		t.Errorf("second %+v", second)
	}
	o.later(tuesday - 1)
	if c := o.see("b"); c.SentAt != 0 {
		t.Errorf("too early: %+v", c)
	}
	o.later(tuesday)
	o.later(tuesday + 1)
	if c := o.see("b"); c.Status != catalogue.OutreachSent || c.SentAt != tuesday {
		t.Errorf("second %+v", c)
	}
	if got := o.steps("b"); !slices.Equal(got, []string{"deferred", "sent"}) {
		t.Errorf("steps %v", got)
	}
	if again := o.reach("a", mail("c", "sales")); again.SentAt != monday || len(o.steps("a")) != 2 {
		t.Errorf("asked again: %+v, %v", again, o.steps("a"))
	}
}

// D-9: the place of what is withdrawn goes to the next; withdrawing again finds
// nothing; what is asked for afterwards is refused.
func TestWithdrawn(t *testing.T) {
	o := open(t)
	case1 := catalogue.Subject{Kind: catalogue.KindIntervention, ID: "i1"}
	o.reach("a", mail("c", "sales"))
	ask := mail("c", "service")
	ask.For = &case1
	o.reach("b", ask)
	o.reach("d", mail("c", "product"))
	if n, err := o.Withdraw(t.Context(), case1, "recovered"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n, _ := o.Withdraw(t.Context(), case1, "recovered"); n != 0 {
		t.Errorf("withdrawn twice: %d", n)
	}
	o.later(monday + 1)
	if c := o.see("d"); c.SendAt != at("2026-03-03 09:00") {
		t.Errorf("the next did not move up: %+v", c)
	}
	if c := o.reach("e", ask); c.Status != catalogue.OutreachRefused || c.Rule != "outreach.withdrawn" {
		t.Errorf("asked for afterwards: %+v", c)
	}
	o.later(monday + 10*day)
	if got := o.steps("b"); !slices.Equal(got, []string{"deferred", "withdrawn"}) {
		t.Errorf("steps %v", got)
	}
}

// D-9: the customer's own word comes first: consent per channel, contacts who
// left, addresses that are not known; also what they say while it waits.
func TestUnwelcome(t *testing.T) {
	said := func(channel, status string) func(*customer.File) {
		return func(f *customer.File) {
			f.Consent = []catalogue.Consent{{Channel: channel, Status: status, At: monday}}
		}
	}
	for name, c := range map[string]struct {
		file   func(*customer.File)
		ask    func(*effects.ReachCustomer)
		policy func(*policy.Sections)
		rule   string
	}{
		"withdrawn":            {said("mail", "withdrawn"), nil, nil, "outreach.consent"},
		"withdrawn elsewhere":  {said("sms", "withdrawn"), nil, nil, ""},
		"what a contract owes": {said("mail", "withdrawn"), func(a *effects.ReachCustomer) { a.Purpose = "contract" }, nil, ""},
		"consent is needed":    {nil, nil, func(s *policy.Sections) { s.Outreach.OptIn = []string{"mail"} }, "outreach.consent"},
		"consent is given":     {said("mail", "given"), nil, func(s *policy.Sections) { s.Outreach.OptIn = []string{"mail"} }, ""},
		"no address":           {func(f *customer.File) { f.Emails = nil }, nil, nil, "outreach.address"},
		"the contact has left": {func(f *customer.File) {
			f.Contacts = []catalogue.Contact{{ID: "k", Name: "K", Email: "k@c.test", LeftAt: monday}}
		}, func(a *effects.ReachCustomer) { a.Contact = "k" }, nil, "outreach.contact_left"},
		"the contact is reached":  {func(f *customer.File) { f.Contacts = []catalogue.Contact{{ID: "k", Name: "K", Email: "k@c.test"}} }, func(a *effects.ReachCustomer) { a.Contact = "k" }, nil, ""},
		"refused rather than put": {nil, func(a *effects.ReachCustomer) { a.NotBefore, a.IfFull = monday, "refuse" }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var change []func(*policy.Sections)
			if c.policy != nil {
				change = append(change, c.policy)
			}
			o := open(t, change...)
			o.files.put("c", c.file)
			ask := mail("c", "sales")
			if c.ask != nil {
				c.ask(&ask)
			}
			if got := o.reach("a", ask); got.Rule != c.rule || (got.Status == catalogue.OutreachRefused) != (c.rule != "") {
				t.Errorf("%+v", got)
			}
		})
	}
	o := open(t)
	o.reach("a", mail("c", "sales"))
	o.reach("b", mail("c", "sales"))
	o.files.put("c", said("mail", "withdrawn"))
	o.later(at("2026-03-03 09:00"))
	if c := o.see("b"); c.Status != catalogue.OutreachRefused || c.Rule != "outreach.consent" {
		t.Errorf("sent although the customer said no meanwhile: %+v", c)
	}
}

// D-9: what people do counts, of every department and channel: a call that nobody
// asked for moves what waits; told twice or by two sources it counts once; what
// Liuke sent itself has its place already; an answer does not count.
func TestPeoplesContactsCount(t *testing.T) {
	o := open(t)
	entry := catalogue.TimelineEntry{ID: "phone:1", Customer: "c", Kind: catalogue.EntryCall, Source: "phone", SourceID: "1", OccurredAt: monday, Direction: catalogue.Outbound, By: "wang"}
	for range 2 {
		if err := o.tell("timeline/phone:1", &catalogue.TimelineRecorded{After: entry}); err != nil {
			t.Fatal(err)
		}
	}
	double := entry
	double.ID, double.SameAs = "crm:7", "phone:1"
	own := entry
	own.ID, own.Source, own.Kind, own.Data = "liuke:x", "liuke", catalogue.EntryMail, map[string]string{"outreach": "x"}
	usage := entry
	usage.ID, usage.Kind = "app:1", catalogue.EntryQuote
	for _, e := range []catalogue.TimelineEntry{double, own, usage} {
		if err := o.tell("timeline/"+e.ID, &catalogue.TimelineRecorded{After: e}); err != nil {
			t.Fatal(err)
		}
	}
	var b struct{ Today, Week int }
	if status := o.call("service", "GET", "/v1/customers/c/contact-budget", nil, &b); status != 200 || b.Today != 1 || b.Week != 1 {
		t.Errorf("%d %+v", status, b)
	}
	if c := o.reach("a", mail("c", "service")); c.SendAt != at("2026-03-03 09:00") {
		t.Errorf("after a call: %+v", c)
	}
	reply := entry
	reply.ID, reply.Direction, reply.OccurredAt = "mail:9", catalogue.Inbound, monday+hour
	if err := o.tell("timeline/mail:9", &catalogue.TimelineRecorded{After: reply}); err != nil {
		t.Fatal(err)
	}
	o.now.Store(int64(monday + 2*hour))
	ask := mail("c", "service")
	ask.Purpose = "answer"
	if c := o.reach("answer", ask); c.Status != catalogue.OutreachSent || c.Counted {
		t.Errorf("an answer: %+v", c)
	}
	if err := o.tell("timeline/z", &catalogue.TimelineRecorded{After: catalogue.TimelineEntry{ID: "z", Customer: "nobody", Kind: "call", Direction: catalogue.Outbound, OccurredAt: monday}}); err == nil {
		t.Error("a customer who does not exist")
	}
}

// D-9: how its channel took it is seen at the contact; a failure that was tried again ends well.
func TestDelivered(t *testing.T) {
	o := open(t)
	o.reach("a", mail("c", "sales"))
	for _, c := range []struct{ status, want string }{{"failed", "failed"}, {"failed", "failed"}, {"delivered", "delivered"}, {"failed", "delivered"}} {
		if err := o.tell("delivery/a", &catalogue.DeliveryEnded{Outreach: "a", Channel: "email", Status: c.status, Error: "550"}); err != nil {
			t.Fatal(err)
		}
		if got := o.see("a"); got.Status != c.want {
			t.Errorf("%s: %s", c.status, got.Status)
		}
	}
	if got := o.steps("a"); !slices.Equal(got, []string{"planned", "sent", "failed", "delivered"}) {
		t.Errorf("steps %v", got)
	}
}

// When two files turn out to be one customer, they have one budget.
func TestOneCustomerOneBudget(t *testing.T) {
	o := open(t)
	o.files.put("d", nil)
	o.reach("a", mail("c", "sales"))
	o.reach("b", mail("d", "sales"))
	o.reach("b2", mail("d", "sales"))
	o.files.put("d", func(f *customer.File) { f.MergedInto = "c" })
	if err := o.tell("customer/d", &catalogue.CustomerFolded{From: "d", Into: "c"}); err != nil {
		t.Fatal(err)
	}
	var b struct{ Today, Week int }
	o.call("service", "GET", "/v1/customers/d/contact-budget", nil, &b)
	if b.Today != 2 || b.Week != 3 {
		t.Errorf("%+v", b)
	}
	o.later(at("2026-03-03 09:00"))
	if c := o.see("b2"); c.SentAt == 0 {
		t.Errorf("what waited at the other: %+v", c)
	}
}
