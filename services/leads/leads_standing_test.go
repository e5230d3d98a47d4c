package leads_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/store"
)

// stood tells how a customer stands, as accounts does.
func (o *office) stood(version int64, red bool, health int) {
	o.t.Helper()
	data := &catalogue.StandingAssessed{Changed: []string{"red"}, After: catalogue.Standing{Customer: "c1", Lifecycle: catalogue.LifecycleChurnRisk, Computed: catalogue.LifecycleChurnRisk,
		Health: health, HealthVersion: "general.1", Parts: []catalogue.HealthPart{}, Signals: []catalogue.Signal{}, Groups: []string{}, Red: red, AsOf: o.now()}}
	f, err := facts.Record(o.t.Context(), facts.Stamp{Source: "liuke/accounts", At: o.now(), Customer: "c1"}, version, data)
	if err != nil {
		o.t.Fatal(err)
	}
	f.Aggregate, f.Version, f.ID = "standing/c1", version, store.FactID("standing/c1", version, 0)
	e, err := facts.Stored(f)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.cluster.Produce(o.t.Context(), []kafka.Message{facts.ToMessage(e, f.Topic, "standing/c1")}); err != nil {
		o.t.Fatal(err)
	}
}

// leads of a potential churn customer show so in lists and views, by the
// facts of accounts alone; late facts change nothing.
func TestLeadsOfACustomerInRed(t *testing.T) {
	o := start(t)
	o.run()
	id := o.lead("wang", 1)
	o.link(id, "c1")
	// Both are asked until both show it: the fact may be read between two requests.
	shows := func(red bool, health float64) bool {
		list := o.call("wang", "GET", "/v1/leads?customer=c1", nil).want(200).items()
		if len(list) != 1 {
			t.Fatalf("%d leads", len(list))
		}
		one := o.call("wang", "GET", "/v1/leads/"+id, nil).want(200)
		for _, standing := range []any{list[0]["customer_standing"], one.get("customer_standing")} {
			s, _ := standing.(map[string]any)
			if s == nil || s["red"] != red || s["health"] != health {
				return false
			}
		}
		return true
	}
	o.stood(7, true, 31)
	o.eventually("in red", func() bool { return shows(true, 31) })
	o.stood(6, false, 90) // late: of the same partition, so read before the next one
	o.stood(8, false, 55)
	o.eventually("no longer in red", func() bool { return shows(false, 55) })
	queue := o.call("wang", "GET", "/v1/queue", nil).want(200).items()
	if s, _ := queue[0]["customer_standing"].(map[string]any); s == nil || s["health"] != 55.0 {
		t.Errorf("the work queue shows %v", queue[0]["customer_standing"])
	}
	if got := o.call("wang", "GET", "/v1/ownerships/c1", nil).want(200); got.get("customer_standing.health") != 55.0 {
		t.Errorf("the ownership shows %v", got.get("customer_standing"))
	}
	deal := o.call("wang", "POST", "/v1/deals", body{"customer": "c1", "title": "续约", "company": "公司1"}).want(201)
	if deal.get("customer_standing.health") != 55.0 {
		t.Errorf("the deal shows %v", deal.get("customer_standing"))
	}
}
