package accounts_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// what an order's lines say goes all the way: the record has them, so
// have the list and the customer's timeline, units are their sum, and a wake-up plan
// is suggested by what was bought.
func TestTheLinesOfAnOrder(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	line := func(product string, quantity int, minor int64) map[string]any {
		return map[string]any{"product": product, "quantity": quantity, "amount": map[string]any{"minor": minor, "currency": "CNY"}}
	}
	for i, days := range []int{120, 90} {
		ask := orderOf(c, []string{"1", "2"}[i], 50_000, line("铜版纸", 3, 30_000), line("油墨", 2, 20_000))
		ask["placed_at"] = instant.Now().Add(-time.Duration(days) * 24 * time.Hour).String()
		if status, _ := r.call("journeys", "POST", "/v1/orders", ask, nil); status != 201 {
			t.Fatal(status)
		}
	}
	whole := func(what string, lines []catalogue.OrderLine) {
		t.Helper()
		if len(lines) != 2 || lines[0].Product != "铜版纸" || lines[0].Quantity != 3 || lines[0].Amount == nil || lines[0].Amount.Minor != 30_000 || lines[1].Product != "油墨" || lines[1].Amount.Minor != 20_000 {
			t.Errorf("%s: %+v", what, lines)
		}
	}
	var o catalogue.Order
	if status, _ := r.call("wang", "GET", "/v1/orders/shop:1", nil, &o); status != 200 || o.Units != 5 {
		t.Errorf("%d, %d units", status, o.Units)
	}
	whole("the record", o.Lines)
	var list struct{ Items []catalogue.Order }
	if r.call("wang", "GET", "/v1/customers/"+c+"/orders", nil, &list); len(list.Items) != 2 {
		t.Fatalf("%d orders", len(list.Items))
	}
	whole("the list", list.Items[0].Lines)
	until(t, "both are on the timeline", func() bool { return len(r.timeline(c, "?kind=order").Items) == 2 })
	e := r.timeline(c, "?kind=order").Items[0]
	whole("the timeline", e.Lines)
	if e.Data["products"] != "铜版纸, 油墨" || e.Numbers["units"] != 5 || e.Numbers["lines"] != 2 {
		t.Errorf("the timeline: %v %v", e.Data, e.Numbers)
	}
	until(t, "a wake-up plan goes by them", func() bool {
		var plan json.RawMessage
		r.call("director", "GET", "/v1/customers/"+c+"/wake-up-plans/suggestions", nil, &plan)
		return strings.Contains(string(plan), "铜版纸")
	})
}
