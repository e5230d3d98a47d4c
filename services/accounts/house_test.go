package accounts_test

import (
	"encoding/json"
	"strings"
	"testing"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
)

func init() {
	people["ma"] = auth.Principal{ID: "ma", Roles: []auth.Role{auth.SalesManager}}
	people["sun"] = auth.Principal{ID: "sun", Roles: []auth.Role{auth.Service}}
	people["qian"] = auth.Principal{ID: "qian", Roles: []auth.Role{auth.Product}}
	people["boss"] = auth.Principal{ID: "boss", Roles: []auth.Role{auth.Management}}
}

// house lets departments besides sales work here; ma stands above wang.
func house(d *service.Deps) {
	d.Directory = directory.Of(
		catalogue.Person{ID: "wang", Active: true, Team: "east", Supervisor: "ma", Roles: []string{"salesperson"}},
		catalogue.Person{ID: "zhao", Active: true, Team: "west", Roles: []string{"salesperson"}},
		catalogue.Person{ID: "ma", Active: true, Team: "east", Supervisor: "director", Roles: []string{"sales_manager"}},
		catalogue.Person{ID: "director", Active: true, Roles: []string{"sales_director"}},
		catalogue.Person{ID: "boss", Active: true, Roles: []string{"management"}},
		catalogue.Person{ID: "sun", Active: true, Roles: []string{"service"}},
		catalogue.Person{ID: "sui", Active: true, Roles: []string{"service"}},
		catalogue.Person{ID: "qian", Active: true, Roles: []string{"product"}})
}

// owned lets a person answer for a customer.
func (r *running) owned(customer, by string) {
	r.t.Helper()
	r.happens("ownership/"+customer, customer, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: customer, Owner: by, Since: 1}, Reason: "manual"})
	until(r.t, "owner of "+customer, func() bool {
		var c seen
		r.call("director", "GET", "/v1/customers/"+customer, nil, &c)
		return c.Owner == by
	})
}

// recorded gives the facts of an aggregate by type, oldest first.
func (o *office) recorded(aggregate, kind string) []json.RawMessage {
	o.t.Helper()
	list, err := o.store.History(o.t.Context(), aggregate, 0, 500)
	if err != nil {
		o.t.Fatal(err)
	}
	var out []json.RawMessage
	for _, f := range list {
		if f.Type == kind {
			var body struct{ Data json.RawMessage }
			if err := json.Unmarshal(f.Body, &body); err != nil {
				o.t.Fatal(err)
			}
			out = append(out, body.Data)
		}
	}
	return out
}

func read[T any](t testing.TB, raw json.RawMessage) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// wrongs gives the fields that a refusal names, with their rules.
func wrongs(p httpx.Problem) string {
	var out []string
	for _, f := range p.Errors {
		if f.Text.Zh == "" || f.Text.En == "" {
			out = append(out, f.Field+" is not in both languages")
		}
		out = append(out, f.Field+":"+f.Rule)
	}
	return strings.Join(out, " ")
}
