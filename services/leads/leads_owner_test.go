package leads_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/policy"
)

// the lead's owner becomes the customer's; the customer's owner wins afterwards.
func TestLinkedLeadsFollowTheCustomersOwner(t *testing.T) {
	o := start(t)
	first := o.lead("wang", 1)
	if got := o.link(first, "c1"); got.text("customer") != "c1" || got.text("owner") != "wang" {
		t.Errorf("%s", got.raw)
	}
	own := o.call("tech", "GET", "/v1/ownerships/c1", nil).want(200)
	if own.text("owner") != "wang" || own.text("window") != "wang" || own.text("company") != "公司1" {
		t.Errorf("%s", own.raw)
	}
	second := o.lead("zhao", 2)
	if got := o.link(second, "c1"); got.text("owner") != "wang" || got.text("status") != "new" {
		t.Errorf("the customer's owner does not win: %s", got.raw)
	}
	if got := o.recorded("lead/" + second); !slices.Equal(got, []string{"lead_recorded", "lead_linked", "lead_assigned"}) {
		t.Errorf("facts %v", got)
	}
	version := o.call("wang", "GET", "/v1/leads/"+second, nil).header.Get("ETag")
	if got := o.link(second, "c1"); got.header.Get("ETag") != version {
		t.Error("a repeated effect changes something")
	}
}

// the same need of the same customer is one lead, even if both are linked at once.
func TestIdenticalOpenLeadsFold(t *testing.T) {
	o := start(t)
	var ids []string
	for i := range 4 {
		ids = append(ids, o.lead("wang", i, body{"need": []string{"想换 ERP 系统", "想换ＥＲＰ系统！", "想换erp系统", "要培训"}[i]}))
		o.pass(time.Second)
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() { o.link(id, "c1") })
	}
	all.Wait()
	for i, want := range []string{"new", "folded", "folded", "new"} {
		got := o.call("wang", "GET", "/v1/leads/"+ids[i], nil).want(200)
		into := got.text("folded_into")
		for range ids { // one may have folded into another that folded then
			if next := o.call("wang", "GET", "/v1/leads/"+into, nil).text("folded_into"); next != "" {
				into = next
			}
		}
		if got.text("status") != want || want == "folded" && into != ids[0] {
			t.Errorf("lead %d is %s into %s, want %s", i, got.text("status"), into, want)
		}
	}
}

// pooled makes a pooled customer with one open lead, through the recycling effect.
func (o *office) pooled(customer string, n int) string {
	o.t.Helper()
	id := o.lead("wang", n)
	o.link(id, customer)
	if got := o.recycle("leads/"+id, "wang", "r:"+customer).want(200); got.get("applied") != true {
		o.t.Fatalf("not recycled: %s", got.raw)
	}
	return id
}

func (o *office) recycle(path, from, effect string, more ...body) answer {
	b := body{"reason": "30d", "from": from}
	for _, m := range more {
		for k, v := range m {
			b[k] = v
		}
	}
	return o.call("journeys", "POST", "/v1/"+path+"/recycling", b, "Idempotency-Key", effect, "Liuke-Cause", "lead:x:recycle:1")
}

// recycling takes the customer with all open leads and deals; void if somebody acted since.
func TestRecycling(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	o.link(id, "c1")
	second := o.lead("wang", 2)
	o.link(second, "c1")
	deal := o.call("wang", "POST", "/v1/deals", body{"title": "项目", "customer": "c1"}).want(201).text("id")

	if got := o.recycle("leads/"+id, "zhao", "e1:0").want(200); got.text("why") != "other_owner" {
		t.Errorf("%s", got.raw)
	}
	if got := o.recycle("leads/"+id, "wang", "e2:0").want(200); got.text("why") != "customer_followed" {
		t.Errorf("another lead of the customer has just come in: %s", got.raw)
	}
	o.pass(31 * 24 * time.Hour)
	f := o.call("wang", "POST", "/v1/leads/"+id+"/follow-ups", o.followUp()).want(201)
	if got := o.recycle("leads/"+id, "wang", "e3:0").want(200); got.text("why") != "newer_follow_up" {
		t.Errorf("%s", got.raw)
	}
	known := body{"last_follow_up": f.text("follow_up.occurred_at")}
	if got := o.recycle("leads/"+second, "wang", "e4:0").want(200); got.text("why") != "customer_followed" {
		t.Errorf("the other lead was followed up: %s", got.raw)
	}
	o.pass(31 * 24 * time.Hour)
	for range 2 { // a repeated effect changes nothing and answers the same
		if got := o.recycle("leads/"+id, "wang", "e5:0", known).want(200); got.get("applied") != true {
			t.Errorf("%s", got.raw)
		}
	}
	own := o.call("wang", "GET", "/v1/ownerships/c1", nil).want(200)
	if own.get("pooled") != true || own.text("owner") != "" || own.text("reason") != "30d" || own.text("previous") != "wang" {
		t.Errorf("%s", own.raw)
	}
	for _, path := range []string{"/v1/leads/" + id, "/v1/leads/" + second, "/v1/deals/" + deal} {
		if got := o.call("chen", "GET", path, nil).want(200); got.get("pooled") != true || got.text("owner") != "" {
			t.Errorf("%s does not follow: %s", path, got.raw)
		}
	}
	if got := o.recorded("ownership/c1"); !slices.Equal(got, []string{"owner_changed", "customer_pooled"}) {
		t.Errorf("facts %v", got)
	}
	pool := o.call("zhao", "GET", "/v1/pool", nil).want(200).items()
	if len(pool) != 1 || pool[0]["id"] != "c1" || pool[0]["company"] != "公司1" || pool[0]["reason"] != "30d" {
		t.Errorf("pool %v", pool)
	}
	if got := o.call("wang", "POST", "/v1/leads/"+id+"/follow-ups", o.followUp()).want(409); got.text("rule") != "R-047" {
		t.Errorf("whoever sees it talks first: %s", got.raw)
	}
}

// of 16 who claim at once exactly one wins; everything follows.
func TestOneClaimWins(t *testing.T) {
	o := start(t)
	for i := range 16 {
		o.people.Put(person(fmt.Sprintf("s%02d", i), "salesperson", "east", "zhou"), 1)
	}
	id := o.pooled("c1", 1)
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			switch a := o.call(fmt.Sprintf("s%02d", i), "POST", "/v1/pool/c1/claim", nil); {
			case a.status == 200:
				won.Add(1)
			case a.status == 409 && a.text("rule") == "R-047":
				lost.Add(1)
			default:
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 15 {
		t.Fatalf("%d won, %d lost", won.Load(), lost.Load())
	}
	owner := o.call("chen", "GET", "/v1/ownerships/c1", nil).text("owner")
	if got := o.call("chen", "GET", "/v1/leads/"+id, nil); got.text("owner") != owner || owner == "" || got.get("pooled") != nil {
		t.Errorf("the lead is with %q, the customer with %q", got.text("owner"), owner)
	}
	claims := 0
	for _, f := range o.recorded("ownership/c1") {
		if f == "customer_claimed" {
			claims++
		}
	}
	if claims != 1 {
		t.Errorf("%d claims recorded", claims)
	}
}

// one person who claims many at once does not pass the limits.
func TestClaimLimitsHoldUnderRaces(t *testing.T) {
	for name, c := range map[string]struct {
		perDay, hold, want int
		rule               string
	}{"a day": {3, 100, 3, "ownership.claims_per_day"}, "in all": {100, 4, 4, "ownership.hold_limit"}} {
		t.Run(name, func(t *testing.T) {
			o := start(t, func(s *policy.Sections) { s.Ownership.ClaimsPerDay, s.Ownership.HoldLimit = c.perDay, c.hold })
			for i := range 12 {
				o.pooled(fmt.Sprintf("c%d", i), i)
			}
			var won atomic.Int64
			var all sync.WaitGroup
			for i := range 12 {
				all.Go(func() {
					a := o.call("li", "POST", fmt.Sprintf("/v1/pool/c%d/claim", i), nil)
					if a.status == 200 {
						won.Add(1)
					} else if a.status != 409 || a.text("rule") != c.rule {
						t.Errorf("%d %s", a.status, a.raw)
					}
				})
			}
			all.Wait()
			held := o.call("li", "GET", "/v1/ownerships/holdings/li", nil).want(200).get("customers")
			if int(won.Load()) != c.want || held != float64(c.want) {
				t.Errorf("%d claims won, %v held, want %d", won.Load(), held, c.want)
			}
			if name == "a day" {
				o.pass(24 * time.Hour)
				claimed := 0
				for i := range 12 {
					if o.call("li", "POST", fmt.Sprintf("/v1/pool/c%d/claim", i), nil).status == 200 {
						claimed++
					}
				}
				if claimed != 3 {
					t.Errorf("%d claims on the next day", claimed)
				}
			}
		})
	}
}

// A repeated claim with its key answers the same and takes one place.
func TestClaimRepeats(t *testing.T) {
	o := start(t)
	lead := o.pooled("c1", 1)
	for range 2 {
		if got := o.call("li", "POST", "/v1/pool/c1/claim", nil, "Idempotency-Key", "k").want(200); got.text("owner") != "li" {
			t.Errorf("%s", got.raw)
		}
	}
	o.call("li", "POST", "/v1/pool/c1/claim", nil).want(409)
	o.call("li", "POST", "/v1/pool/"+lead+"/claim", nil).want(409)
	if got := o.call("zhao", "POST", "/v1/pool/"+o.pooled("c2", 2)+"/claim", nil).want(200); got.text("claimed.id") != "c2" {
		t.Errorf("claiming a lead of a pooled customer takes the customer: %s", got.raw)
	}
	o.call("li", "POST", "/v1/pool/none/claim", nil).want(404)
	o.call("mei", "POST", "/v1/pool/c1/claim", nil).want(403)
}

// A lead that has no customer yet carries its pool state itself.
func TestUnlinkedLeadInThePool(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	o.recycle("leads/"+id, "wang", "e:0").want(200)
	pool := o.call("zhao", "GET", "/v1/pool", nil).want(200).items()
	if len(pool) != 1 || pool[0]["kind"] != "lead" || pool[0]["id"] != id || pool[0]["reason"] != "30d" {
		t.Errorf("pool %v", pool)
	}
	if n := len(o.call("zhao", "GET", "/v1/leads?pooled=true", nil).want(200).items()); n != 1 {
		t.Errorf("%d listed as pooled", n)
	}
	for i := range 16 {
		o.people.Put(person(fmt.Sprintf("s%02d", i), "salesperson", "east", "zhou"), 1)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if o.call(fmt.Sprintf("s%02d", i), "POST", "/v1/pool/"+id+"/claim", nil).status == 200 {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if got := o.call("chen", "GET", "/v1/leads/"+id, nil).want(200); won.Load() != 1 || got.text("owner") == "" {
		t.Errorf("%d won: %s", won.Load(), got.raw)
	}
	if got := o.recorded("lead/" + id); !slices.Equal(got[1:], []string{"lead_pooled", "lead_assigned"}) {
		t.Errorf("facts %v", got)
	}
}

// reassigning goes to somebody available at that moment, never to who left or is away.
func TestReassignment(t *testing.T) {
	o := start(t)
	linked, alone := o.lead("wang", 1), o.lead("wang", 2)
	o.link(linked, "c1")
	li, _ := o.people.Person("li")
	li.Absences = append(li.Absences, absence(monday, 24*time.Hour, "wang"))
	o.people.Put(li, 2)
	ask := func(id, from, effect string) answer {
		return o.call("journeys", "POST", "/v1/leads/"+id+"/reassignment", body{"reason": "escalation", "from": from}, "Idempotency-Key", effect).want(200)
	}
	for i, id := range []string{linked, alone} {
		for range 2 {
			if got := ask(id, "wang", fmt.Sprintf("e%d:0", i)); got.get("applied") != true || got.text("owner") != "zhao" {
				t.Errorf("%s", got.raw)
			}
		}
		if got := o.call("chen", "GET", "/v1/leads/"+id, nil); got.text("owner") != "zhao" {
			t.Errorf("%s", got.raw)
		}
		if got := ask(id, "wang", fmt.Sprintf("f%d:0", i)); got.text("why") != "other_owner" {
			t.Errorf("%s", got.raw)
		}
	}
	if got := o.call("chen", "GET", "/v1/ownerships/c1", nil).text("owner"); got != "zhao" {
		t.Errorf("the customer is with %s", got)
	}
}

// window, decider, follower by owner or manager; the owner is not a field.
func TestOutsideWindow(t *testing.T) {
	o := start(t)
	o.link(o.lead("wang", 1), "c1")
	if got := o.call("wang", "PATCH", "/v1/ownerships/c1", body{"decider": "zhou", "window": "li"}).want(200); got.text("decider") != "zhou" || got.text("window") != "li" || got.text("owner") != "wang" {
		t.Errorf("%s", got.raw)
	}
	o.call("zhou", "PATCH", "/v1/ownerships/c1", body{"follower": "li"}).want(200)
	o.call("li", "PATCH", "/v1/ownerships/c1", body{"follower": "li"}).want(403)
	o.call("wang", "PATCH", "/v1/ownerships/c1", body{"decider": "nobody"}).want(422)
	o.call("wang", "PATCH", "/v1/ownerships/c1", body{"owner": "li"}).want(422)
	o.call("wang", "PATCH", "/v1/ownerships/c1", body{"decider": "chen"}, "If-Match", `"1"`).want(412)
	o.call("wang", "GET", "/v1/ownerships/none", nil).want(404)
}
