package leads_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/store"
)

// R-162 (1), R-164: a lead is recorded with its owner, its facts and a link to its journey.
func TestRecordALead(t *testing.T) {
	o := start(t)
	a := o.call("wang", "POST", "/v1/leads", newLead(1)).want(201)
	id := a.text("id")
	if a.header.Get("Location") != "/v1/leads/"+id || a.header.Get("ETag") != `"1"` || a.text("owner") != "wang" || a.text("phone") != "+8613800000001" || a.text("status") != "new" {
		t.Errorf("%v %s", a.header, a.raw)
	}
	if got := a.text("journey_url"); got != "http://temporal/namespaces/liuke/workflows/lead%2F"+id {
		t.Errorf("journey %q", got)
	}
	if got := o.recorded("lead/" + id); !slices.Equal(got, []string{"lead_recorded"}) {
		t.Errorf("facts %v", got)
	}
	if got := o.call("li", "GET", "/v1/leads/"+id, nil).want(200); got.text("company") != "公司1" || got.header.Get("ETag") != `"1"` {
		t.Errorf("%s", got.raw)
	}
	if rest := o.call("wang", "POST", "/v1/leads", body{}).want(422).broken(); rest != "company R-003, contact R-003, need R-003, contact_method R-003, source R-003" {
		t.Errorf("all that is missing at once: %s", rest)
	}
}

// leads without owner go in turn, balanced, to whoever is available at that moment.
func TestLeadsGoInTurn(t *testing.T) {
	o := start(t)
	p, _ := o.people.Person("li")
	p.Absences = append(p.Absences, absence(monday, 24*time.Hour, "wang"))
	o.people.Put(p, 2)
	got := map[string]int{}
	for i := range 10 {
		id := o.lead("mei", i)
		got[o.call("chen", "GET", "/v1/leads/"+id, nil).want(200).text("owner")]++
	}
	if got["wang"] != 5 || got["zhao"] != 5 {
		t.Errorf("shares %v", got)
	}
	o.pass(25 * time.Hour) // li is back
	for i := range 3 {
		got[o.call("chen", "GET", "/v1/leads/"+o.lead("mei", 100+i), nil).text("owner")]++
	}
	if got["li"] != 1 {
		t.Errorf("shares %v", got)
	}
	o.call("chen", "POST", "/v1/leads", with(newLead(200), "owner", "nobody")).want(422)
	o.call("wang", "POST", "/v1/leads", with(newLead(201), "owner", "li")).want(403)
}

// the signal of a first contact, the record that takes its id, and the rule when there is none.
func TestFirstContact(t *testing.T) {
	o := start(t)
	a := o.call("wang", "POST", "/v1/first-contacts", body{"channel": "phone", "phone": "138-0000-0001"}).want(201)
	id := a.text("id")
	if again := o.call("wang", "POST", "/v1/first-contacts", body{"channel": "phone", "phone": "13800000001"}).want(200); again.text("id") != id {
		t.Errorf("a second signal is another: %s", again.raw)
	}
	o.pass(25 * time.Hour)
	late := func() answer {
		return o.call("journeys", "POST", "/v1/first-contacts/"+id+"/lateness", body{"due": o.in(-time.Hour)}, "Idempotency-Key", "x:1").want(200)
	}
	for _, try := range []string{"first", "repeated"} {
		if late().text("late_at") == "" {
			t.Errorf("lateness is not noted at the %s try", try)
		}
	}
	if got := o.recorded("first_contact/" + id); !slices.Equal(got, []string{"first_contact_signalled", "intake_late"}) {
		t.Errorf("facts %v", got)
	}
	l := o.call("wang", "POST", "/v1/leads", newLead(1), "Idempotency-Key", "k1").want(201)
	if l.text("id") != id || l.get("entry_late") != true || l.get("entry_latency_ms") != float64((25*time.Hour).Milliseconds()) {
		t.Errorf("the lead does not take the signal's id and latency: %s", l.raw)
	}
	if other := o.call("wang", "POST", "/v1/leads", newLead(1)).want(201).text("id"); other == id {
		t.Error("a second lead takes the same id")
	}
	// A record in time makes the rule void.
	two := o.call("li", "POST", "/v1/first-contacts", body{"channel": "mail", "email": "a@b.cn"}).want(201).text("id")
	if got := o.lead("li", 5, body{"email": "A@b.cn"}); got != two {
		t.Errorf("lead %s, want %s", got, two)
	}
	o.call("journeys", "POST", "/v1/first-contacts/"+two+"/lateness", body{"due": o.in(0)}).want(200)
	if got := o.recorded("first_contact/" + two); len(got) != 1 {
		t.Errorf("facts %v", got)
	}
	o.call("wang", "POST", "/v1/leads", with(newLead(6), "first_contact", two)).want(409)
	o.call("wang", "POST", "/v1/leads", with(newLead(6), "first_contact", "none")).want(422)
	o.call("wang", "POST", "/v1/first-contacts", body{"channel": "phone", "phone": "12"}).want(422)
}

// somebody who has an open lead is known: no clock starts, whoever signals and however the number is written.
func TestFirstContactOfSomebodyKnown(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1, body{"email": "a@b.cn"})
	for _, in := range []body{{"channel": "phone", "phone": "+86 138 0000 0001"}, {"channel": "mail", "email": "A@B.cn"}, {"channel": "mail", "phone": "13999999999", "email": "a@b.cn"}} {
		a := o.call("li", "POST", "/v1/first-contacts", in).want(200)
		if a.text("lead") != id || a.get("open") != false || a.text("id") != "" || a.header.Get("Location") != "/v1/leads/"+id {
			t.Errorf("%v: %s", in, a.raw)
		}
	}
	if stored, _, err := o.store.Facts(t.Context(), "", 100); err != nil || slices.ContainsFunc(stored, func(f store.Fact) bool { return strings.HasPrefix(f.Aggregate, "first_contact/") }) {
		t.Errorf("a clock started: %v %v", stored, err)
	}
	// Once the lead is closed, the same number is somebody new again.
	o.call("wang", "POST", "/v1/leads/"+id+"/closing", body{"reason": "invalid"}).want(200)
	fresh := o.call("li", "POST", "/v1/first-contacts", body{"channel": "phone", "phone": "13800000001"}).want(201)
	if fresh.get("open") != true || fresh.text("lead") != "" {
		t.Errorf("%s", fresh.raw)
	}
}

// R-162 (3): one commit holds the lead, the record and the plan.
func TestFollowUp(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	path := "/v1/leads/" + id + "/follow-ups"
	if got := o.call("wang", "POST", path, body{"direction": "outbound", "channel": "phone"}).want(422).broken(); !strings.Contains(got, "next_touch_at R-014") ||
		!strings.Contains(got, "occurred_at R-013") || !strings.Contains(got, "key_points R-013") || !strings.Contains(got, "next_action R-013") || !strings.Contains(got, "budget_band R-004") {
		t.Errorf("refusals %s", got)
	}
	if got := o.recorded("lead/" + id); len(got) != 1 {
		t.Errorf("something was written: %v", got)
	}
	o.pass(12 * time.Minute)
	a := o.call("wang", "POST", path, o.followUp(body{"key_person": "张总", "occurred_at": o.in(0)}), "Idempotency-Key", "f1").want(201)
	if a.get("lead.response_ms") != float64((12*time.Minute).Milliseconds()) || a.get("lead.done") != true || a.text("lead.status") != "contacted" ||
		a.text("lead.next_action") != "发方案" || a.get("follow_up.counts") != true || a.get("lead.follow_ups") != float64(1) {
		t.Errorf("%s", a.raw)
	}
	if got := o.recorded("lead/" + id); !slices.Equal(got[1:], []string{"follow_up_recorded", "next_touch_planned", "lead_status_changed"}) {
		t.Errorf("facts %v", got)
	}
	kept, _ := o.store.History(t.Context(), "lead/"+id, 1, 10)
	if len(kept) != 3 || kept[0].Version != 2 || kept[2].Version != 2 {
		t.Errorf("not one commit: %d facts", len(kept))
	}
	if again := o.call("wang", "POST", path, o.followUp(body{"key_person": "张总", "occurred_at": o.in(0)}), "Idempotency-Key", "f1"); again.text("follow_up.id") != a.text("follow_up.id") {
		t.Errorf("a repeat records again: %s", again.raw)
	}
	// C-16, R-015: a captured call is kept, and neither counts nor changes the plan; only recording systems may say so.
	captured := body{"occurred_at": o.in(0), "direction": "outbound", "captured": true}
	if got := o.call("wang", "POST", path, captured).want(403).text("rule"); got != "follow_up.capture:none" {
		t.Errorf("refused by %s", got)
	}
	b := o.call("tech", "POST", path, captured).want(201)
	if b.get("follow_up.counts") != false || b.get("lead.follow_ups") != float64(1) || b.text("lead.next_action") != "发方案" {
		t.Errorf("%s", b.raw)
	}
	if list := o.call("wang", "GET", path+"?limit=1", nil).want(200); len(list.items()) != 1 || list.text("next") == "" {
		t.Errorf("%s", list.raw)
	} else if rest := o.call("wang", "GET", path+"?limit=1&after="+list.text("next"), nil).want(200); len(rest.items()) != 1 || rest.items()[0]["captured"] != true || rest.text("next") != "" {
		t.Errorf("%s", rest.raw)
	}
	if h := o.call("wang", "GET", "/v1/leads/"+id+"/history", nil).want(200); len(h.items()) != 5 {
		t.Errorf("%d facts in the history", len(h.items()))
	}
}

// who else talks to the customer says why; a delegate needs no reason.
func TestWhoTalksToTheCustomer(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	path := "/v1/leads/" + id + "/follow-ups"
	if got := o.call("li", "POST", path, o.followUp()).want(422).broken(); got != "not_owner_reason R-047" {
		t.Errorf("%s", got)
	}
	if got := o.call("li", "POST", path, o.followUp(body{"not_owner_reason": "展会上遇到"})).want(201); got.text("follow_up.not_owner_reason") != "展会上遇到" || got.text("lead.owner") != "wang" {
		t.Errorf("%s", got.raw)
	}
	if got := o.call("zhao", "POST", path, o.followUp()).want(403); got.text("rule") != "follow_up:mates" {
		t.Errorf("%s", got.raw)
	}
	p, _ := o.people.Person("wang")
	p.Absences = append(p.Absences, absence(o.now(), time.Hour, "zhao"))
	o.people.Put(p, 2)
	o.call("zhao", "POST", path, o.followUp()).want(201)
	o.call("zhao", "PATCH", "/v1/leads/"+id, body{"company": "改名"}).want(200)
}

// last contact, next touch, owner and status are no fields.
func TestWhatCannotBeTyped(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	for _, field := range []string{"last_contact_at", "next_touch_at", "owner", "status", "done"} {
		if got := o.call("wang", "PATCH", "/v1/leads/"+id, body{field: "x"}).want(422).broken(); got != field+" unknown_field" {
			t.Errorf("%s: %s", field, got)
		}
	}
}

// nurture with a date, taken up again; close with a reason; conversion.
func TestStatusOfALead(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	path := "/v1/leads/" + id
	if got := o.call("wang", "POST", path+"/nurture", body{"reason": "预算明年", "next_at": ""}).status; got != 422 {
		t.Errorf("nurture without date: %d", got)
	}
	o.call("wang", "POST", path+"/nurture", body{"reason": "预算明年", "next_at": o.in(-time.Hour)}).want(422)
	a := o.call("wang", "POST", path+"/nurture", body{"reason": "预算明年", "next_at": o.in(30 * 24 * time.Hour)}).want(200)
	if a.text("status") != "nurturing" || a.text("next_touch_at") == "" {
		t.Errorf("%s", a.raw)
	}
	if o.call("wang", "POST", path+"/revival", body{}).want(200).text("status") != "contacted" {
		t.Error("not taken up again")
	}
	if got := o.call("wang", "POST", path+"/revival", body{}).want(409); got.text("rule") != "R-012" {
		t.Errorf("%s", got.raw)
	}
	o.call("wang", "POST", path+"/closing", body{}).want(422)
	b := o.call("wang", "POST", path+"/closing", body{"reason": "重复提交"}).want(200)
	if b.text("status") != "closed" || b.text("close_reason") != "重复提交" {
		t.Errorf("%s", b.raw)
	}
	o.call("wang", "POST", path+"/closing", body{"reason": "再关"}).want(409)
	o.call("wang", "POST", path+"/follow-ups", o.followUp()).want(409)
	o.call("wang", "PATCH", path, body{"company": "x"}).want(409)
	o.call("wang", "POST", path+"/conversion", body{}).want(409)

	two := o.lead("wang", 2)
	c := o.call("wang", "POST", "/v1/leads/"+two+"/conversion", body{"title": "进销存项目"}, "Idempotency-Key", "c1").want(200)
	deal := o.call("wang", "GET", "/v1/deals/"+c.text("deal"), nil).want(200)
	if c.text("status") != "converted" || deal.text("lead") != two || deal.text("owner") != "wang" || deal.text("need") != "需求2" {
		t.Errorf("%s %s", c.raw, deal.raw)
	}
	if again := o.call("wang", "POST", "/v1/leads/"+two+"/conversion", body{"title": "进销存项目"}, "Idempotency-Key", "c1").want(200); again.text("deal") != c.text("deal") {
		t.Error("converted twice")
	}
}

// lists show recorded leads by their declared filters, page by page.
func TestLists(t *testing.T) {
	o := start(t)
	for i := range 5 {
		o.lead("wang", i)
		o.pass(time.Second)
	}
	other := o.lead("zhao", 10, body{"source": "referral"})
	o.call("zhao", "POST", "/v1/leads/"+other+"/follow-ups", o.followUp()).want(201)
	count := func(who, query string) int {
		n, after := 0, ""
		for {
			a := o.call(who, "GET", "/v1/leads?limit=2&"+query+"&after="+after, nil).want(200)
			n += len(a.items())
			if after = a.text("next"); after == "" {
				return n
			}
		}
	}
	for query, want := range map[string]int{"": 6, "owner=wang": 5, "owner=zhao": 1, "status=new": 5, "status=contacted": 1, "source=referral": 1, "owner=wang&status=new": 5,
		"no_next_touch=true": 5, "no_next_touch=true&owner=zhao": 0, "pooled=true": 0} {
		if got := count("chen", query); got != want {
			t.Errorf("%q: %d leads, want %d", query, got, want)
		}
	}
	if got := count("li", ""); got != 5 {
		t.Errorf("li sees %d leads, want those of the own team", got)
	}
	if got := count("wu", ""); got != 1 {
		t.Errorf("wu sees %d leads, want those of the people below", got)
	}
	o.call("li", "GET", "/v1/leads?owner=zhao", nil).want(403)
	o.call("chen", "GET", "/v1/leads?status=new&source=ads", nil).want(422)
	o.call("chen", "GET", "/v1/leads?status=none", nil).want(422)
	o.call("chen", "GET", "/v1/leads?after=x", nil).want(422)
	first := o.call("chen", "GET", "/v1/leads?limit=1", nil).want(200).items()[0]
	if first["id"] != other || first["journey_url"] == nil {
		t.Errorf("not the newest first, with its journey: %v", first)
	}
}
