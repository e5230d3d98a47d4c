package leads_test

import (
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// D-6: undoing a wrong transfer a week later gives the customer back with its leads
// and deals, and the clocks go on where they stood before it.
func TestUndoOfATransfer(t *testing.T) {
	o := start(t)
	lead := o.lead("wang", 1)
	o.link(lead, "c1")
	deal := o.call("wang", "POST", "/v1/deals", body{"title": "项目", "customer": "c1"}).want(201).text("id")
	o.pass(10 * 24 * time.Hour)
	path := "/v1/transfers/" + o.call("wang", "POST", "/v1/transfers", body{"customer": "c1", "to": "zhao", "reason": "换区域"}).want(201).text("id")
	o.call("zhou", "POST", path+"/approval", nil).want(200)
	o.call("wang", "POST", path+"/hand-over", body{"note": "x"}).want(200)
	o.call("zhao", "POST", path+"/acceptance", nil).want(200)
	o.pass(7 * 24 * time.Hour)

	o.call("wang", "GET", "/v1/ownerships/c1/undo", nil).want(403)
	see := o.call("zhou", "GET", "/v1/ownerships/c1/undo", nil).want(200)
	if see.text("reason") != "transfer" || see.get("back").(map[string]any)["owner"] != "wang" || len(see.get("leads").([]any)) != 1 || len(see.get("deals").([]any)) != 1 {
		t.Errorf("preview %s", see.raw)
	}
	o.call("zhou", "POST", "/v1/ownerships/c1/undo", body{"change": see.text("change")}).want(422)
	if got := o.call("zhou", "POST", "/v1/ownerships/c1/undo", body{"change": "ownership/c1/1/0", "reason": "x"}).want(409); got.text("rule") != "undo.newer_change" {
		t.Errorf("%s", got.raw)
	}
	for range 2 { // a repeat of the command changes nothing
		o.call("zhou", "POST", "/v1/ownerships/c1/undo", body{"change": see.text("change"), "reason": "转错了"}, "Idempotency-Key", "u").want(200)
	}
	if got := o.call("chen", "GET", "/v1/ownerships/c1", nil); got.text("owner") != "wang" || got.text("window") != "wang" {
		t.Errorf("%s", got.raw)
	}
	for _, p := range []string{"/v1/leads/" + lead, "/v1/deals/" + deal} {
		if got := o.call("chen", "GET", p, nil); got.text("owner") != "wang" {
			t.Errorf("%s does not go back: %s", p, got.text("owner"))
		}
	}
	if from, want := clocksOf(t, o, "deal/"+deal), o.now().Add(-10*24*time.Hour); from.Sub(want).Abs() > time.Hour {
		t.Errorf("the clocks count from %s, not from %s", from, want)
	}
	if got := o.call("zhou", "POST", "/v1/ownerships/c1/undo", body{"reason": "x"}).want(409); got.text("rule") != "undo.twice" {
		t.Errorf("%s", got.raw)
	}
}

// clocksOf gives from when the clocks of a lead or deal count since it was given last.
func clocksOf(t *testing.T, o *office, aggregate string) (from instant.Time) {
	t.Helper()
	kept, err := o.store.History(t.Context(), aggregate, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kept {
		e, err := facts.Stored(k)
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == (&catalogue.DealAssigned{}).Kind().Type {
			f, err := facts.Decode[catalogue.DealAssigned](e)
			if err != nil {
				t.Fatal(err)
			}
			from = f.ClocksFrom
		}
	}
	return from
}

// D-6: undoing a recycling gives the customer back to whoever held it, whose clocks begin anew; undoing a claim puts
// it back into the pool; too late is too late, and nobody gets back what they cannot hold.
func TestUndoOfARecyclingAndAClaim(t *testing.T) {
	o := start(t)
	lead := o.pooled("c1", 1)
	o.call("zhou", "POST", "/v1/ownerships/c1/undo", body{"reason": "刚签了合同"}).want(200)
	for _, p := range []string{"/v1/ownerships/c1", "/v1/leads/" + lead} {
		if got := o.call("chen", "GET", p, nil).want(200); got.text("owner") != "wang" || got.get("pooled") == true {
			t.Errorf("%s: %s", p, got.raw)
		}
	}
	second := o.pooled("c2", 2)
	o.call("zhao", "POST", "/v1/pool/c2/claim", nil).want(200)
	o.call("wu", "POST", "/v1/ownerships/c2/undo", body{"reason": "领错了"}).want(200)
	if got := o.call("chen", "GET", "/v1/ownerships/c2", nil); got.get("pooled") != true || got.text("owner") != "" {
		t.Errorf("%s", got.raw)
	}
	if got := o.call("chen", "GET", "/v1/leads/"+second, nil); got.get("pooled") != true {
		t.Errorf("%s", got.raw)
	}
	o.pooled("c3", 3)
	o.pass(15 * 24 * time.Hour)
	if got := o.call("zhou", "POST", "/v1/ownerships/c3/undo", body{"reason": "x"}).want(409); got.text("rule") != "undo.owner_within" {
		t.Errorf("%s", got.raw)
	}
	o.link(o.lead("wang", 9), "c9")
	if got := o.call("zhou", "GET", "/v1/ownerships/c9/undo", nil).want(409); got.text("rule") != "undo.nothing" {
		t.Errorf("%s", got.raw)
	}
}

// R-033, D-6: undoing a merge gives the customer that is back its owner, leads and
// deals, and what was opened since and is its own; the rest stays.
func TestUndoOfAMerge(t *testing.T) {
	o := start(t)
	first, second := o.lead("wang", 1), o.lead("zhao", 2)
	o.link(first, "c1")
	o.link(second, "c2")
	own := o.call("zhao", "POST", "/v1/deals", body{"title": "原有", "customer": "c2"}).want(201).text("id")
	o.run()
	o.publish("customer/c2", &catalogue.CustomerFolded{From: "c2", Into: "c1", Merge: "m1"})
	is := func(path, customer, owner string) bool {
		got := o.call("chen", "GET", path, nil)
		return got.text("customer") == customer && got.text("owner") == owner
	}
	o.eventually("one customer", func() bool { return is("/v1/leads/"+second, "c1", "wang") && is("/v1/deals/"+own, "c1", "wang") })
	theirs := o.call("wang", "POST", "/v1/deals", body{"title": "后来的，属于 c2", "customer": "c1"}).want(201).text("id")
	mine := o.call("wang", "POST", "/v1/deals", body{"title": "后来的，属于 c1", "customer": "c1"}).want(201).text("id")
	for range 2 { // told twice
		o.publish("customer/c2", &catalogue.CustomerUnfolded{From: "c2", Into: "c1", Merge: "m1", After: catalogue.Customer{ID: "c2", Kind: "company", Name: "大成", CreatedAt: o.now()}, Given: []catalogue.Thing{{Kind: "deal", ID: theirs}}})
	}
	o.eventually("two customers again", func() bool {
		return is("/v1/leads/"+second, "c2", "zhao") && is("/v1/deals/"+own, "c2", "zhao") && is("/v1/deals/"+theirs, "c2", "zhao") && is("/v1/ownerships/c2", "c2", "zhao")
	})
	if !is("/v1/leads/"+first, "c1", "wang") || !is("/v1/deals/"+mine, "c1", "wang") || !is("/v1/ownerships/c1", "c1", "wang") {
		t.Error("what was the other's went along")
	}
	if got := o.call("chen", "GET", "/v1/leads/"+second, nil); got.text("status") == catalogue.LeadFolded {
		t.Errorf("%s", got.raw)
	}
}
