package leads_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// request, approval, hand-over note, acceptance; each by whom it belongs to.
func TestTransfer(t *testing.T) {
	o := start(t)
	lead := o.lead("wang", 1)
	o.link(lead, "c1")
	deal := o.call("wang", "POST", "/v1/deals", body{"title": "项目", "customer": "c1"}).want(201).text("id")
	ask := body{"customer": "c1", "to": "zhao", "reason": "换区域"}
	o.call("li", "POST", "/v1/transfers", ask).want(403)
	o.call("wang", "POST", "/v1/transfers", body{"customer": "c1", "to": "nobody", "reason": "x"}).want(422)
	o.call("wang", "POST", "/v1/transfers", body{"customer": "none", "to": "zhao", "reason": "x"}).want(404)
	a := o.call("wang", "POST", "/v1/transfers", ask, "Idempotency-Key", "t").want(201)
	path := "/v1/transfers/" + a.text("id")
	if a.text("from") != "wang" || a.text("status") != "requested" || a.text("approver") == "" || a.text("approver") == "wang" || a.text("journey_url") == "" {
		t.Errorf("%s", a.raw)
	}
	if got := o.call("wang", "POST", "/v1/transfers", ask).want(409); got.text("rule") != "transfer.one_at_a_time" {
		t.Errorf("%s", got.raw)
	}
	step := func(who, what string, b any, status int) answer {
		t.Helper()
		o.pass(time.Minute)
		return o.call(who, "POST", path+"/"+what, b).want(status)
	}
	step("wang", "approval", nil, 403)
	step("zhou", "hand-over", body{"note": "x"}, 409)
	step("zhao", "acceptance", nil, 409)
	step("wu", "approval", nil, 200) // the supervisor of the receiver
	step("wang", "hand-over", body{}, 422)
	step("li", "hand-over", body{"note": "x"}, 403)
	step("wang", "hand-over", body{"note": "报价已发，等确认"}, 200)
	step("wang", "acceptance", nil, 403)
	if got := o.call("chen", "GET", "/v1/ownerships/c1", nil); got.text("owner") != "wang" || got.text("transfer") != a.text("id") {
		t.Errorf("changed before acceptance: %s", got.raw)
	}
	b := step("zhao", "acceptance", nil, 200)
	for _, at := range []string{"requested_at", "approved_at", "handed_over_at", "ended_at"} {
		if b.text(at) == "" {
			t.Errorf("%s is not timed", at)
		}
	}
	if got := o.call("chen", "GET", "/v1/ownerships/c1", nil); got.text("owner") != "zhao" || got.text("transfer") != "" {
		t.Errorf("%s", got.raw)
	}
	for _, p := range []string{"/v1/leads/" + lead, "/v1/deals/" + deal} {
		if got := o.call("chen", "GET", p, nil); got.text("owner") != "zhao" {
			t.Errorf("%s does not follow: %s", p, got.text("owner"))
		}
	}
	step("wang", "cancellation", body{"reason": "x"}, 409)
	if got := o.recorded("transfer/" + a.text("id")); len(got) != 4 {
		t.Errorf("facts %v", got)
	}
}

// an end without acceptance leaves the owner and frees the way for the next one.
func TestTransferEndsOtherwise(t *testing.T) {
	o := start(t)
	o.link(o.lead("wang", 1), "c1")
	request := func() string {
		return o.call("wang", "POST", "/v1/transfers", body{"customer": "c1", "to": "zhao", "reason": "换区域"}).want(201).text("id")
	}
	o.call("zhou", "POST", "/v1/transfers/"+request()+"/rejection", body{"reason": "不同意"}).want(200)
	o.call("wang", "POST", "/v1/transfers/"+request()+"/cancellation", body{"reason": "算了"}).want(200)
	id := request()
	for range 2 {
		o.call("journeys", "POST", "/v1/transfers/"+id+"/cancellation", body{"reason": "stood still"}, "Idempotency-Key", "e:0").want(200)
	}
	o.call("journeys", "POST", "/v1/transfers/"+id+"/cancellation", body{"reason": "stood still"}, "Idempotency-Key", "e:1").want(200)
	id = request()
	o.call("zhou", "POST", "/v1/transfers/"+id+"/approval", nil, "If-Match", `"9"`).want(412)
	o.call("zhou", "POST", "/v1/transfers/"+id+"/approval", nil).want(200)
	o.call("wang", "POST", "/v1/transfers/"+id+"/hand-over", body{"note": "x"}).want(200)
	o.call("zhao", "POST", "/v1/transfers/"+id+"/rejection", body{"reason": "忙不过来"}).want(200)
	if got := o.call("chen", "GET", "/v1/ownerships/c1", nil); got.text("owner") != "wang" || got.text("transfer") != "" {
		t.Errorf("%s", got.raw)
	}
	for query, want := range map[string]int{"": 4, "?customer=c1": 4, "?status=rejected": 2, "?from=wang": 0} {
		if got := len(o.call("zhou", "GET", "/v1/transfers"+query, nil).want(200).items()); got != want {
			t.Errorf("%q: %d transfers, want %d", query, got, want)
		}
	}
	if got := len(o.call("mei", "GET", "/v1/transfers", nil).want(200).items()); got != 0 {
		t.Errorf("marketing sees %d transfers", got)
	}
	// Recycling beneath a transfer ends it.
	id = request()
	o.pass(31 * 24 * time.Hour)
	lead := o.call("wang", "GET", "/v1/leads?customer=c1", nil).items()[0]["id"].(string)
	o.recycle("leads/"+lead, "wang", "r:0").want(200)
	if got := o.call("chen", "GET", "/v1/transfers/"+id, nil).want(200); got.text("status") != "cancelled" {
		t.Errorf("%s", got.raw)
	}
}

// of two requests at once one is in progress.
func TestOneTransferAtATime(t *testing.T) {
	o := start(t)
	o.link(o.lead("wang", 1), "c1")
	var won atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if o.call("wang", "POST", "/v1/transfers", body{"customer": "c1", "to": "zhao", "reason": "x"}).status == http.StatusCreated {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d transfers in progress", won.Load())
	}
}
