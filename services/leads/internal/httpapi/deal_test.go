package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/policy"
)

const plain = `{"title":"Line 3","company":"Acme","amount":{"minor":500000,"currency":"CNY"}}`

// what a deal shows: its version of the pipeline, its gates, what
// is missing, its journey.
func TestDealRepresentation(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	h.pass(90 * time.Minute)
	a := h.call("ann", "GET", path, "").is(200, "pipeline", "p7", "pipeline_version", 1, "stage", "contacted", "stage_name.zh", "已联系", "reported_stage", "contacted",
		"owner", "ann", "dwell_ms.contacted", 90*60*1000, "done", false, "missing", "[next_step next_touch key_info]", "standing.level", "watch",
		"gates.0.stage", "need_confirmed", "gates.0.open", true, "version", 1,
		"acts_next.person", "ann", "acts_next.action.en", "plan the next touch")
	if id := strings.TrimPrefix(path, "/v1/deals/"); a.text("journey_url") != "http://temporal/deal/"+id || a.header.Get("ETag") != `"1"` {
		t.Errorf("%s", a.raw)
	}
}

// the stage endpoint is the only way, its gate
// names what is missing, and what it asks for may come along.
func TestDealStages(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	go1 := func(body string) answer { return h.call("ann", "POST", path+"/stage", body) }
	go1(`{"stage":"quoted"}`).is(409, "rule", "stage_exit")
	go1(`{"stage":"nowhere"}`).is(422, "errors.0.rule", "one_of")
	go1(`{"stage":"need_confirmed"}`).is(200, "stage", "need_confirmed", "stage_follow_ups", 0)
	go1(`{"stage":"proposed"}`).is(409, "code", "refused", "rule", "R-055", "errors.0.field", "answers.need_clear", "errors.0.text.zh", "需求是否明确？", "errors.0.text.en", "Is the need clear?")
	h.call("ann", "POST", path+"/answers", `{"answers":[{"question":"need_clear","yes":true}]}`).is(200, "answers.0.by", "ann")
	h.call("ann", "POST", path+"/answers", `{"answers":[{"question":"moon_phase","yes":true}]}`).is(422)
	go1(`{"stage":"proposed"}`).is(200, "gates.1.stage", "quoted", "gates.1.open", false, "gates.1.questions.0.id", "budget_clear")
	go1(`{"stage":"negotiating","answers":[{"question":"budget_clear","yes":false,"remark":"next year"}]}`).is(409, "rule", "R-055", "errors.0.field", "answers.decision_maker_reached")
	go1(`{"stage":"negotiating","answers":[{"question":"budget_clear","yes":false,"remark":"next year"},{"question":"decision_maker_reached","yes":true}]}`).is(409, "rule", "R-057", "errors.0.field", "objections", "errors.1.field", "competitors")
	if n := len(h.call("ann", "GET", path, "").at("answers").([]any)); n != 1 {
		t.Errorf("a refused move left %d answers", n)
	}
	go1(`{"stage":"negotiating","answers":[{"question":"budget_clear","yes":false},{"question":"decision_maker_reached","yes":true}],"fields":{"objections":["price"],"competitors":["Globex"]}}`).is(200, "stage", "negotiating")
	go1(`{"stage":"to_sign"}`).is(409, "rule", "R-058", "errors.0.field", "decision_maker", "errors.1.field", "procurement_node")
	h.call("ann", "PATCH", path, `{"decision_maker":"Ms Li","procurement_node":"tender"}`).is(200)
	go1(`{"stage":"to_sign"}`).is(200)
	h.call("ann", "PATCH", path, `{"decision_maker":""}`).is(422, "errors.0.rule", "R-058")
	go1(`{"stage":"lost"}`).is(409, "rule", "R-066")
	h.call("ann", "POST", path+"/win", "").is(200, "outcome", "won", "stage", "won")
	go1(`{"stage":"negotiating"}`).is(409, "rule", "deal_closed")
	h.call("ann", "PATCH", path, `{"stage":"contacted"}`).is(422, "errors.0.rule", "unknown_field")
}

// a loss has a reason, and can be taken up again.
func TestDealLossAndReopening(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	h.call("ann", "POST", path+"/loss", `{"reason":""}`).is(422, "errors.0.rule", "R-066")
	h.call("ann", "POST", path+"/loss", `{"reason":"weather"}`).is(422)
	h.call("ann", "POST", path+"/reopening", "").is(409, "rule", "R-066")
	h.call("ann", "POST", path+"/loss", `{"reason":"competitor","remark":"Globex"}`).is(200, "outcome", "lost", "lost_reason", "competitor")
	h.pass(30 * day)
	h.call("ann", "POST", path+"/reopening", "{}").is(200, "outcome", "open", "stage", "contacted", "clocks_from", houseBegins.Add(30*day))
	kinds := h.call("ann", "GET", path+"/history?limit=2", "").is(200, "items.0.type", "liuke.deals.deal_opened.v1", "items.1.type", "liuke.deals.stage_changed.v1")
	next := kinds.text("next")
	h.call("ann", "GET", path+"/history?after="+next, "").is(200, "items.0.type", "liuke.deals.deal_reopened.v1", "items.0.actor.id", "ann")
}

// follow-ups and quotes on a deal.
func TestDealWork(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	at, next := houseBegins, houseBegins.Add(3*day)
	touch := fmt.Sprintf(`{"occurred_at":%q,"channel":"phone","key_points":"talked","next_action":"send plan","next_touch_at":%q,"result":"interested","objections":[],"customer_type":"new","budget_band":"low","key_person":"Ms Li"}`, at, next)
	h.call("ann", "POST", path+"/follow-ups", touch, "Idempotency-Key", "f1").is(201, "deal.follow_ups", 1, "deal.done", true, "follow_up.counts", true,
		"deal.acts_next.action.en", "send plan", "deal.acts_next.due", next)
	h.call("ann", "POST", path+"/follow-ups", touch, "Idempotency-Key", "f1").is(201, "deal.follow_ups", 1)
	h.call("ann", "POST", path+"/follow-ups", strings.Replace(touch, `"next_touch_at"`, `"captured":false,"question":"x","direction":"sideways","next_touch_at"`, 1)).is(422)
	h.call("ann", "POST", path+"/follow-ups", fmt.Sprintf(`{"occurred_at":%q,"channel":"phone","key_points":"talked","next_action":"x"}`, at)).is(422, "errors.0.rule", "R-014")
	h.call("ben", "POST", path+"/follow-ups", touch).is(422, "errors.0.rule", "R-047")
	h.call("ann", "GET", path+"/follow-ups", "").is(200, "items.0.key_points", "talked", "items.1", nil)
	q := h.call("ann", "POST", path+"/quotes", `{"amount":{"minor":100,"currency":"CNY"}}`, "Idempotency-Key", "q1").is(201, "deal.stage", "contacted", "deal.quotes.0.by", "ann")
	h.call("ann", "POST", path+"/quotes", `{"amount":{"minor":-1,"currency":"CNY"}}`).is(422)
	h.call("ann", "POST", path+"/quotes", `{"amount":{"minor":100,"currency":"CNY"}}`, "Idempotency-Key", "q1").is(201, "quote", q.text("quote"))
	h.pass(time.Hour)
	confirm := path + "/quotes/" + q.text("quote") + "/confirmation"
	h.call("ann", "POST", confirm, "").is(200, "quotes.0.confirmed_at", houseBegins.Add(time.Hour))
	h.call("ann", "POST", confirm, "{}").is(200, "version", 4)
	h.call("ann", "POST", path+"/quotes/none/confirmation", "").is(404)
}

// C-16, R-015: a recording system keeps a call on a deal without anything typed;
// it does not count and leaves the plan alone, and a person may not claim to be one.
func TestCapturedOnDeal(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	next := houseBegins.Add(3 * day)
	h.call("ann", "POST", path+"/follow-ups", fmt.Sprintf(`{"occurred_at":%q,"channel":"phone","key_points":"talked","next_action":"send plan","next_touch_at":%q,"result":"interested","objections":[],"customer_type":"new","budget_band":"low"}`,
		houseBegins, next)).is(201, "deal.follow_ups", 1)
	h.pass(time.Hour)
	call := fmt.Sprintf(`{"occurred_at":%q,"direction":"outbound","captured":true}`, houseBegins.Add(time.Hour))
	for _, who := range []string{"ann", "ben", "mia", "dora"} {
		h.call(who, "POST", path+"/follow-ups", call).is(403, "rule", "follow_up.capture:none")
	}
	made := h.call("pbx", "POST", path+"/follow-ups", call, "Idempotency-Key", "c1").is(201, "follow_up.counts", false, "follow_up.captured", true, "follow_up.by", "pbx",
		"deal.follow_ups", 1, "deal.next_action", "send plan", "deal.next_touch_at", next, "deal.last_contact_at", houseBegins.Add(time.Hour), "deal.version", 3)
	h.call("pbx", "POST", path+"/follow-ups", call, "Idempotency-Key", "c1").is(201, "follow_up.id", made.text("follow_up.id"))
	h.call("ann", "GET", path+"/history", "").is(200, "items.3.type", "liuke.leads.follow_up_recorded.v1", "items.4", nil)
	h.call("pbx", "POST", path+"/follow-ups", `{"direction":"outbound","captured":true}`).is(422, "errors.0.rule", "R-013")
}

// Every way of being refused: nobody, somebody else, stale, unknown, malformed.
func TestDealStatuses(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	h.call("", "GET", path, "").is(401)
	h.call("carl", "GET", path, "").is(403, "rule", "deal.read:mates")
	h.call("ben", "GET", path, "").is(200)
	h.call("ben", "PATCH", path, `{"title":"mine"}`).is(403, "rule", "deal.change:own")
	h.call("mia", "PATCH", path, `{"title":"ours"}`, "If-Match", `"1"`).is(200, "version", 2)
	h.call("mia", "PATCH", path, `{"title":"again"}`, "If-Match", `"1"`).is(412, "version", 2)
	h.call("ann", "POST", path+"/stage", `{"stage":"need_confirmed"}`, "If-Match", `"1"`).is(412)
	h.call("ann", "PATCH", path, `{"title":"x","colour":"red"}`).is(422, "errors.0.rule", "unknown_field")
	h.call("ann", "PATCH", path, `{"title":7}`).is(422, "errors.0.rule", "type")
	h.call("ann", "PATCH", path, `{"amount":{"minor":-1,"currency":"CNY"}}`).is(422)
	h.call("ann", "PATCH", path, `{`).is(400)
	h.call("ann", "GET", "/v1/deals/none", "").is(404)
	h.call("ann", "POST", "/v1/deals", `{}`).is(422, "errors.0.field", "title")
	h.call("ann", "POST", "/v1/deals", `{"title":"x","owner":"nobody"}`).is(422, "errors.0.rule", "active_person")
	h.call("ann", "POST", "/v1/deals", `{"title":"x","owner":"carl"}`).is(403, "rule", "deal.open:own")
	h.call("ann", "POST", "/v1/deals", `{"title":"x","pipeline":"p9"}`).is(422, "errors.0.field", "pipeline")
	h.call("ann", "POST", "/v1/deals", `{"title":"x","stage":"quoted"}`).is(409, "rule", "R-055")
	first := h.call("ann", "POST", "/v1/deals", plain, "Idempotency-Key", "k").is(201)
	h.call("ann", "POST", "/v1/deals", plain, "Idempotency-Key", "k").is(201, "id", first.text("id"))
	h.call("ann", "POST", "/v1/deals", `{"title":"y"}`, "Idempotency-Key", "k").is(422, "code", "idempotency_reused")
	h.call("ann", "PUT", path+"/marks/at_risk", `{}`).is(403, "rule", "effect:none")
	h.call("journeys", "PUT", path+"/marks/at_risk", `{"evidence":["f1"]}`, "Liuke-Cause", "deal:x:idle.3:1", "Idempotency-Key", "e1").is(200, "marks.0.rule", "at_risk", "marks.0.cause", "deal:x:idle.3:1", "standing.level", "danger")
	h.call("journeys", "PUT", path+"/marks/At%20Risk", `{}`).is(422)
	h.call("journeys", "DELETE", path+"/marks/at_risk", "").is(200, "marks", nil)
}

// a deal is moved to the version of its pipeline in force on request alone.
func TestDealPipelineVersion(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	s := policy.Defaults()
	s.Pipelines.Pipelines[0].Stages[0].Name.En = "First talk"
	if err := h.policy.Put(policy.Book{Version: 2, Sections: s}); err != nil {
		t.Fatal(err)
	}
	h.call("ann", "GET", path, "").is(200, "pipeline_version", 1, "stage_name.en", "Contacted")
	h.call("ann", "POST", path+"/pipeline-version", "").is(200, "pipeline_version", 2, "stage_name.en", "First talk")
}

// a customer's deals belong to the customer's one responsible
// person; what lies in the public pool is claimed first.
func TestDealOfCustomer(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", `{"title":"x","company":"Acme","customer":"c1"}`)
	o, err := h.app.Ownerships.Get(t.Context(), "c1")
	if err != nil || o.Body.Owner != "ann" {
		t.Fatalf("the customer has no owner: %+v %v", o, err)
	}
	h.call("carl", "POST", "/v1/deals", `{"title":"y","customer":"c1"}`).is(403, "rule", "deal.open:own")
	h.call("dora", "POST", "/v1/deals", `{"title":"y","customer":"c1"}`).is(201, "owner", "ann")
	h.call("mia", "POST", path+"/intervention", `{"note":"take over","owner":"ben"}`).is(409, "rule", "R-046")
	before := o.Version
	h.call("ann", "POST", "/v1/deals", `{"title":"z","customer":"c2","stage":"nowhere"}`).is(422)
	if _, err := h.app.Ownerships.Get(t.Context(), "c2"); err == nil {
		t.Error("a refused deal left an ownership behind")
	}
	h.pass(31 * day)
	h.call("journeys", "POST", path+"/recycling", `{"reason":"idle","from":"ann"}`, "Idempotency-Key", "e1").is(200)
	if o, err = h.app.Ownerships.Get(t.Context(), "c1"); err != nil || !o.Body.Pooled || o.Version <= before {
		t.Fatalf("not recycled: %+v %v", o.Body, err)
	}
	h.call("ann", "GET", path, "").is(200, "pooled", true, "owner", nil)
	h.call("ann", "POST", "/v1/deals", `{"title":"z","customer":"c1"}`).is(409, "rule", "R-047")
}
