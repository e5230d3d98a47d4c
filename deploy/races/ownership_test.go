package races

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"liuke.dev/shared/store"
)

// holding is who has a customer, or a lead without customer: one person, or the
// pool. Version is the newest that anybody saw.
type holding struct {
	Owner   string
	Pooled  bool
	Version int64
}

// holdings is the model of ownership: a claim takes what
// lies in the pool, recycling puts there what still has the owner that the rule
// knew, the acceptance of a transfer gives it from the one side to the other.
func holdings(first string) porcupine.Model {
	return model(byThing, holding{Owner: first}, func(h holding, s step, o seen) []holding {
		after, legal := h, false
		switch s.What {
		case "read":
			return when(!o.OK || o.Owner == h.Owner && o.Pooled == h.Pooled && o.Version >= h.Version, holding{h.Owner, h.Pooled, max(h.Version, o.Version)})
		case "claim":
			after.Owner, after.Pooled, legal = s.By, false, h.Pooled
		case "recycle":
			after.Owner, after.Pooled, legal = "", true, h.Owner == s.From
		case "accept":
			after.Owner, after.Pooled, legal = s.By, false, h.Owner == s.From
		}
		switch {
		case o.Unknown && legal:
			return []holding{h, after}
		case o.Unknown:
			return []holding{h}
		case o.OK:
			return when(legal, after)
		case s.What == "claim" && o.Rule == "R-047": // refused because it is not in the pool
			return when(!legal, h)
		}
		return []holding{h} // a void recycling, an acceptance that came too late
	})
}

func when[S any](legal bool, s S) []S {
	if legal {
		return []S{s}
	}
	return nil
}

// moving is the transfer in progress of a customer. Held: a request of unknown
// outcome may have reserved the place and not begun.
type moving struct {
	ID     string
	Status string
	Held   bool
}

// unnamed is a transfer that was begun by a request whose answer was lost.
const unnamed = "?"

var stepsTo = map[string][2]string{ // from, to
	"approve": {"requested", "approved"}, "hand-over": {"approved", "handed_over"}, "accepted": {"handed_over", ""}, "cancel": {"*", ""},
}

// transfers is the model of transfers: one at a time per customer, each
// step once and in its order.
func transfers() porcupine.Model {
	return model(byThing, moving{}, func(m moving, s step, o seen) []moving {
		if s.What == "request" {
			begun := moving{ID: o.ID, Status: "requested"}
			switch {
			case o.OK:
				return when(m.ID == "" && !m.Held, begun)
			case o.Unknown:
				if m.ID != "" || m.Held {
					return []moving{m}
				}
				return []moving{m, {Held: true}, {ID: unnamed, Status: "requested"}}
			}
			return []moving{m} // refused: one is in progress, or the owner has just changed
		}
		if s.What == "drop" { // the customer went to the pool, and may have taken what was in progress along
			return []moving{m, {}}
		}
		path := stepsTo[s.What]
		if m.ID == unnamed {
			m.ID = s.From
		}
		mine := m.ID == s.From
		legal := mine && (m.Status == path[0] || path[0] == "*")
		after := moving{ID: m.ID, Status: path[1]}
		if path[1] == "" {
			after = moving{}
		}
		switch {
		case o.Unknown && legal:
			return []moving{m, after}
		case o.OK:
			return when(legal, after)
		case o.Rule == "transfer.step":
			return when(!legal, m)
		}
		return []moving{m}
	})
}

const (
	clients = 6
	rounds  = 25
)

// thing is what lies in the pool or is somebody's, with the lead that it is known by.
type thing struct{ id, lead, path string }

// of all who claim a lead in the pool at once exactly one gets it; it is
// with one person or in the pool at every instant.
func TestClaimsOfPooledLeads(t *testing.T) {
	eachStore(t, func(t *testing.T, engines []store.Engine) {
		o, h := open(t, engines), newHistory()
		var all []thing
		for n := range 3 {
			id := o.lead("wang", n)
			all = append(all, thing{id, id, "/v1/leads/"})
		}
		o.millis.Add((40 * 24 * time.Hour).Milliseconds())
		o.fail(4)
		o.together(clients, rounds, func(client int, r *rand.Rand) { o.takeOrLeave(h, client, r, all[r.IntN(len(all))]) })
		h.happened(t, 10, "claim", "claim!", "recycle", "read")
		h.check(t, holdings("wang"))
	})
}

// claims, recycling and transfers of the same customers at
// once: each has one owner or lies in the pool, and a transfer that was accepted
// has given the customer to whom it was meant for.
func TestClaimsAndTransfersOfCustomers(t *testing.T) {
	eachStore(t, func(t *testing.T, engines []store.Engine) {
		o, owners, moves := open(t, engines), newHistory(), newHistory()
		var all []thing
		for n, id := range []string{"c1", "c2", "c3"} {
			all = append(all, thing{id, o.customer(id, "wang", n), "/v1/ownerships/"})
		}
		o.millis.Add((40 * 24 * time.Hour).Milliseconds())
		o.fail(4)
		o.together(clients, 3*rounds, func(client int, r *rand.Rand) {
			on := all[r.IntN(len(all))]
			if r.IntN(4) == 0 {
				call := owners.now()
				if got := o.takeOrLeave(owners, client, r, on); got.OK || got.Unknown {
					moves.add(client, call, step{What: "drop", On: on.id}, got)
				}
				return
			}
			o.move(owners, moves, client, r, on.id)
		})
		owners.happened(t, 2, "claim", "recycle", "read", "accept")
		moves.happened(t, 2, "request", "request!", "approve", "hand-over", "accepted")
		owners.check(t, holdings("wang"))
		moves.check(t, transfers())
	})
}

// takeOrLeave claims a thing, looks at it, or takes it from whom may have it; of
// a recycling it gives how that went.
func (o *office) takeOrLeave(h *history, client int, r *rand.Rand, on thing) (recycled seen) {
	who := sales[r.IntN(len(sales))]
	call := h.now()
	switch r.IntN(5) {
	case 0, 1:
		a := o.call(who, "POST", "/v1/pool/"+on.id+"/claim", nil)
		h.add(client, call, step{What: "claim", On: on.id, By: who}, a.seen())
	case 2:
		a := o.call("chen", "GET", on.path+on.id, nil)
		h.add(client, call, step{What: "read", On: on.id}, a.seen())
	default:
		now := o.call("chen", "GET", on.path+on.id, nil)
		if owner := now.text("owner"); owner != "" {
			who = owner
		}
		call = h.now()
		a := o.call("journeys", "POST", "/v1/leads/"+on.lead+"/recycling", body{"reason": "30d", "from": who}, "Liuke-Cause", "lead:x:recycle:1")
		recycled = a.seen()
		recycled.OK = a.body["applied"] == true
		h.add(client, call, step{What: "recycle", On: on.id, From: who}, recycled)
	}
	return recycled
}

// move requests a transfer of a customer, or takes the one in progress a step on.
func (o *office) move(owners, moves *history, client int, r *rand.Rand, customer string) {
	list, _ := o.call("chen", "GET", "/v1/transfers?customer="+customer, nil).body["items"].([]any)
	for _, i := range list {
		m, _ := i.(map[string]any)
		id, _ := m["id"].(string)
		from, _ := m["from"].(string)
		to, _ := m["to"].(string)
		next := map[any]string{"requested": "approval", "approved": "hand-over", "handed_over": "acceptance"}[m["status"]]
		if next == "" {
			continue
		}
		if r.IntN(8) == 0 {
			next = "cancellation"
		}
		call := moves.now()
		begun := owners.now()
		who := "chen"
		if next == "acceptance" {
			who = to
		}
		a := o.call(who, "POST", "/v1/transfers/"+id+"/"+next, map[string]any{"approval": nil, "hand-over": body{"note": "报价已发"}, "acceptance": nil, "cancellation": body{"reason": "x"}}[next])
		what := map[string]string{"approval": "approve", "hand-over": "hand-over", "acceptance": "accepted", "cancellation": "cancel"}[next]
		moves.add(client, call, step{What: what, On: customer, From: id}, a.seen())
		if next == "acceptance" {
			owners.add(client, begun, step{What: "accept", On: customer, By: to, From: from}, a.seen())
		}
		return
	}
	to := sales[r.IntN(len(sales))]
	call := moves.now()
	a := o.call("chen", "POST", "/v1/transfers", body{"customer": customer, "to": to, "reason": "换区域"})
	if a.status != 422 && a.status != 403 { // it is theirs already, or lies in the pool
		moves.add(client, call, step{What: "request", On: customer, By: to}, a.seen())
	}
}
