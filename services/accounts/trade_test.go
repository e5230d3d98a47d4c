package accounts_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/service"
)

func init() {
	people["lead"] = auth.Principal{ID: "lead", Roles: []auth.Role{auth.SalesManager}}
	people["board"] = auth.Principal{ID: "board", Roles: []auth.Role{auth.Management}}
	people["desk"] = auth.Principal{ID: "desk", Roles: []auth.Role{auth.Operations}}
	people["success"] = auth.Principal{ID: "success", Roles: []auth.Role{auth.Success}}
}

// trade is an office with people who approve, a key for links, a place for files and a clock that can be moved.
type trade struct {
	*office
	now *atomic.Int64
}

func trading(t testing.TB) *trade {
	t.Helper()
	now := &atomic.Int64{}
	now.Store(int64(instant.Now()))
	return &trade{now: now, office: start(t, tradeWith(t, now))}
}

func tradeWith(t testing.TB, now *atomic.Int64) func(*service.Deps) {
	return func(d *service.Deps) {
		key, err := auth.LoadOrCreateKey(t.TempDir() + "/key")
		if err != nil {
			t.Fatal(err)
		}
		files, err := folder.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		d.Key, d.Objects, d.Config.Origin = key, files, "https://crm.example.com"
		if now != nil {
			d.Clock = func() instant.Time { return instant.Time(now.Load()) }
		}
		d.Directory = directory.Of(catalogue.Person{ID: "wang", Active: true, Team: "east", Supervisor: "lead", Roles: []string{"salesperson"}},
			catalogue.Person{ID: "lead", Active: true, Team: "east", Supervisor: "director", Roles: []string{"sales_manager"}},
			catalogue.Person{ID: "director", Active: true, Roles: []string{"sales_director"}}, catalogue.Person{ID: "board", Active: true, Roles: []string{"management"}},
			catalogue.Person{ID: "success", Active: true, Roles: []string{"customer_success"}}, catalogue.Person{ID: "zhao", Active: true, Team: "west", Roles: []string{"salesperson"}})
	}
}

func (o *trade) pass(d time.Duration) { o.now.Add(d.Milliseconds()) }

// contractSeen is a contract as HTTP shows it.
type contractSeen struct {
	catalogue.Contract
	Version     int64
	SigningLink string `json:"signing_link"`
}

type items []map[string]any

func (o *trade) customer(name string) string {
	o.t.Helper()
	var c seen
	if status, _ := o.call("wang", "POST", "/v1/customers", map[string]any{"name": name, "phone": "13812341234", "contact": "李总", "email": "li@huaxing.cn"}, &c); status != 201 {
		o.t.Fatalf("customer: %d", status)
	}
	return c.ID
}

func (o *trade) draft(customer string, of items, more ...any) contractSeen {
	o.t.Helper()
	body := map[string]any{"customer": customer, "items": of}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	var c contractSeen
	if status, _ := o.call("wang", "POST", "/v1/contracts", body, &c); status != 201 {
		o.t.Fatalf("draft: %d", status)
	}
	return c
}

func (o *trade) do(who, id, what string, body any) contractSeen {
	o.t.Helper()
	var c contractSeen
	if status, _ := o.call(who, "POST", "/v1/contracts/"+id+"/"+what, body, nil); status != 200 && status != 201 {
		o.t.Fatalf("%s: %d", what, status)
	}
	if status, _ := o.call("director", "GET", "/v1/contracts/"+id, nil, &c); status != 200 {
		o.t.Fatalf("%s: %d", what, status)
	}
	return c
}

// signed takes a small contract through to its signature.
func (o *trade) signed(customer string, of items) contractSeen {
	o.t.Helper()
	return o.signs(o.unsigned(customer, of))
}

// unsigned is a contract that was sent to be signed.
func (o *trade) unsigned(customer string, of items) contractSeen {
	o.t.Helper()
	c := o.draft(customer, of)
	o.do("wang", c.ID, "submission", nil)
	return o.do("wang", c.ID, "sending", nil)
}

// signs signs a contract by the link of its sending.
func (o *trade) signs(c contractSeen) contractSeen {
	o.t.Helper()
	path := strings.TrimSuffix(strings.TrimPrefix(c.SigningLink, "https://crm.example.com"), "/page")
	if status, _ := o.call("", "POST", path+"/signature", map[string]string{"name": "李总", "hash": c.Hash}, nil); status != 200 {
		o.t.Fatalf("signature: %d", status)
	}
	o.call("wang", "GET", "/v1/contracts/"+c.ID, nil, &c)
	return c
}
