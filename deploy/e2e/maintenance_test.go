package e2e

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/programtest"
)

// looked is how a customer is looked after.
type looked struct {
	catalogue.Maintenance
	JourneyURL string `json:"journey_url"`
}

func (l looked) running(process string) *catalogue.ProcessInstance {
	for i := range l.Running {
		if l.Running[i].Process == process {
			return &l.Running[i]
		}
	}
	return nil
}

// on the whole program a won deal begins the
// customer's maintenance; the customer is told who looks after it, people have
// their tasks, the journey stands under the customer's id, and once all three
// parties have confirmed the hand-over a transfer moves the external window.
func TestAWonDealIsASwitch(t *testing.T) {
	ctx := bounded(t, 3*time.Minute)
	o := open(ctx, t)
	admin, seller, boss := o.As(o.Administrator), o.As(o.Sellers[0]), o.As(o.Boss)
	hire := func(name, role string) string {
		var p struct{ ID string }
		if err := admin.Post(ctx, "/v1/people", map[string]any{"name": name, "roles": []string{role}, "supervisor": o.Boss}, &p); err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	success, implementation := hire("客户成功", "customer_success"), hire("实施", "implementation")
	var customer, deal struct{ ID string }
	post(ctx, t, seller, "/v1/customers", map[string]any{"name": "南方水泥有限公司", "phone": "02088886666", "email": "liu@nanfang.example"}, &customer)
	post(ctx, t, seller, "/v1/deals", map[string]any{"title": "窑线", "customer": customer.ID, "stage": "to_sign", "need": "窑线", "decision_maker": "刘总", "procurement_node": "招标", "objections": []string{"price"},
		"competitors": []string{"甲"}, "amount": map[string]any{"minor": 100000, "currency": "CNY"}, "answers": []map[string]any{{"question": "need_clear", "yes": true}, {"question": "budget_clear", "yes": true},
			{"question": "decision_maker_reached", "yes": true}}}, &deal)
	soon(ctx, t, "success and implementation are known everywhere", func() bool {
		return o.As(success).Get(ctx, "/v1/tasks", nil) == nil && o.As(implementation).Get(ctx, "/v1/tasks", nil) == nil
	})
	post(ctx, t, seller, "/v1/deals/"+deal.ID+"/win", map[string]any{"follow_on_contact": "李工", "revisit_cadence": map[string]any{"every": 2, "unit": "week"}}, nil)
	begin := time.Now()
	var l looked
	see := func() looked {
		l = looked{}
		_ = boss.Get(ctx, "/v1/customers/"+customer.ID+"/maintenance", &l)
		return l
	}
	soon(ctx, t, "welcome, hand-over and implementation run", func() bool {
		l := see()
		return l.running("hand_over") != nil && l.running("implementation") != nil && l.running("welcome") != nil && l.running("welcome").Steps[0].Status == catalogue.TakenDone
	})
	t.Logf("welcome, hand-over and implementation run %s after the win", time.Since(begin).Round(time.Millisecond))
	if l.Contact != "李工" || l.Cadence.Unit != "week" || l.Success != success || l.Implementation != implementation || l.Wins != 1 || l.JourneyURL == "" {
		t.Errorf("maintenance %+v", l.Maintenance)
	}
	soon(ctx, t, "the customer is told who looks after it", func() bool { return len(contacts(ctx, t, boss, customer.ID)) > 0 }) // sent and logged
	soon(ctx, t, "success has its tasks", func() bool {
		all, err := programtest.All[catalogue.Task](ctx, o.As(success), "/v1/tasks")
		n := 0
		for _, task := range all {
			if task.Kind == catalogue.TaskServiceStep {
				n++
			}
		}
		return err == nil && n >= 2 // the service call, the confirmation, and what the life cycle asks for
	})
	var j struct {
		Pending []catalogue.Obligation
		Says    struct{ Zh string }
	}
	if err := boss.Get(ctx, "/v1/journeys/maintenance/"+customer.ID, &j); err != nil || len(j.Pending) == 0 {
		t.Errorf("journey: %v %+v", err, j)
	}
	for _, party := range []struct{ name, person string }{{"sales", o.Sellers[0]}, {"implementation", implementation}, {"success", success}} {
		post(ctx, t, o.As(party.person), "/v1/customers/"+customer.ID+"/processes/"+url.PathEscape(see().running("hand_over").ID)+"/steps/"+party.name+"/completion", map[string]any{"outcome": "确认"}, nil)
	}
	var transfers struct{ Items []catalogue.Transfer }
	soon(ctx, t, "the window moves by a transfer", func() bool {
		return boss.Get(ctx, "/v1/transfers?customer="+customer.ID, &transfers) == nil && len(transfers.Items) == 1
	})
	if tr := transfers.Items[0]; tr.From != o.Sellers[0] || tr.To != success || tr.Status != catalogue.TransferRequested {
		t.Errorf("transfer %+v", tr)
	}
	if l := see(); l.Link != catalogue.LinkAfterSales || l.HandOver.ConfirmedAt.IsZero() {
		t.Errorf("link %s, hand-over %+v", l.Link, l.HandOver)
	}
}

func post(ctx context.Context, t *testing.T, c *programtest.Client, path string, body, into any) {
	t.Helper()
	if err := c.Call(ctx, http.MethodPost, path, "", body, into); err != nil {
		t.Fatal(err)
	}
}
