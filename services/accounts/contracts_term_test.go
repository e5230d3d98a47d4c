package accounts_test

import (
	"fmt"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// payments go to installments in order; payment cycle and time from signing
// to payment are recorded, overdue ones are seen.
func TestPayments(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 10}}) // 12,000.00 in two halves, after 7 and 30 days
	if len(c.Schedule) != 2 || c.Schedule[0].Minor != 600_000 || c.Schedule[0].Due != c.SignedAt.Add(7*24*time.Hour) {
		t.Fatalf("schedule %+v", c.Schedule)
	}
	pay := func(source string, minor int64, currency string) int {
		status, _ := o.call("desk", "POST", "/v1/contracts/"+c.ID+"/payments", map[string]any{"source": "bank", "source_id": source,
			"amount": map[string]any{"minor": minor, "currency": currency}, "paid_at": instant.Time(o.now.Load())}, nil)
		return status
	}
	listed := func() int {
		var page struct{ Items []contractSeen }
		o.call("desk", "GET", "/v1/contracts?overdue=true", nil, &page)
		return len(page.Items)
	}
	o.pass(7*24*time.Hour + time.Hour)
	if status, _ := o.call("journeys", "PUT", "/v1/contracts/"+c.ID+"/marks/payment_overdue", map[string]any{}, nil); status != 200 || listed() != 1 {
		t.Errorf("overdue: %d, %d listed", status, listed())
	}
	for _, want := range []struct {
		source   string
		minor    int64
		currency string
		status   int
	}{{"1", 600_000, "USD", 422}, {"1", 0, "CNY", 422}, {"1", 1_200_001, "CNY", 422}, {"1", 600_000, "CNY", 200}, {"1", 600_000, "CNY", 200}} {
		if status := pay(want.source, want.minor, want.currency); status != want.status {
			t.Errorf("%+v: %d", want, status)
		}
	}
	o.pass(3 * 24 * time.Hour)
	if status := pay("2", 600_000, "CNY"); status != 200 {
		t.Errorf("second: %d", status)
	}
	o.call("desk", "GET", "/v1/contracts/"+c.ID, nil, &c)
	if c.Paid != c.Total.Minor || len(c.Payments) != 2 || c.Schedule[0].CycleDays != 0 || c.Schedule[1].CycleDays != -20 || c.SigningToPaymentDays != 10 || listed() != 0 || len(c.Marks) != 0 {
		t.Errorf("paid %+v; %d listed", c.Contract, listed())
	}
}

// what the customer says about renewing is recorded, and a renewal begins when the old contract ends.
func TestRenewal(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 2}})
	if status, _ := o.call("journeys", "PUT", "/v1/contracts/"+c.ID+"/marks/renewal_at_risk", map[string]any{"evidence": []string{"x"}}, nil); status != 200 {
		t.Errorf("mark: %d", status)
	}
	if got := o.do("wang", c.ID, "renewal-intent", map[string]string{"intent": "renew", "note": "希望续三年"}); got.Renewal == nil || got.Renewal.By != "wang" || len(got.Marks) != 0 {
		t.Errorf("intent %+v, marks %v", got.Renewal, got.Marks)
	}
	if status, _ := o.call("journeys", "PUT", "/v1/contracts/"+c.ID+"/marks/renewal_at_risk", map[string]any{}, nil); status != 409 {
		t.Errorf("marked although it is renewed: %d", status)
	}
	var next contractSeen
	if status, _ := o.call("wang", "POST", "/v1/contracts/"+c.ID+"/renewals", map[string]any{}, &next); status != 201 || next.Parent != c.ID || next.From != c.Until || next.Items[0].Quantity != 2 || next.Kind != "renewal" {
		t.Errorf("renewal: %d %+v", status, next.Contract)
	}
	for _, s := range []struct {
		to     string
		pass   time.Duration
		status int
	}{{"active", 0, 409}, {"expired", 365*24*time.Hour - time.Minute - time.Second, 409}, {"expired", time.Second, 200}, {"expired", 0, 409}} {
		o.pass(s.pass)
		if status, _ := o.call("journeys", "POST", "/v1/contracts/"+c.ID+"/advances", map[string]string{"to": s.to}, nil, "Idempotency-Key", fmt.Sprint(s)); status != s.status {
			t.Errorf("%+v: %d", s, status)
		}
	}
}

// one call adds products to a contract in force, at the customer's prices, and sends it for signing.
func TestUpsellInOneStep(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 2}})
	o.call("director", "PATCH", "/v1/customers/"+id, `{"tier":"core"}`, nil)
	var more contractSeen
	path := "/v1/contracts/" + c.ID + "/upsells"
	if status, _ := o.call("wang", "POST", path, map[string]any{"items": items{{"product": "licence", "quantity": 5}}}, &more); status != 201 || more.Status != catalogue.ContractSent ||
		more.Parent != c.ID || more.Items[0].Price != 114_000 || more.Until != c.Until || more.SigningLink == "" {
		t.Errorf("upsell: %d %+v", status, more.Contract)
	}
	if status, _ := o.call("wang", "POST", path, map[string]any{"items": items{{"product": "licence", "quantity": 50}}}, &more); status != 201 || more.Status != catalogue.ContractApproving {
		t.Errorf("a large upsell: %d %s", status, more.Status)
	}
	for body, want := range map[string]int{`{"items":[{"product":"implementation","quantity":1}]}`: 422, `{"items":[]}`: 422, `{"items":[{"product":"licence","quantity":0}]}`: 422, `{}`: 422} {
		if status, _ := o.call("wang", "POST", path, body, nil); status != want {
			t.Errorf("%s: %d", body, status)
		}
	}
	if status, _ := o.call("wang", "POST", "/v1/contracts/"+more.ID+"/upsells", map[string]any{"items": items{{"product": "licence", "quantity": 1}}}, nil); status != 409 {
		t.Errorf("to one that is not in force: %d", status)
	}
}
