package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

func orderOf(customer, id string, minor int64, lines ...map[string]any) map[string]any {
	return map[string]any{"customer": customer, "source": "shop", "source_id": id, "placed_at": "2026-03-01T09:00:00+08:00", "channel": "web",
		"amount": map[string]any{"minor": minor, "currency": "CNY"}, "lines": lines}
}

// orders, payments and usage are typed records; told again they change
// nothing; each is on the customer's timeline, once.
func TestWhatACustomerBoughtPaidAndUsed(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	ask := orderOf(c, "1", 2933, map[string]any{"product": "CD", "quantity": 2})
	ask["due_at"] = "2026-03-10T00:00:00+08:00"
	for _, want := range []int{201, 200} {
		var o catalogue.Order
		if status, h := r.call("journeys", "POST", "/v1/orders", ask, &o); status != want || o.ID != "shop:1" || o.Units != 2 || (want == 200) != (h.Get("Liuke-Existing") == "true") {
			t.Errorf("order: %d %+v", status, o)
		}
	}
	var p catalogue.Payment
	if status, _ := r.call("journeys", "POST", "/v1/payments", map[string]any{"match": map[string]any{"phone": "138 1234 5678"}, "source": "bank", "source_id": "9", "paid_at": "2026-03-05T09:00:00+08:00",
		"amount": map[string]any{"minor": 2933, "currency": "CNY"}, "order": "shop:1"}, &p); status != 201 || p.Customer != c || p.DueAt == 0 || p.Type != "payment" {
		t.Errorf("payment: %d %+v", status, p)
	}
	if status, _ := r.call("journeys", "POST", "/v1/usages", map[string]any{"customer": c, "source": "app", "source_id": "w9", "product": "ERP", "from": "2026-02-22T00:00:00Z", "to": "2026-03-01T00:00:00Z",
		"features": []string{"stock", "sales", "stock"}, "core": []string{"stock", "ledger"}, "logins": 12}, nil); status != 201 {
		t.Errorf("usage: %d", status)
	}
	var whole struct {
		catalogue.Order
		Payments []catalogue.Payment
	}
	if status, _ := r.call("wang", "GET", "/v1/orders/shop:1", nil, &whole); status != 200 || len(whole.Payments) != 1 {
		t.Errorf("order with payments: %d %+v", status, whole)
	}
	var cycle struct {
		Paid       int
		MedianDays float64 `json:"median_days"`
	}
	if r.call("wang", "GET", "/v1/customers/"+c+"/payment-cycle", nil, &cycle); cycle.Paid != 1 || cycle.MedianDays != 4 {
		t.Errorf("cycle: %+v", cycle)
	}
	until(t, "three entries", func() bool { return len(r.timeline(c, "?kind=order,payment,usage").Items) == 3 })
	usage := r.timeline(c, "?kind=usage").Items[0]
	if usage.Numbers["features"] != 2 || usage.Numbers["core_used"] != 1 || usage.Numbers["core"] != 2 || usage.Numbers["logins"] != 12 {
		t.Errorf("usage: %+v", usage)
	}
	// What the shop tells of the same order by itself is not counted twice.
	own := draft(c, "order", "1", "2026-03-01T09:00:00+08:00", "")
	own["source"] = "shop"
	var a answer
	if r.call("journeys", "POST", "/v1/timeline", own, &a); a.Entry.SameAs == "" || len(r.timeline(c, "?kind=order&unique=true").Items) != 1 {
		t.Errorf("the same order told twice: %+v", a)
	}
	var cancelled catalogue.Order
	if status, _ := r.call("director", "POST", "/v1/orders/shop:1/cancellation", map[string]any{"reason": "发错货"}, &cancelled); status != 200 || cancelled.Status != "cancelled" {
		t.Errorf("cancel: %d %+v", status, cancelled)
	}
	until(t, "the cancellation", func() bool { return len(r.timeline(c, "?kind=order&unique=true").Items) == 2 })
}

// all that is wrong with a record is said; of a batch each item is answered by itself.
func TestRecordsThatAreWrong(t *testing.T) {
	o := start(t)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	bad := map[string]any{"source": "Shop!", "placed_at": "2026-03-01", "amount": map[string]any{"minor": -1, "currency": "XXX"}, "units": -2,
		"lines": []any{map[string]any{"product": " ", "quantity": 1, "amount": map[string]any{"minor": 1, "currency": "CNY"}}}}
	items := []any{orderOf(c, "1", 1), bad, orderOf("nobody", "2", 1), orderOf(c, "3", 0)}
	var got struct{ Items []answer }
	if status, _ := o.call("journeys", "POST", "/v1/orders/batch", map[string]any{"items": items}, &got); status != 200 {
		t.Fatal(status)
	}
	var said []string
	for _, a := range got.Items {
		for _, e := range a.Errors {
			said = append(said, e.Field+":"+e.Rule)
		}
		said = append(said, a.Status)
	}
	want := "recorded customer:required source:pattern source_id:required placed_at:instant amount.minor:range amount.currency:currency units:minimum lines[0].product:required " +
		"lines[0].amount.currency:currency refused customer:no_customer refused recorded"
	if strings.Join(said, " ") != want {
		t.Errorf("said %s", strings.Join(said, " "))
	}
	var p httpx.Problem
	if status, _ := o.call("journeys", "POST", "/v1/usages", map[string]any{"customer": c, "source": "app", "source_id": "1", "product": "x", "from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, &p); status != 422 || p.Errors[0].Field != "to" {
		t.Errorf("an empty period: %d %+v", status, p.Errors)
	}
	other := o.customer("北京长城电子有限公司", "13912345678")
	if status, _ := o.call("journeys", "POST", "/v1/payments", map[string]any{"customer": other, "source": "bank", "source_id": "1", "paid_at": "2026-03-01T00:00:00Z", "order": "shop:1",
		"amount": map[string]any{"minor": 1, "currency": "CNY"}}, &p); status != 422 || p.Errors[0].Field != "order" {
		t.Errorf("another's order: %d %+v", status, p.Errors)
	}
	for who, want := range map[string]int{"zhao": 403, "tech": 403, "wang": 201} {
		if status, _ := o.call(who, "POST", "/v1/orders", orderOf(c, "of-"+who, 5), nil); status != want {
			t.Errorf("%s: %d, want %d", who, status, want)
		}
	}
	if status, _ := o.call("zhao", "GET", "/v1/customers/"+c+"/orders", nil, nil); status != 403 {
		t.Errorf("zhao reads: %d", status)
	}
	var page struct{ Items []catalogue.Order }
	if o.call("wang", "GET", fmt.Sprintf("/v1/customers/%s/orders", c), nil, &page); len(page.Items) != 3 {
		t.Errorf("%d orders", len(page.Items))
	}
}
