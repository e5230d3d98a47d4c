package accounts_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
)

// traders is a trade whose relay and consumers work.
func traders(t *testing.T, more ...func(*service.Deps)) *trade {
	t.Helper()
	return tradersOn(t, kafkatest.New(), more...)
}

func tradersOn(t *testing.T, cluster *kafkatest.Memory, more ...func(*service.Deps)) *trade {
	t.Helper()
	if err := cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
		t.Fatal(err)
	}
	o := &trade{office: start(t, append([]func(*service.Deps){tradeWith(t, nil), func(d *service.Deps) { d.Cluster, d.Health = cluster, health.New(instant.Now) }}, more...)...)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.service.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return o
}

// history gives the facts of an aggregate by type.
func (o *trade) history(aggregate string) []string {
	o.t.Helper()
	list, err := o.store.History(o.t.Context(), aggregate, 0, 100)
	if err != nil {
		o.t.Fatal(err)
	}
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Type
	}
	return out
}

func (o *trade) soon(what string, ok func() bool) {
	o.t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > 15*time.Second {
			o.t.Fatal("never: " + what)
		}
	}
}

// entries gives the timeline of a customer as text.
func (o *trade) entries(customer string) string {
	var page json.RawMessage
	o.call("director", "GET", "/v1/customers/"+customer+"/timeline", nil, &page)
	return string(page)
}

// the link goes to the customer by outreach, signing and
// asking for prices are on the timeline, a signed renewal ends what it renews, and a
// customer whose tier makes it eligible gets its offer.
func TestTradeReachesTheCustomer(t *testing.T) {
	o := traders(t)
	id := o.customer("上海华兴贸易有限公司")
	first := o.unsigned(id, items{{"product": "licence", "quantity": 2}})
	o.soon("the link was asked to be sent", func() bool { return len(o.history("outreach/contract:"+first.ID+":1:0")) > 0 }) // what is signed is not asked for any more
	o.signs(first)
	o.soon("the signing is on the timeline", func() bool { return strings.Contains(o.entries(id), "客户已签署") })
	var next contractSeen
	o.call("wang", "POST", "/v1/contracts/"+first.ID+"/renewals", map[string]any{}, &next)
	o.do("wang", next.ID, "submission", nil)
	o.signs(o.do("wang", next.ID, "sending", nil))
	o.soon("the old contract is renewed", func() bool {
		o.call("wang", "GET", "/v1/contracts/"+first.ID, nil, &first)
		return first.Status == catalogue.ContractRenewed && first.Successor == next.ID
	})
	for range 3 {
		o.call("wang", "POST", "/v1/customers/"+id+"/quote-requests", map[string]any{"items": items{{"product": "licence", "quantity": 5}}}, nil)
	}
	o.soon("comparing is on the timeline", func() bool { return strings.Contains(o.entries(id), "可能在比价") })
}

// contracts, requests for prices, offers and the key account move when two files
// become one, count together, and go back when that is undone.
func TestTradeMovesWithItsCustomer(t *testing.T) {
	o := traders(t)
	keep := o.customer("上海华兴贸易有限公司")
	var other seen
	if status, _ := o.call("wang", "POST", "/v1/customers", map[string]any{"name": "北京大成", "phone": "13912345678", "contact": "王总"}, &other); status != 201 {
		t.Fatalf("customer: %d", status)
	}
	drop := other.ID
	c := o.signed(drop, items{{"product": "licence", "quantity": 2}})
	ask := func(customer string) (n int) {
		var a struct {
			InWindow int `json:"in_window"`
		}
		o.call("wang", "POST", "/v1/customers/"+customer+"/quote-requests", map[string]any{"items": items{{"product": "licence", "quantity": 5}}}, &a)
		return a.InWindow
	}
	ask(drop)
	if ask(keep) != 1 {
		t.Error("two customers count apart")
	}
	of := func(customer string) int {
		var page struct{ Items []contractSeen }
		o.call("director", "GET", "/v1/contracts?customer="+customer, nil, &page)
		n := 0
		for _, i := range page.Items {
			if i.ID == c.ID && i.Customer == customer {
				n++
			}
		}
		return n
	}
	var m struct{ ID string }
	if status, _ := o.call("director", "POST", "/v1/merges", map[string]any{"keep": keep, "drop": drop, "reason": "同一家"}, &m); status >= 300 {
		t.Fatalf("merged: %d", status)
	}
	o.soon("the contract is the other's", func() bool { return of(keep) == 1 })
	o.soon("requests count together", func() bool {
		var list struct {
			InWindow int `json:"in_window"`
		}
		o.call("wang", "GET", "/v1/customers/"+keep+"/quote-requests", nil, &list)
		return list.InWindow == 2
	})
	if status, _ := o.call("director", "POST", "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "两家"}, nil); status >= 300 {
		t.Fatalf("undone: %d", status)
	}
	o.soon("the contract is back", func() bool { return of(drop) == 1 && of(keep) == 0 })
}

// the customer is reminded to sign by the link of the sending that the journey
// knew, once per effect; after another sending, or the signature, nobody is.
func TestTradeRemindsToSign(t *testing.T) {
	o := traders(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.unsigned(id, items{{"product": "licence", "quantity": 2}})
	urge := func(round int, key string) int {
		status, _ := o.call("journeys", "POST", "/v1/contracts/"+c.ID+"/signing-reminders", map[string]any{"round": round, "due": instant.Now()}, nil, "Idempotency-Key", key)
		return status
	}
	if a, b, other := urge(1, "e1"), urge(1, "e1"), urge(2, "e2"); a != 200 || b != 200 || other != 409 {
		t.Errorf("%d, again %d, of another sending %d", a, b, other)
	}
	o.soon("the reminder was asked to be sent", func() bool { return len(o.history("outreach/contract:"+c.ID+":1:1")) > 0 })
	if n := len(o.history("outreach/contract:" + c.ID + ":1:2")); n != 0 {
		t.Errorf("reminded twice under one effect: %d", n)
	}
	o.signs(c)
	if status := urge(1, "e3"); status != 409 {
		t.Errorf("after the signature: %d", status)
	}
}

// whoever becomes eligible by signing is sent the offer by itself, through outreach, once; so is who becomes so by another tier.
func TestTradeOffersReachTheCustomer(t *testing.T) {
	o := traders(t, func(d *service.Deps) {
		d.Policy = policytest.Holder(t, func(s *policy.Sections) {
			vip := s.Prices.Offers[0]
			s.Prices.Offers[0].Tenure = policy.D("0d")
			vip.ID, vip.Tenure, vip.Tiers = "vip_only", policy.D("0d"), []string{"vip"}
			s.Prices.Offers = append(s.Prices.Offers, vip)
		})
	})
	id := o.customer("上海华兴贸易有限公司")
	o.signed(id, items{{"product": "licence", "quantity": 2}})
	o.soon("the offer was asked to be sent", func() bool { return len(o.history("outreach/offer:"+id+":loyalty:0")) > 0 })
	if len(o.history("offer/"+id+":vip_only:0")) != 0 {
		t.Error("an offer of another tier")
	}
	if status, _ := o.call("director", "PATCH", "/v1/customers/"+id, `{"tier":"vip"}`, nil); status != 200 {
		t.Fatalf("tier: %d", status)
	}
	o.soon("the offer of the tier was asked to be sent", func() bool { return len(o.history("outreach/offer:"+id+":vip_only:0")) > 0 })
	if len(o.history("offer/"+id+":loyalty:1")) != 0 {
		t.Error("the first offer again")
	}
	o.soon("both are on the timeline", func() bool { return strings.Count(o.entries(id), "获得优惠") == 2 })
}

// a contract goes with its customer to a new owner, whatever facts of before say later.
func TestTradeFollowsTheOwner(t *testing.T) {
	cluster := kafkatest.New()
	o := tradersOn(t, cluster)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 2}})
	r := &running{office: o.office, cluster: cluster, told: 1}
	r.happens("ownership/"+id, id, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: id, Owner: "zhao"}, Reason: "transfer"})
	owner := func() string {
		o.call("director", "GET", "/v1/contracts/"+c.ID, nil, &c)
		return c.Owner
	}
	o.soon("the contract is the new owner's", func() bool { return owner() == "zhao" })
	r.told = 0 // a fact of before comes again
	r.happens("ownership/"+id, id, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: id, Owner: "wang"}, Reason: "intake"})
	r.told = 2
	r.happens("ownership/"+id, id, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: id, Owner: "lead"}, Reason: "transfer"})
	o.soon("the contract is the newest owner's", func() bool { return owner() == "lead" })
}
