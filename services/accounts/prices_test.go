package accounts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
)

type priceSeen struct {
	Lines []struct {
		Product         string
		PerMille        int `json:"per_mille"`
		Price, Quantity int64
		Because         []struct {
			Kind   string
			Counts bool
		}
	}
	Total struct{ Minor int64 }
	Tier  string
}

// a customer's price over HTTP, with the reasons; what cannot be priced is named.
func TestPriceOverHTTP(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	o.call("director", "PATCH", "/v1/customers/"+id, `{"tier":"vip"}`, nil)
	var q priceSeen
	path := "/v1/customers/" + id + "/price"
	if status, _ := o.call("wang", "GET", path+"?item=licence:50&item=training:2", nil, &q); status != 200 || len(q.Lines) != 2 || q.Tier != "vip" ||
		q.Lines[0].PerMille != 80 || q.Total.Minor != 50*110_400+2*460_000 || len(q.Lines[0].Because) != 2 {
		t.Errorf("%d %+v", status, q)
	}
	for query, want := range map[string]int{"": 422, "?item=licence": 422, "?item=licence:0": 422, "?item=licence:-1": 422, "?item=moon:1": 422, "?item=licence:1&item=licence:2": 422,
		"?item=licence:99999999999999999999": 422, "?colour=red": 422} {
		if status, _ := o.call("wang", "GET", path+query, nil, nil); status != want {
			t.Errorf("%q: %d, want %d", query, status, want)
		}
	}
	for who, want := range map[string]int{"": 401, "tech": 403, "zhao": 403, "journeys": 200} {
		if status, _ := o.call(who, "GET", path+"?item=licence:1", nil, nil); status != want {
			t.Errorf("%s: %d, want %d", who, status, want)
		}
	}
}

// the third request within 30 days says that the customer compares, once;
// one of exactly 30 days ago counts no more; a repeated key counts once.
func TestQuoteRequestsAreCounted(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	ask := func(key string) (int, bool) {
		t.Helper()
		var a struct {
			InWindow int `json:"in_window"`
			Compares bool
			Quote    priceSeen
		}
		if status, _ := o.call("wang", "POST", "/v1/customers/"+id+"/quote-requests", map[string]any{"items": items{{"product": "licence", "quantity": 5}}, "compares_with": "甲公司"}, &a, "Idempotency-Key", key); status != 201 || a.Quote.Total.Minor != 600_000 {
			t.Fatalf("%d %+v", status, a)
		}
		return a.InWindow, a.Compares
	}
	told := func() int {
		n := 0
		for _, f := range o.history("quote_request/" + id) {
			if f == (&catalogue.QuotesCompared{}).Kind().Type {
				n++
			}
		}
		return n
	}
	for i, want := range []struct {
		key   string
		pass  time.Duration
		n     int
		found bool
		told  int
	}{
		{"a", 0, 1, false, 0}, {"b", 10 * 24 * time.Hour, 2, false, 0}, {"b", 0, 2, false, 0},
		{"c", 20 * 24 * time.Hour, 2, false, 0}, // the first was exactly 30 days ago
		{"d", 0, 3, true, 1}, {"e", 0, 4, true, 1},
		{"f", 30 * 24 * time.Hour, 1, false, 1}, {"g", 0, 2, false, 1}, {"h", 0, 3, true, 2},
	} {
		o.pass(want.pass)
		if n, found := ask(want.key); n != want.n || found != want.found || told() != want.told {
			t.Errorf("%d: %d in the window, compares %t, told %d times; want %+v", i, n, found, told(), want)
		}
	}
	var list struct{ Items []catalogue.QuoteRequest }
	if o.call("wang", "GET", "/v1/customers/"+id+"/quote-requests", nil, &list); len(list.Items) != 8 || list.Items[0].ComparesWith != "甲公司" {
		t.Errorf("%d listed", len(list.Items))
	}
	for body, want := range map[string]int{`{"items":[]}`: 422, `{}`: 422, `{"items":[{"product":"moon","quantity":1}]}`: 422, `{"items":[{"product":"licence","quantity":1}],"at":"2099-01-01T00:00:00Z"}`: 422} {
		if status, _ := o.call("wang", "POST", "/v1/customers/"+id+"/quote-requests", body, nil); status != want {
			t.Errorf("%s: %d", body, status)
		}
	}
}

// a year after the first contract the customer gets the loyalty offer, once until
// another year has passed, and its prices are lower while it stands.
func TestOffersArePushed(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 2}})
	push := func(key string) []string {
		t.Helper()
		var out struct{ Offers []string }
		if status, _ := o.call("journeys", "POST", "/v1/contracts/"+c.ID+"/offers", map[string]any{"due": "2026-01-01T00:00:00Z"}, &out, "Idempotency-Key", key); status != 200 {
			t.Fatal(status)
		}
		return out.Offers
	}
	price := func() int {
		var q priceSeen
		o.call("wang", "GET", "/v1/customers/"+id+"/price?item=licence:1", nil, &q)
		return q.Lines[0].PerMille
	}
	for i, want := range []struct {
		pass   time.Duration
		offers []string
		price  int
	}{
		{365*24*time.Hour - time.Second, []string{}, 0}, {time.Second, []string{id + ":loyalty:0"}, 20 + 30}, {time.Second, []string{}, 50},
		{30 * 24 * time.Hour, []string{}, 20}, {335*24*time.Hour - time.Second, []string{id + ":loyalty:1"}, 50},
	} {
		o.pass(want.pass)
		if got := push(fmt.Sprint("k", i)); !slices.Equal(got, want.offers) || price() != want.price {
			t.Errorf("%d: %v at %d per mille, want %+v", i, got, price(), want)
		}
	}
	var list struct {
		Items []struct{ Stands bool }
	}
	if o.call("wang", "GET", "/v1/customers/"+id+"/offers", nil, &list); len(list.Items) != 2 || !list.Items[0].Stands || list.Items[1].Stands {
		t.Errorf("%+v", list)
	}
	if status, _ := o.call("wang", "POST", "/v1/contracts/"+c.ID+"/offers", map[string]any{"due": "2026-01-01T00:00:00Z"}, nil); status != 403 {
		t.Errorf("by a person: %d", status)
	}
}
