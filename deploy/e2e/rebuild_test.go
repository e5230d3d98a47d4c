package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// outsider is a consumer of another department: it knows the stream and the event
// catalogue's names, nothing of Liuke's code. From facts alone it knows the
// customers, who is responsible for each, and how each stands.
type outsider struct {
	customers map[string]string // name by id
	folded    map[string]bool
	owners    map[string]string
	health    map[string]int
	lifecycle map[string]string
	seen      map[string]int64 // version of each aggregate that was read last
}

// interesting are the types that it reads.
var interesting = []string{"liuke.accounts.customer_created.v1", "liuke.accounts.customer_matched.v1", "liuke.accounts.customer_changed.v1", "liuke.accounts.customer_folded.v1",
	"liuke.accounts.customer_unfolded.v1", "liuke.ownership.owner_changed.v1", "liuke.ownership.customer_claimed.v1", "liuke.ownership.customer_pooled.v1",
	"liuke.accounts.standing_assessed.v1"}

func readFromOutside(t *testing.T, events []facts.Event) *outsider {
	t.Helper()
	o := &outsider{customers: map[string]string{}, folded: map[string]bool{}, owners: map[string]string{}, health: map[string]int{}, lifecycle: map[string]string{}, seen: map[string]int64{}}
	for _, e := range events {
		var data struct {
			From  string `json:"from"`
			After struct {
				ID        string `json:"id"`
				Name      string `json:"name"`
				Customer  string `json:"customer"`
				Owner     string `json:"owner"`
				Health    int    `json:"health"`
				Lifecycle string `json:"lifecycle"`
			} `json:"after"`
		}
		if slices.Contains(interesting, e.Type) {
			if err := json.Unmarshal(e.Data, &data); err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
		}
		if last := o.seen[e.Aggregate]; e.Version < last { // a fact that comes late is old news
			continue
		}
		switch strings.TrimPrefix(e.Type, "liuke.") {
		case "accounts.customer_created.v1", "accounts.customer_matched.v1", "accounts.customer_changed.v1":
			o.customers[data.After.ID] = data.After.Name
		case "accounts.customer_folded.v1":
			o.folded[data.From] = true
		case "accounts.customer_unfolded.v1":
			o.folded[data.From], o.customers[data.From] = false, data.After.Name
		case "ownership.owner_changed.v1", "ownership.customer_claimed.v1":
			o.owners[data.After.Customer] = data.After.Owner
		case "ownership.customer_pooled.v1":
			o.owners[data.After.Customer] = ""
		case "accounts.standing_assessed.v1":
			o.health[data.After.Customer], o.lifecycle[data.After.Customer] = data.After.Health, data.After.Lifecycle
		default:
			continue
		}
		o.seen[e.Aggregate] = e.Version
	}
	for id, folded := range o.folded {
		if folded {
			delete(o.customers, id)
			delete(o.health, id)
			delete(o.owners, id)
		}
	}
	return o
}

// A consumer outside the suite rebuilds the customer list, the owners and every
// health score from the stream alone; the services answer the same (D-7).
func TestAnOutsiderRebuildsCustomersOwnersAndHealth(t *testing.T) {
	ctx := bounded(t, 4*time.Minute)
	o := open(ctx, t)
	stream := o.Follow(ctx)
	defer stream.Close() //nolint:errcheck // it ends
	boss := o.As(o.Boss)
	ids := customersWithAPast(ctx, t, o)
	mergeTwo(ctx, t, boss, ids)
	var wrong []string
	for end := time.Now().Add(slower * 60 * time.Second); ; rest(ctx, t, time.Second) {
		if wrong = compare(ctx, t, boss, readFromOutside(t, stream.Facts()), len(ids)-1); len(wrong) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d differences:\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 20)], "\n"))
		}
	}
}

// customersWithAPast makes customers of every kind of fate: with orders at their
// pace, with orders long ago, with low ratings, with nothing at all.
func customersWithAPast(ctx context.Context, t *testing.T, o *programtest.Office) []string {
	t.Helper()
	var ids []string
	now := instant.Now()
	for i := range 24 {
		seller := o.As(o.Sellers[i%len(o.Sellers)])
		var lead struct {
			ID string `json:"id"`
		}
		must(t, seller.Post(ctx, "/v1/leads", map[string]any{"company": fmt.Sprintf("外部核对%02d有限公司", i), "contact": "王芳", "phone": fmt.Sprintf("1381000%04d", i), "source": "website", "need": "采购"}, &lead))
		var customer string
		for end := time.Now().Add(slower * 30 * time.Second); customer == ""; rest(ctx, t, 200*time.Millisecond) {
			var got struct {
				Customer string `json:"customer"`
			}
			must(t, seller.Get(ctx, "/v1/leads/"+lead.ID, &got))
			if customer = got.Customer; time.Now().After(end) {
				t.Fatal("a lead got no customer")
			}
		}
		ids = append(ids, customer)
		var items []map[string]any
		say := func(kind, direction string, ago time.Duration, more map[string]any) {
			e := map[string]any{"customer": customer, "kind": kind, "source": "erp", "source_id": fmt.Sprintf("%d-%d", i, len(items)), "occurred_at": now.Add(-ago).String(),
				"direction": direction, "says": map[string]string{"zh": kind, "en": kind}}
			maps.Copy(e, more)
			items = append(items, e)
		}
		const day = 24 * time.Hour
		switch i % 4 {
		case 0:
			for n := range 12 {
				say("order", "inbound", time.Duration(30*n)*day+day, map[string]any{"amount": map[string]any{"minor": 100_00, "currency": "CNY"}})
			}
		case 1:
			for n := range 8 {
				say("order", "inbound", time.Duration(150+30*n)*day, map[string]any{"amount": map[string]any{"minor": 500_00, "currency": "CNY"}})
			}
		case 2:
			say("feedback", "inbound", 20*day, map[string]any{"numbers": map[string]float64{"score": 30, "max": 100}})
			say("feedback", "inbound", 10*day, map[string]any{"numbers": map[string]float64{"score": 40, "max": 100}})
			say("complaint", "inbound", 5*day, nil)
		}
		if len(items) > 0 {
			must(t, o.As(o.Boss).Post(ctx, "/v1/timeline/batch", map[string]any{"items": items}, nil))
		}
	}
	return ids
}

func mergeTwo(ctx context.Context, t *testing.T, boss *programtest.Client, ids []string) {
	t.Helper()
	var m struct {
		ID string `json:"id"`
	}
	must(t, boss.Post(ctx, "/v1/merges", map[string]any{"keep": ids[0], "drop": ids[5], "reason": "同一家"}, &m))
	must(t, boss.Post(ctx, "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "不是同一家"}, nil))
	must(t, boss.Post(ctx, "/v1/merges", map[string]any{"keep": ids[1], "drop": ids[6], "reason": "同一家"}, &m))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// compare holds what the outsider knows against what the services answer.
func compare(ctx context.Context, t *testing.T, boss *programtest.Client, out *outsider, least int) (wrong []string) {
	t.Helper()
	type listed struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Owner string `json:"owner"`
	}
	list, err := programtest.All[listed](ctx, boss, "/v1/customers")
	must(t, err)
	if len(list) < least || len(list) != len(out.customers) {
		wrong = append(wrong, fmt.Sprintf("%d customers listed, %d rebuilt, at least %d expected", len(list), len(out.customers), least))
	}
	for _, c := range list {
		if out.customers[c.ID] != c.Name {
			wrong = append(wrong, fmt.Sprintf("customer %s is called %q, rebuilt %q", c.ID, c.Name, out.customers[c.ID]))
		}
		if out.owners[c.ID] != c.Owner {
			wrong = append(wrong, fmt.Sprintf("customer %s is %s's, rebuilt %q", c.ID, c.Owner, out.owners[c.ID]))
		}
		var s struct {
			Health    int    `json:"health"`
			Lifecycle string `json:"lifecycle"`
		}
		if err := boss.Get(ctx, "/v1/customers/"+c.ID+"/standing", &s); err != nil {
			wrong = append(wrong, fmt.Sprintf("standing of %s: %v", c.ID, err))
			continue
		}
		if h, known := out.health[c.ID]; !known || h != s.Health || out.lifecycle[c.ID] != s.Lifecycle {
			wrong = append(wrong, fmt.Sprintf("customer %s stands at %d %s, rebuilt %d %s", c.ID, s.Health, s.Lifecycle, h, out.lifecycle[c.ID]))
		}
	}
	states := map[string]bool{}
	for _, s := range out.lifecycle {
		states[s] = true
	}
	if len(states) < 2 {
		wrong = append(wrong, fmt.Sprintf("all customers stand alike: %v", slices.Collect(maps.Keys(states))))
	}
	return wrong
}
