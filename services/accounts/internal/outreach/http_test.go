package outreach_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
)

// R-159, D-9: statuses over HTTP, and what is wrong with an ask is all named.
func TestHTTP(t *testing.T) {
	o := open(t)
	bad := effects.ReachCustomer{Customer: "c", Channel: "pigeon", Purpose: "care", Department: "sales", NotBefore: monday + day, Until: monday}
	var p httpx.Problem
	if status := o.call("journeys", "PUT", "/v1/outreach/a", bad, &p); status != 422 || len(p.Errors) != 3 {
		t.Errorf("%d %+v", status, p.Errors)
	}
	full := mail("c", "sales")
	full.IfFull = "refuse"
	for _, c := range []struct {
		who, method, path string
		body              any
		want              int
	}{
		{"wang", "PUT", "/v1/outreach/a", mail("c", "sales"), 403},
		{"", "PUT", "/v1/outreach/a", mail("c", "sales"), 401},
		{"journeys", "PUT", "/v1/outreach/a", mail("nobody", "sales"), 404},
		{"journeys", "PUT", "/v1/outreach/a", mail("c", "sales"), 200},
		{"journeys", "PUT", "/v1/outreach/full", full, 409},
		{"journeys", "PUT", "/v1/outreach/full", full, 409},
		{"zhao", "POST", "/v1/outreach", mail("c", "sales"), 403},
		{"wang", "POST", "/v1/outreach", mail("c", "sales"), 201},
		{"wang", "GET", "/v1/outreach?customer=c", nil, 200},
		{"zhao", "GET", "/v1/outreach?customer=c", nil, 403},
		{"wang", "GET", "/v1/outreach?status=failed", nil, 403},
		{"admin", "GET", "/v1/outreach?status=failed", nil, 200},
		{"admin", "GET", "/v1/outreach", nil, 422},
		{"wang", "GET", "/v1/outreach/a", nil, 200},
		{"wang", "GET", "/v1/outreach/none", nil, 404},
		{"wang", "POST", "/v1/outreach/a/withdrawal", map[string]any{"reason": "x"}, 409},
		{"wang", "PUT", "/v1/outreach/withdrawals/w", effects.WithdrawOutreach{For: catalogue.Subject{Kind: "deal", ID: "x"}, Reason: "x"}, 403},
		{"journeys", "PUT", "/v1/outreach/withdrawals/w", effects.WithdrawOutreach{For: catalogue.Subject{Kind: "deal"}, Reason: "x"}, 422},
		{"zhao", "GET", "/v1/customers/c/contact-budget", nil, 403},
		{"product", "GET", "/v1/customers/c/contact-budget", nil, 200},
		{"product", "GET", "/v1/customers/none/contact-budget", nil, 404},
		{"product", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "product"}, 409},
		{"product", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "product", "at": monday - 2*day}, 422},
		{"product", "DELETE", "/v1/customers/c/contact-budget/reservations/none", nil, 404},
	} {
		if status := o.call(c.who, c.method, c.path, c.body, nil); status != c.want {
			t.Errorf("%s %s %s: %d, want %d", c.who, c.method, c.path, status, c.want)
		}
	}
}

// D-9: a person asks before they call: the place is theirs until it ends; others are
// told from when on it is free; given back it is free again.
func TestReservations(t *testing.T) {
	o := open(t)
	var mine struct{ ID, State string }
	if status := o.call("service", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "service"}, &mine); status != 201 || mine.State != "held" {
		t.Fatal(status, mine)
	}
	var p httpx.Problem
	if status := o.call("ops", "POST", "/v1/customers/c/contact-budget/reservations", map[string]any{"channel": "phone", "department": "operations"}, &p); status != 409 || p.Rule != "outreach.per_day" {
		t.Errorf("%d %+v", status, p)
	}
	if c := o.reach("a", mail("c", "sales")); c.SendAt != at("2026-03-03 09:00") {
		t.Errorf("%+v", c)
	}
	if status := o.call("service", "DELETE", "/v1/customers/c/contact-budget/reservations/"+mine.ID, nil, nil); status != 204 {
		t.Error(status)
	}
	o.later(monday + 1)
	if c := o.see("a"); c.Status != catalogue.OutreachSent {
		t.Errorf("given back, and yet %+v", c)
	}
}
