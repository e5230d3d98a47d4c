package standing_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// a decision maker who leaves asks for an executive-level
// conversation until the successor has taken over; it is severe once nobody has
// for the policy's time.
func TestDecisionMakerChanges(t *testing.T) {
	left := func(days float64, successor string) []standing.Classed {
		return standing.FromContact("contact/1/2/0", ago(days), catalogue.ContactChanged{Change: catalogue.ContactLeft, Before: &catalogue.Contact{ID: "li", Role: catalogue.RoleDecisionMaker},
			After: catalogue.Contact{ID: "li", Role: catalogue.RoleDecisionMaker, LeftAt: ago(days), Successor: successor}})
	}
	word := func(days float64, who string) catalogue.TimelineEntry {
		e := entry(catalogue.EntryMail, ago(days), catalogue.Inbound)
		e.Contact = who
		return e
	}
	for name, c := range map[string]struct {
		days      float64
		successor string
		words     []catalogue.TimelineEntry
		want      string
	}{
		"just left":                                  {10, "wu", nil, catalogue.SignalWarning},
		"one moment before a month":                  {30 - 1.0/24, "wu", nil, catalogue.SignalWarning},
		"a month, nobody took over":                  {30, "wu", nil, catalogue.SignalSevere},
		"the successor took over":                    {40, "wu", []catalogue.TimelineEntry{word(35, "wu")}, ""},
		"somebody else wrote":                        {40, "wu", []catalogue.TimelineEntry{word(35, "sun")}, catalogue.SignalSevere},
		"the successor took over, by name":           {40, "wu", []catalogue.TimelineEntry{word(35, "吴经理")}, ""},
		"the successor wrote only before":            {40, "wu", []catalogue.TimelineEntry{word(45, "wu")}, catalogue.SignalSevere},
		"no successor named, a decision maker wrote": {40, "", []catalogue.TimelineEntry{word(35, "zheng")}, ""},
		"half a year ago":                            {187, "wu", nil, ""},
	} {
		h := history(append(c.words, buyer())...)
		h.Take(left(c.days, c.successor)...)
		s := standing.Assess(h, standing.By(book(t), standing.File{Roles: map[string]string{"zheng": catalogue.RoleDecisionMaker}, Names: map[string]string{"吴经理": "wu"}}), now)
		if got, _ := signal(s, policy.SignalContactChange); got.Severity != c.want || c.want != "" && got.Action != "executive_talk" {
			t.Errorf("%s: %q %s", name, got.Severity, got.Action)
		}
	}
	// Others than key people may come and go.
	if m := standing.FromContact("x", now, catalogue.ContactChanged{Change: catalogue.ContactLeft, After: catalogue.Contact{ID: "porter"}}); len(m) != 0 {
		t.Errorf("a porter who leaves: %v", m)
	}
}

// a contract near its end without intent to renew, and quotes that are
// compared again and again, are risks.
func TestContractNearItsEndAndComparedPrices(t *testing.T) {
	contract := func(ends instant.Time, more ...string) catalogue.TimelineEntry {
		return of(catalogue.EntryContract, catalogue.Neither, data("contract", "k1", "status", "active", "ends_at", ends.String()), data(more...))(ago(300))
	}
	in := func(days float64) instant.Time { return ago(-days) }
	intent := of(catalogue.EntryContract, catalogue.Inbound, data("contract", "k1", "renewal", "intended"))(ago(2))
	declined := of(catalogue.EntryContract, catalogue.Inbound, data("contract", "k1", "renewal", "declined"))(ago(2))
	longer := of(catalogue.EntryContract, catalogue.Neither, data("contract", "k2", "ends_at", in(400).String()))(ago(3))
	for name, c := range map[string]struct {
		entries []catalogue.TimelineEntry
		want    string
	}{
		"61 days":                {[]catalogue.TimelineEntry{contract(in(61))}, ""},
		"exactly 60 days":        {[]catalogue.TimelineEntry{contract(in(60))}, catalogue.SignalWarning},
		"31 days":                {[]catalogue.TimelineEntry{contract(in(31))}, catalogue.SignalWarning},
		"exactly 30 days":        {[]catalogue.TimelineEntry{contract(in(30))}, catalogue.SignalSevere},
		"over":                   {[]catalogue.TimelineEntry{contract(in(-5))}, catalogue.SignalSevere},
		"wants to renew":         {[]catalogue.TimelineEntry{contract(in(20)), intent}, ""},
		"declined":               {[]catalogue.TimelineEntry{contract(in(20)), declined}, catalogue.SignalSevere},
		"another that is longer": {[]catalogue.TimelineEntry{contract(in(20)), longer}, ""},
	} {
		s, _ := signal(assess(t, history(append(c.entries, buyer())...), now), policy.SignalRenewal)
		if s.Severity != c.want {
			t.Errorf("%s: %q, want %q", name, s.Severity, c.want)
		}
	}
	compared := of(catalogue.EntryCall, catalogue.Inbound, data("compared", "rival"))
	if _, found := signal(assess(t, history(buyer(), compared(ago(9))), now), policy.SignalComparison); found {
		t.Error("compared once")
	}
	if s, _ := signal(assess(t, history(buyer(), compared(ago(9)), compared(ago(4))), now), policy.SignalComparison); s.Severity != catalogue.SignalWarning || s.Action != "tiered_price" {
		t.Errorf("compared twice: %+v", s)
	}
}
