package notifications_test

import (
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
)

type standingSeen struct {
	Items []struct {
		ID       string
		Standing *struct {
			Red    bool
			Health int
		} `json:"customer_standing"`
	}
}

// a task and a reminder of a potential churn customer show it in every list and
// view, by facts alone; late facts change nothing, and where two customers turned
// out to be one, the one that goes on is shown until that is undone. The order of a
// list stays that of the due times, in which people act.
func TestTasksOfACustomerInRed(t *testing.T) {
	o := start(t, config.Config{})
	o.now.Store(int64(noon))
	due := o.clock().Add(time.Hour)
	o.open("of-c1", "revisit", "customer/c1", "wang", due.Add(time.Hour))
	o.open("of-c2", "revisit", "customer/c2", "wang", due)
	o.call("journeys", "PUT", "/v1/reminders/r1", map[string]any{"level": "remind", "rule": "x", "subject": catalogue.Subject{Kind: "deal", ID: "d1"}, "customer": "c1",
		"text": map[string]string{"zh": "催", "en": "now"}, "owner": "wang", "due": due}, nil, "Liuke-Cause", "obligation:r1", "Idempotency-Key", "r1")
	stood := func(customer string, version int64, red bool, health int) {
		t.Helper()
		o.tell("standing/"+customer, version, &catalogue.StandingAssessed{Changed: []string{"red"}, After: catalogue.Standing{Customer: customer, Lifecycle: catalogue.LifecycleChurnRisk,
			Computed: catalogue.LifecycleChurnRisk, Health: health, HealthVersion: "general.1", Parts: []catalogue.HealthPart{}, Signals: []catalogue.Signal{}, Groups: []string{}, Red: red, AsOf: o.clock()}})
	}
	shows := func(path, id string) (red bool, health int) {
		t.Helper()
		var page standingSeen
		if status, _ := o.call("wang", "GET", path, nil, &page); status != 200 {
			t.Fatalf("%s: %d", path, status)
		}
		for _, i := range page.Items {
			if i.ID == id && i.Standing != nil {
				return i.Standing.Red, i.Standing.Health
			}
		}
		return false, -1
	}
	is := func(what, path, id string, red bool, health int) {
		t.Helper()
		o.eventually(what, func() bool { r, h := shows(path, id); return r == red && h == health })
	}
	if red, h := shows("/v1/tasks", "of-c1"); red || h != -1 {
		t.Errorf("nothing is known of c1, and it shows %v %d", red, h)
	}
	stood("c1", 7, true, 31)
	is("the task in red", "/v1/tasks", "of-c1", true, 31)
	is("the tasks of the customer", "/v1/tasks?subject=customer/c1", "of-c1", true, 31)
	is("the reminder in red", "/v1/reminders", "r1", true, 31)
	stood("c1", 6, false, 90) // late: of the same partition, so read before the next one
	stood("c1", 8, true, 30)
	is("the newest", "/v1/tasks", "of-c1", true, 30)
	if list := o.list("wang", "status=open"); len(list) != 2 || list[0].ID != "of-c2" {
		t.Errorf("not in the order of due times: %+v", list)
	}
	o.tell("customer/c2", 3, &catalogue.CustomerFolded{From: "c2", Into: "c1"})
	is("of one that turned out to be c1", "/v1/tasks", "of-c2", true, 30)
	o.tell("customer/c2", 4, &catalogue.CustomerUnfolded{From: "c2", Into: "c1", Merge: "m", After: catalogue.Customer{ID: "c2", Name: "二", Kind: "company", CreatedAt: o.clock()}})
	is("its own again", "/v1/tasks", "of-c2", false, -1)
	o.tell("customer/c1", 3, &catalogue.CustomerFolded{From: "c1", Into: "c2"})
	o.tell("customer/c2", 5, &catalogue.CustomerFolded{From: "c2", Into: "c1"}) // in a circle nothing is known, and nothing hangs
	is("a circle", "/v1/tasks", "of-c1", false, -1)
}
