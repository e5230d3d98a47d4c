package notifications_test

import (
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

// a person's task about a lead or customer that does not exist is refused by
// its field; facts of leads and of accounts tell which do.
func TestTasksAboutUnknownThings(t *testing.T) {
	o := start(t, config.Config{})
	lead, customer := ulid.Make().String(), ulid.Make().String()
	now := instant.Now()
	body := func(lead, customer string) map[string]any {
		return map[string]any{"title": "寄样品", "due": now.Add(time.Hour), "subject": catalogue.Subject{Kind: "lead", ID: lead}, "customer": customer}
	}
	o.tell("customer/"+customer, 1, &catalogue.CustomerCreated{After: catalogue.Customer{ID: customer, Kind: "company", Name: "海天", CreatedAt: now}})
	go func() { // while the task is asked for
		time.Sleep(100 * time.Millisecond)
		o.tell("lead/"+lead, 1, &catalogue.LeadRecorded{After: catalogue.Lead{ID: lead, Status: catalogue.LeadClosed, ArrivedAt: now, RecordedAt: now, ClocksFrom: now}})
	}()
	var made struct {
		taskSeen
		Unseen bool
	}
	if status, _ := o.call("wang", "POST", "/v1/tasks", body(lead, customer), &made); status != 201 || made.Unseen {
		t.Errorf("known: %d %+v", status, made)
	}
	var p httpx.Problem
	if status, _ := o.call("wang", "POST", "/v1/tasks", body(ulid.Make().String(), customer), &p); status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != "subject.id" || p.Errors[0].Rule != "exists" {
		t.Errorf("unknown lead: %d %+v", status, p.Errors)
	}
	p = httpx.Problem{}
	if status, _ := o.call("wang", "POST", "/v1/tasks", body(lead, "c1"), &p); status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != "customer" {
		t.Errorf("unknown customer: %d %+v", status, p.Errors)
	}
}
