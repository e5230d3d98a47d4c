package outreach_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

var departments = []string{"sales", "service", "product", "operations"}

// sent gives the contacts with a customer that left, by when.
func (o *office) sent(customer string) map[string]instant.Time {
	o.t.Helper()
	out := map[string]instant.Time{}
	after := ""
	for {
		list, next, err := o.List(o.t.Context(), callers["journeys"], customer, 100, after)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, c := range list {
			if c.SentAt != 0 {
				out[c.ID] = c.SentAt
			}
		}
		if after = next; after == "" {
			return out
		}
	}
}

// within fails where a day or seven days hold more contacts than the shipped policy allows.
func within(t rapid.TB, sent map[string]instant.Time) {
	t.Helper()
	days := map[int64]int{}
	for _, at := range sent {
		days[int64(at+8*hour)/int64(day)]++
	}
	for d, n := range days {
		week := 0
		for i := range int64(7) {
			week += days[d+i]
		}
		if n > 1 || week > 3 {
			t.Errorf("%d contacts on a day, %d in seven days", n, week)
		}
	}
}

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

// D-9: four departments send to the same customers at once, over HTTP; no day and
// no seven days hold more than the policy allows, nothing leaves twice, what was
// withdrawn in between never leaves.
func TestFourDepartmentsAtOnce(t *testing.T) {
	o := open(t)
	customers := []string{"c", "d"}
	o.files.put("d", nil)
	var wg sync.WaitGroup
	for i, department := range departments {
		for n := range 6 {
			wg.Go(func() {
				ask := mail(customers[n%2], department)
				ask.For = &catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(n % 3)}
				id := department + strconv.Itoa(n)
				for range 2 { // each is asked for twice
					if status := o.call("journeys", "PUT", "/v1/outreach/"+id, ask, nil); status != 200 && status != 409 {
						t.Errorf("%s: %d", id, status)
					}
				}
				if i == 0 && n == 5 {
					body := effects.WithdrawOutreach{For: catalogue.Subject{Kind: catalogue.KindIntervention, ID: "2"}, Reason: "recovered"}
					if status := o.call("journeys", "PUT", "/v1/outreach/withdrawals/w", body, nil); status != 200 {
						t.Errorf("withdraw: %d", status)
					}
				}
			})
		}
	}
	wg.Go(func() { // and the sweep is at it all the time
		for range 20 {
			_ = o.Round(t.Context())
		}
	})
	wg.Wait()
	for d := range 40 {
		o.later(monday + instant.Time(d)*day)
	}
	total := 0
	for _, c := range customers {
		sent := o.sent(c)
		within(t, sent)
		total += len(sent)
		for id := range sent {
			steps := o.steps(id)
			if n := len(slices.DeleteFunc(slices.Clone(steps), func(s string) bool { return s != "sent" })); n != 1 || slices.Contains(steps, "withdrawn") {
				t.Errorf("%s: %v", id, steps)
			}
		}
	}
	if total < 16 {
		t.Errorf("%d left, at least those of two subjects", total)
	}
}

// D-9: in one process too, at any interleaving of asking, withdrawing and sending.
func TestRaces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := open(t)
		var wg sync.WaitGroup
		n := rapid.IntRange(2, 12).Draw(rt, "contacts")
		withdrawn := rapid.IntRange(0, 2).Draw(rt, "withdrawn subject")
		for i := range n {
			ask := mail("c", departments[i%4])
			ask.For = &catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(i % 3)}
			ask.NotBefore = monday + instant.Time(rapid.IntRange(0, 3).Draw(rt, "from"))*day
			wg.Go(func() { _, _ = o.Reach(t.Context(), fmt.Sprint(i), "journeys", ask) })
		}
		wg.Go(func() {
			if _, err := o.Withdraw(t.Context(), catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(withdrawn)}, "recovered"); err != nil {
				t.Error(err)
			}
		})
		for range 3 {
			wg.Go(func() { _ = o.Round(t.Context()) })
		}
		wg.Wait()
		for d := range 30 {
			o.later(monday + instant.Time(d)*day)
		}
		sent := o.sent("c")
		within(rt, sent)
		for i := range n {
			c := o.see(fmt.Sprint(i))
			_, left := sent[c.ID]
			switch c.Status {
			case catalogue.OutreachSent:
				if !left {
					rt.Errorf("%s is sent and did not leave", c.ID)
				}
			case catalogue.OutreachWithdrawn, catalogue.OutreachRefused:
				if left || i%3 != withdrawn {
					rt.Errorf("%s: %+v", c.ID, c)
				}
			default:
				rt.Errorf("%s is still %s", c.ID, c.Status)
			}
		}
	})
}

// D-9: whatever the store fails to keep in between, or keeps and does not say so,
// the sweep finishes: nothing leaves twice or over the budget, nothing is forgotten,
// nothing that was withdrawn leaves.
func TestFaultsInBetween(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := open(t)
		o.store.Percent.Store(rapid.Int64Range(5, 50).Draw(rt, "percent"))
		accepted, withdrawn := map[string]bool{}, catalogue.Subject{Kind: catalogue.KindIntervention, ID: "1"}
		for i := range rapid.IntRange(1, 8).Draw(rt, "contacts") {
			ask := mail("c", departments[i%4])
			ask.For = &catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(i % 2)}
			id := fmt.Sprint(i)
			for range 60 { // as activities do
				if _, err := o.Reach(t.Context(), id, "journeys", ask); err == nil {
					accepted[id] = true
					break
				}
			}
			o.now.Add(int64(rapid.IntRange(0, 20).Draw(rt, "hours")) * int64(hour))
			_ = o.Round(t.Context())
		}
		took := false
		for range 60 {
			if _, err := o.Withdraw(t.Context(), withdrawn, "recovered"); err == nil {
				took = true
				break
			}
		}
		o.store.Percent.Store(0)
		morning := monday + (o.clock()-monday+day-1)/day*day
		for d := range 28 {
			o.later(morning + instant.Time(d)*day)
			o.later(o.clock())
		}
		sent := o.sent("c")
		within(rt, sent)
		for id := range accepted {
			c := o.see(id)
			n := 0
			for _, s := range o.steps(id) {
				if s == "sent" {
					n++
				}
			}
			ended := c.Status == catalogue.OutreachSent && n == 1 || n == 0 && (c.Status == catalogue.OutreachWithdrawn || c.Status == catalogue.OutreachRefused)
			if !ended || took && c.Status == catalogue.OutreachRefused && c.For.ID != withdrawn.ID {
				rt.Errorf("%s: %+v, left %d times", id, c, n)
			}
		}
	})
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

// R-159, D-9: statuses over HTTP, and what is wrong with an ask is all named.
func TestHTTP(t *testing.T) {
	o := open(t)
	bad := effects.ReachCustomer{Customer: "c", Channel: "pigeon", Purpose: "care", Department: "sales", NotBefore: monday + day, Until: monday}
	var p httpx.Problem
	if status := o.call("journeys", "PUT", "/v1/outreach/a", bad, &p); status != 422 || len(p.Errors) != 3 {
		t.Errorf("%d %+v", status, p.Errors)
	}
	full := mail("c", "sales")
	full.IfFull = "refuse"
	for _, c := range []struct {
		who, method, path string
		body              any
		want              int
	}{
		{"wang", "PUT", "/v1/outreach/a", mail("c", "sales"), 403},
		{"", "PUT", "/v1/outreach/a", mail("c", "sales"), 401},
		{"journeys", "PUT", "/v1/outreach/a", mail("nobody", "sales"), 404},
		{"journeys", "PUT", "/v1/outreach/a", mail("c", "sales"), 200},
		{"journeys", "PUT", "/v1/outreach/full", full, 409},
		{"journeys", "PUT", "/v1/outreach/full", full, 409},
		{"zhao", "POST", "/v1/outreach", mail("c", "sales"), 403},
		{"wang", "POST", "/v1/outreach", mail("c", "sales"), 201},
		{"wang", "GET", "/v1/outreach?customer=c", nil, 200},
		{"zhao", "GET", "/v1/outreach?customer=c", nil, 403},
		{"wang", "GET", "/v1/outreach?status=failed", nil, 403},
		{"admin", "GET", "/v1/outreach?status=failed", nil, 200},
		{"admin", "GET", "/v1/outreach", nil, 422},
		{"wang", "GET", "/v1/outreach/a", nil, 200},
		{"wang", "GET", "/v1/outreach/none", nil, 404},
		{"wang", "POST", "/v1/outreach/a/withdrawal", map[string]any{"reason": "x"}, 409},
		{"wang", "PUT", "/v1/outreach/withdrawals/w", effects.WithdrawOutreach{For: catalogue.Subject{Kind: "deal", ID: "x"}, Reason: "x"}, 403},
		{"journeys", "PUT", "/v1/outreach/withdrawals/w", effects.WithdrawOutreach{For: catalogue.Subject{Kind: "deal"}, Reason: "x"}, 422},
		{"zhao", "GET", "/v1/customers/c/contact-budget", nil, 403},
		{"product", "GET", "/v1/customers/c/contact-budget", nil, 200},
		{"product", "GET", "/v1/customers/none/contact-budget", nil, 404},
		{"product", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "product"}, 409},
		{"product", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "product", "at": monday - 2*day}, 422},
		{"product", "DELETE", "/v1/customers/c/contact-budget/reservations/none", nil, 404},
	} {
		if status := o.call(c.who, c.method, c.path, c.body, nil); status != c.want {
			t.Errorf("%s %s %s: %d, want %d", c.who, c.method, c.path, status, c.want)
		}
	}
}

// D-9: a person asks before they call: the place is theirs until it ends; others are
// told from when on it is free; given back it is free again.
func TestReservations(t *testing.T) {
	o := open(t)
	var mine struct{ ID, State string }
	if status := o.call("service", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "service"}, &mine); status != 201 || mine.State != "held" {
		t.Fatal(status, mine)
	}
	var p httpx.Problem
	if status := o.call("ops", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "operations"}, &p); status != 409 || p.Rule != "outreach.per_day" {
		t.Errorf("%d %+v", status, p)
	}
	if c := o.reach("a", mail("c", "sales")); c.SendAt != at("2026-03-03 09:00") {
		t.Errorf("%+v", c)
	}
	if status := o.call("service", "DELETE", "/v1/customers/c/contact-budget/reservations/"+mine.ID, nil, nil); status != 204 {
		t.Error(status)
	}
	o.later(monday + 1)
	if c := o.see("a"); c.Status != catalogue.OutreachSent {
		t.Errorf("given back, and yet %+v", c)
	}
}

// BenchmarkReach contacts customers by 16 at once, each with a budget of its own:
// written down, placed and sent.
func BenchmarkReach(b *testing.B) {
	o := open(b)
	for i := range b.N {
		o.files.put(strconv.Itoa(i), nil)
	}
	var n atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := strconv.FormatInt(n.Add(1)-1, 10)
			if _, err := o.Reach(b.Context(), id, "journeys", mail(id, "sales")); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
}
