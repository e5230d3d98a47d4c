package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/programtest"
)

// gateway receives what customers are told on a channel.
type gateway struct {
	*httptest.Server
	mu   sync.Mutex
	keys map[string]int
}

func openGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{keys: map[string]int{}}
	g.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.keys[r.Header.Get("Idempotency-Key")]++
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) got() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, times := range g.keys {
		n += times
	}
	return n
}

// noonZone is a zone in which it is about noon, so that nobody sleeps.
func noonZone() string {
	switch east := 12 - time.Now().UTC().Hour(); {
	case east > 0:
		return fmt.Sprintf("Etc/GMT-%d", east) // whose signs are the other way round
	case east < 0:
		return fmt.Sprintf("Etc/GMT+%d", -east)
	}
	return "UTC"
}

// awake opens a customer's file in whose zone it is day.
func awake(ctx context.Context, t *testing.T, c *programtest.Client, name, phone string) string {
	t.Helper()
	var made struct{ ID string }
	if err := c.Post(ctx, "/v1/customers", map[string]string{"name": name, "phone": phone}, &made); err != nil {
		t.Fatal(err)
	}
	if err := c.Call(ctx, http.MethodPatch, "/v1/customers/"+made.ID, "", map[string]string{"time_zone": noonZone()}, nil); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func contacts(ctx context.Context, t *testing.T, c *programtest.Client, customer string) map[string]int {
	t.Helper()
	list, err := programtest.All[catalogue.Outreach](ctx, c, "/v1/outreach?customer="+customer)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, o := range list {
		out[o.Status]++
	}
	return out
}

// soon waits until it is so.
func soon(ctx context.Context, t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(slower * 30 * time.Second); !is(); rest(ctx, t, 50*time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not in time: " + what)
		}
	}
}

// D-9, R-114, R-119: on the whole program four departments contact a customer at
// once, and one contact arrives; a team works for another, the customer orders, and
// what was pending is withdrawn, each once; with every outcome it is closed.
func TestFourDepartmentsOneCustomer(t *testing.T) {
	ctx := bounded(t, 3*time.Minute)
	o := open(ctx, t)
	g, boss := openGateway(t), o.As(o.Boss)
	if err := o.As(o.Administrator).Post(ctx, "/v1/webhooks", map[string]any{"url": g.URL, "channels": []string{"app"}}, nil); err != nil {
		t.Fatal(err)
	}
	crowded := awake(ctx, t, boss, "上海华兴贸易有限公司", "13610000001")
	text := lang.T("您好", "Hello")
	var wg sync.WaitGroup
	for _, department := range []string{"sales", "service", "product", "operations"} {
		for range 3 {
			wg.Go(func() {
				err := boss.Post(ctx, "/v1/outreach", map[string]any{"customer": crowded, "channel": "app", "purpose": "care", "department": department, "subject": text, "text": text}, nil)
				var refused *programtest.Refusal
				if err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	soon(ctx, t, "one is delivered", func() bool { return contacts(ctx, t, boss, crowded)["delivered"] == 1 })

	lost := awake(ctx, t, boss, "北京远航科技有限公司", "13610000002")
	var team catalogue.Intervention
	if err := boss.Post(ctx, "/v1/interventions", map[string]any{"customer": lost, "reason": "red"}, &team); err != nil {
		t.Fatal(err)
	}
	tasks := func(status string) int {
		list, err := programtest.All[catalogue.Task](ctx, boss, "/v1/tasks?scope=all&status="+status+"&subject=intervention/"+team.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	soon(ctx, t, "four tasks", func() bool { return tasks("open") == 4 })
	for range 3 {
		if err := boss.Post(ctx, "/v1/interventions/"+team.ID+"/contacts", map[string]any{"role": "sales", "channel": "app", "subject": text, "text": text}, nil); err != nil {
			t.Fatal(err)
		}
	}
	soon(ctx, t, "one left, two wait", func() bool {
		c := contacts(ctx, t, boss, lost)
		return c["delivered"] == 1 && c["deferred"] == 2
	})
	order := map[string]any{"customer": lost, "source": "shop", "source_id": "1", "placed_at": time.Now().UTC().Format(time.RFC3339Nano), "amount": map[string]any{"minor": 1000, "currency": "CNY"}}
	if err := boss.Post(ctx, "/v1/orders", order, nil); err != nil {
		t.Fatal(err)
	}
	soon(ctx, t, "all is withdrawn", func() bool { return tasks("cancelled") == 4 && contacts(ctx, t, boss, lost)["withdrawn"] == 2 })
	for _, r := range team.Team {
		if err := boss.Call(ctx, http.MethodPut, "/v1/interventions/"+team.ID+"/roles/"+r.Role+"/outcome", "", map[string]string{"says": "done"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := boss.Post(ctx, "/v1/interventions/"+team.ID+"/closing", map[string]string{"result": "recovered"}, &team); err != nil || team.Status != catalogue.TeamClosed {
		t.Fatalf("%v: %+v", err, team)
	}
	if n := g.got(); n != 2 {
		t.Errorf("%d contacts arrived: %v", n, g.keys)
	}
}
