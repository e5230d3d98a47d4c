package leads_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// whatever people and journeys do at once, in the end every
// customer has one owner or lies in the pool, its open leads and deals are where
// it is, and at most one transfer is in progress.
func TestOwnershipUnderAStorm(t *testing.T) {
	const customers, workers, steps = 5, 6, 60
	seed := uint64(time.Now().UnixNano())
	o := start(t)
	var leads, deals []string
	for c := range customers {
		for range 2 {
			id := o.lead([]string{"wang", "li", "zhao"}[c%3], len(leads))
			o.link(id, fmt.Sprintf("c%d", c))
			leads = append(leads, id)
		}
		deals = append(deals, o.call("chen", "POST", "/v1/deals", body{"title": "项目", "customer": fmt.Sprintf("c%d", c)}).want(201).text("id"))
	}
	o.pass(40 * 24 * time.Hour)
	o.run()
	sales := []string{"wang", "li", "zhao", "zhou", "wu"}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for n := range steps {
				who, customer := sales[r.IntN(len(sales))], fmt.Sprintf("c%d", r.IntN(customers))
				effect := fmt.Sprintf("e%d.%d", w, n)
				var a answer
				switch r.IntN(7) {
				case 0:
					a = o.call(who, "POST", "/v1/pool/"+customer+"/claim", nil)
				case 1:
					a = o.recycle("leads/"+leads[r.IntN(len(leads))], who, effect)
				case 2:
					a = o.recycle("deals/"+deals[r.IntN(len(deals))], who, effect)
				case 3:
					a = o.call("journeys", "POST", "/v1/leads/"+leads[r.IntN(len(leads))]+"/reassignment", body{"reason": "escalation", "from": who}, "Idempotency-Key", effect)
				case 4:
					a = o.call("chen", "POST", "/v1/transfers", body{"customer": customer, "to": who, "reason": "x"})
				default:
					a = o.anyStep(r, customer)
				}
				if a.status >= 500 {
					t.Errorf("%d %s", a.status, a.raw)
				}
			}
		})
	}
	all.Wait()
	o.eventually(fmt.Sprintf("all is settled (seed %d)", seed), func() bool { return o.unsettled(customers, deals) == "" })
	happened := map[string]int{}
	for c := range customers {
		for _, f := range o.recorded(fmt.Sprintf("ownership/c%d", c)) {
			happened[f]++
		}
	}
	if happened["owner_changed"] <= customers || happened["customer_pooled"] == 0 || happened["customer_claimed"] == 0 {
		t.Errorf("too little happened to prove anything (seed %d): %v", seed, happened)
	}
}

// anyStep takes any transfer of a customer in progress one step on, back or to its end.
func (o *office) anyStep(r *rand.Rand, customer string) answer {
	list := o.call("chen", "GET", "/v1/transfers?customer="+customer, nil)
	for _, i := range list.items() {
		path := "/v1/transfers/" + i["id"].(string)
		switch i["status"] {
		case "requested":
			return o.call("chen", "POST", path+"/approval", nil)
		case "approved":
			return o.call("chen", "POST", path+"/hand-over", body{"note": "x"})
		case "handed_over":
			if r.IntN(4) == 0 {
				return o.call("chen", "POST", path+"/cancellation", body{"reason": "x"})
			}
			return o.call(i["to"].(string), "POST", path+"/acceptance", nil)
		}
	}
	return list
}

// unsettled names the first thing that is not as it must be, empty if all is.
func (o *office) unsettled(customers int, deals []string) string {
	for c := range customers {
		customer := fmt.Sprintf("c%d", c)
		own := o.call("chen", "GET", "/v1/ownerships/"+customer, nil)
		owner, pooled := own.text("owner"), own.get("pooled") == true
		if (owner == "") != pooled {
			return fmt.Sprintf("%s: owner %q, pooled %v", customer, owner, pooled)
		}
		things := o.call("chen", "GET", "/v1/leads?customer="+customer, nil).items()
		things = append(things, o.call("chen", "GET", "/v1/deals/"+deals[c], nil).body)
		for _, l := range things {
			if got, _ := l["owner"].(string); got != owner || (l["pooled"] == true) != pooled {
				return fmt.Sprintf("%s: %s is with %q, the customer with %q", customer, l["id"], got, owner)
			}
		}
		open := ""
		for _, i := range o.call("chen", "GET", "/v1/transfers?customer="+customer, nil).items() {
			if s := i["status"]; s == "requested" || s == "approved" || s == "handed_over" {
				open += i["id"].(string)
			}
		}
		if open != own.text("transfer") {
			return fmt.Sprintf("%s: transfers in progress %q, the ownership names %q", customer, open, own.text("transfer"))
		}
	}
	return ""
}
