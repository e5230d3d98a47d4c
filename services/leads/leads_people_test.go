package leads_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// publish puts a fact of another service onto its topic.
func (o *office) publish(aggregate string, data catalogue.Data) {
	o.t.Helper()
	f, err := facts.Record(context.Background(), facts.Stamp{Source: "liuke/organization", At: o.now()}, 2, data)
	if err != nil {
		o.t.Fatal(err)
	}
	f.Aggregate, f.Version, f.ID = aggregate, 2, store.FactID(aggregate, 2, 0)
	e, err := facts.Stored(f)
	if err != nil {
		o.t.Fatal(err)
	}
	m := facts.ToMessage(e, f.Topic, aggregate)
	if err := o.cluster.Produce(context.Background(), []kafka.Message{m}); err != nil {
		o.t.Fatal(err)
	}
}

// leaves deactivates somebody, as organization tells it.
func (o *office) leaves(id, successor string) {
	p, _ := o.people.Person(id)
	p.Active, p.Successor = false, successor
	o.people.Put(p, 2)
	o.publish("person/"+id, &catalogue.PersonDeactivated{After: p})
}

// inactiveOwners counts open things whose owner is not active.
func (o *office) inactiveOwners() (wrong []string, seen int) {
	o.t.Helper()
	for _, c := range []string{"lead", "deal", "ownership", "transfer"} {
		cursor := ""
		for {
			docs, next, err := o.store.Documents(o.t.Context(), cursor, 500)
			if err != nil {
				o.t.Fatal(err)
			}
			for _, d := range docs {
				if d.Collection == c {
					if w := o.wrong(c, d.Body); w != "" {
						wrong = append(wrong, c+"/"+d.ID+": "+w)
					}
					seen++
				}
			}
			if cursor = next; next == "" {
				break
			}
		}
	}
	return wrong, seen
}

func (o *office) wrong(collection string, raw []byte) string {
	var d struct {
		Owner, From, To           string
		Window, Decider, Follower string
		Open, Pooled              bool
	}
	o.decode(raw, &d)
	active := func(id string) bool {
		p, ok := o.people.Person(id)
		return ok && p.Active
	}
	for _, place := range []string{d.Window, d.Decider, d.Follower} {
		if place != "" && !active(place) {
			return place + " has a place at it"
		}
	}
	switch {
	case collection == "transfer" && d.Open && (!active(d.From) || !active(d.To)):
		return d.From + " to " + d.To
	case collection == "transfer", collection != "ownership" && !d.Open, d.Pooled:
		return ""
	case !active(d.Owner):
		return "owner " + d.Owner
	}
	return ""
}

// fill gives wang n customers with a lead and a deal each, n leads without customer, and transfers either way.
func (o *office) fill(n int) {
	for i := range n {
		id := o.lead("wang", i)
		customer := fmt.Sprintf("c%03d", i)
		o.link(id, customer)
		o.call("wang", "POST", "/v1/deals", body{"title": "项目", "customer": customer}).want(201)
		o.lead("wang", n+i)
	}
	o.call("wang", "POST", "/v1/transfers", body{"customer": "c000", "to": "zhao", "reason": "x"}).want(201)
	o.call("wang", "POST", "/v1/transfers", body{"customer": "c001", "to": "li", "reason": "x"}).want(201)
	o.link(o.lead("zhao", 9000), "z1")
	// places at customers of others.
	for i := range n {
		customer := fmt.Sprintf("m%03d", i)
		o.link(o.lead("zhao", 10_000+i), customer)
		o.call("zhao", "PATCH", "/v1/ownerships/"+customer, body{[]string{"window", "decider", "follower"}[i%3]: "wang"}).want(200)
	}
	o.call("zhao", "POST", "/v1/transfers", body{"customer": "z1", "to": "wang", "reason": "x"}).want(201)
}

// somebody with hundreds of open items leaves; none stays without an active owner.
func TestNothingStaysWithWhoLeft(t *testing.T) {
	o := start(t)
	o.fill(120)
	if h := o.call("zhou", "GET", "/v1/ownerships/holdings/wang?limit=5", nil).want(200); h.get("customers") != 120.0 || h.get("leads") != 240.0 || h.get("deals") != 120.0 ||
		h.get("transfers") != 3.0 || len(h.get("lead_ids").([]any)) != 5 {
		t.Fatalf("%s", h.raw)
	}
	o.run()
	o.leaves("wang", "li")
	holds := func() bool {
		h := o.call("chen", "GET", "/v1/ownerships/holdings/wang", nil).want(200)
		return h.get("customers") == 0.0 && h.get("leads") == 0.0 && h.get("deals") == 0.0 && h.get("transfers") == 0.0
	}
	o.eventually("wang holds nothing", holds)
	if wrong, seen := o.inactiveOwners(); len(wrong) > 0 || seen < 480 {
		t.Errorf("%d of %d without active owner: %v", len(wrong), seen, wrong[:min(5, len(wrong))])
	}
	for i, place := range []string{"window", "decider", "follower"} {
		customer := fmt.Sprintf("m%03d", i)
		if own := o.call("chen", "GET", "/v1/ownerships/"+customer, nil).want(200); own.text(place) != "li" || own.text("owner") != "zhao" {
			t.Errorf("%s of %s: %s", place, customer, own.raw)
		}
		if got := o.recorded("ownership/" + customer); !slices.Equal(got, []string{"owner_changed", "owner_changed", "owner_changed"}) {
			t.Errorf("%s: facts %v", customer, got)
		}
	}
	if h := o.call("chen", "GET", "/v1/ownerships/holdings/li", nil); h.get("customers") != 120.0 || h.get("leads") != 240.0 || h.get("deals") != 120.0 {
		t.Errorf("the successor holds %s", h.raw)
	}
	own := o.call("chen", "GET", "/v1/ownerships/c005", nil)
	if own.text("owner") != "li" {
		t.Errorf("%s", own.raw)
	}
	// The reason and the cause are on record.
	kept, err := o.store.History(t.Context(), "ownership/c005", 1, 10)
	if err != nil || len(kept) != 1 {
		t.Fatalf("%d facts, %v", len(kept), err)
	}
	e, _ := facts.Stored(kept[0])
	f, _ := facts.Decode[catalogue.OwnerChanged](e)
	if f.Reason != "owner_left" || f.Cause != "person/wang/2/0" || f.Actor.Kind != catalogue.ActorProcess {
		t.Errorf("%+v", f)
	}
	// New work does not reach who left, and a transfer to the successor was pointless.
	if got := o.call("chen", "GET", "/v1/leads/"+o.lead("mei", 9001), nil).text("owner"); got == "wang" {
		t.Error("new work goes to who left")
	}
	o.call("chen", "POST", "/v1/leads", with(newLead(9002), "owner", "wang")).want(422)
	if n := len(o.call("chen", "GET", "/v1/transfers?status=cancelled", nil).items()); n != 1 {
		t.Errorf("%d transfers cancelled, want the one from the successor to the successor", n)
	}
}

// what a crash interrupted is gone on with, without the fact coming again.
func TestHandOverGoesOnAfterACrash(t *testing.T) {
	path := t.TempDir() + "/leads.db"
	e, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	o := startOn(t, e)
	o.fill(30)
	// The process dies after it has noted the departure and before it hands anything over.
	departures := store.Of[map[string]any](e, store.Spec{Name: "departure"})
	if err := departures.Commit(t.Context(), store.New("wang", map[string]any{"person": "wang", "cause": "person/wang/2/0", "open": true}), ""); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err = sqlite.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	again := startOn(t, e)
	p, _ := again.people.Person("wang")
	p.Active = false // no successor: the supervisor takes over
	again.people.Put(p, 2)
	again.run()
	again.eventually("nothing stays with wang", func() bool { wrong, _ := again.inactiveOwners(); return len(wrong) == 0 })
	if got := again.call("chen", "GET", "/v1/ownerships/c010", nil).text("owner"); got != "zhou" {
		t.Errorf("owner %s, want the supervisor", got)
	}
}

// What follows an ownership follows it even if the process died in between: the fact is enough.
func TestFollowingSurvivesACrash(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	o.link(id, "c1")
	deal := o.call("wang", "POST", "/v1/deals", body{"title": "项目", "customer": "c1"}).want(201).text("id")
	// The ownership changes and nothing else, as when the process dies right after its commit.
	o.changeOwnerAlone("c1", "zhao")
	if got := o.call("chen", "GET", "/v1/leads/"+id, nil).text("owner"); got != "wang" {
		t.Fatalf("owner %s already", got)
	}
	o.run()
	o.eventually("lead and deal follow", func() bool {
		return o.call("chen", "GET", "/v1/leads/"+id, nil).text("owner") == "zhao" && o.call("chen", "GET", "/v1/deals/"+deal, nil).text("owner") == "zhao"
	})
	if got := o.recorded("lead/" + id); got[len(got)-1] != "lead_assigned" {
		t.Errorf("facts %v", got)
	}
}

// A deal opened for a customer that nobody owns makes its owner responsible.
func TestADealsCustomerGetsItsOwner(t *testing.T) {
	o := start(t)
	o.run()
	o.call("wang", "POST", "/v1/deals", body{"title": "项目", "customer": "c9"}).want(201)
	o.eventually("c9 is owned", func() bool { return o.call("wang", "GET", "/v1/ownerships/c9", nil).text("owner") == "wang" })
	if got := o.recorded("ownership/c9"); !slices.Equal(got, []string{"owner_changed"}) {
		t.Errorf("facts %v", got)
	}
}

// a customer file that turns out to be another one takes its leads and deals along, to one owner.
func TestFoldedCustomerHasOneOwner(t *testing.T) {
	o := start(t)
	first, second := o.lead("wang", 1), o.lead("zhao", 2)
	o.link(first, "c1")
	o.link(second, "c2")
	deal := o.call("zhao", "POST", "/v1/deals", body{"title": "项目", "customer": "c2"}).want(201).text("id")
	o.run()
	o.publish("customer/c2", &catalogue.CustomerFolded{From: "c2", Into: "c1"})
	o.eventually("all is with wang under c1", func() bool {
		l, d := o.call("chen", "GET", "/v1/leads/"+second, nil), o.call("chen", "GET", "/v1/deals/"+deal, nil)
		return l.text("customer") == "c1" && l.text("owner") == "wang" && d.text("customer") == "c1" && d.text("owner") == "wang"
	})
	if got := o.call("chen", "GET", "/v1/ownerships/c2", nil).want(200); got.text("customer") != "c1" || got.text("owner") != "wang" {
		t.Errorf("%s", got.raw)
	}
	if h := o.call("chen", "GET", "/v1/ownerships/holdings/zhao", nil); h.get("customers") != 0.0 {
		t.Errorf("zhao still holds %s", h.raw)
	}
	third := o.lead("zhao", 3)
	if got := o.link(third, "c2"); got.text("customer") != "c1" || got.text("owner") != "wang" {
		t.Errorf("a late link reaches the folded file: %s", got.raw)
	}
}

// during leave the delegate sees the absent owner's work in the queue and may do it; ownership stays.
func TestAbsenceKeepsOwnershipAndOpensTheQueue(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	p, _ := o.people.Person("wang")
	p.Absences = append(p.Absences, absence(o.now(), time.Hour, "zhao"))
	o.people.Put(p, 2)
	next := o.call("wang", "GET", "/v1/leads/"+id, nil).want(200)
	if next.text("acts_next.person") != "zhao" || next.text("acts_next.on_behalf_of") != "wang" || next.text("acts_next.action.en") != "first contact" || next.text("owner") != "wang" {
		t.Errorf("R-160: %s", next.raw)
	}
	queue := o.call("zhao", "GET", "/v1/queue", nil).want(200).items()
	if len(queue) != 1 || queue[0]["owner"] != "wang" || queue[0]["subject"].(map[string]any)["id"] != id {
		t.Errorf("queue %v", queue)
	}
	o.pass(2 * time.Hour)
	if queue := o.call("zhao", "GET", "/v1/queue", nil).want(200).items(); len(queue) != 0 {
		t.Errorf("queue after the absence %v", queue)
	}
}
