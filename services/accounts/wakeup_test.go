package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

// suggestions rest on the customer's own orders and preferences; R-113: what
// rests on nothing, or on somebody else's facts, is refused with the field named.
func TestWakeUpPlans(t *testing.T) {
	r := rescue(t)
	c, other := r.wangs("上海华兴贸易有限公司", "13610000001"), r.wangs("北京远航科技有限公司", "13610000002")
	ago := func(days int) instant.Time { return instant.Now().Add(-time.Duration(days) * 24 * time.Hour) }
	for n, days := range []int{150, 120, 90} {
		r.ordered(c, fmt.Sprint("o", n), ago(days), (n+1)*100, "beans")
	}
	r.ordered(other, "foreign", ago(10), 5, "milk")
	plans := "/v1/customers/" + c + "/wake-up-plans"
	var suggested struct{ Steps []catalogue.WakeUpStep }
	if status, _ := r.call("r-op", "GET", plans+"/suggestions", nil, &suggested); status != 200 || len(suggested.Steps) != 3 {
		t.Fatalf("%d %+v", status, suggested)
	}
	for _, s := range suggested.Steps {
		if len(s.Uses) == 0 || len(s.Because) == 0 {
			t.Errorf("rests on nothing: %+v", s)
		}
	}
	foreign := r.timeline(other, "?kind=order").Items[0].ID
	step := suggested.Steps[0]
	none, theirs, unknown, past := step, step, step, step
	none.Uses, theirs.Uses, unknown.Uses, past.At = nil, []string{step.Uses[0], foreign}, []string{"shop:nothing", "preference:gift"}, ago(3)
	var p httpx.Problem
	if status, _ := r.call("r-op", "POST", plans, map[string]any{"steps": []catalogue.WakeUpStep{step, none, theirs, unknown, past}}, &p); status != 422 {
		t.Fatalf("%d", status)
	}
	var named []string
	for _, f := range p.Errors {
		named = append(named, f.Field+" "+f.Rule)
	}
	if want := []string{"steps[1].uses R-113", "steps[2].uses[1] R-113", "steps[3].uses[0] exists", "steps[3].uses[1] exists", "steps[4].at in_past"}; !slices.Equal(named, want) {
		t.Errorf("named %v, want %v", named, want)
	}
	var plan catalogue.WakeUpPlan
	if status, _ := r.call("r-op", "POST", plans, map[string]any{}, &plan); status != 201 || len(plan.Steps) != 3 {
		t.Fatalf("%d %+v", status, plan)
	}
	decide := func(who, decision string, want int) {
		t.Helper()
		if status, _ := r.call(who, "POST", plans+"/"+plan.ID+"/decision", map[string]string{"decision": decision}, nil); status != want {
			t.Errorf("%s by %s: %d, want %d", decision, who, status, want)
		}
	}
	decide("wang", "approved", 403)
	decide("r-op", "stopped", 409)
	decide("r-op", "approved", 422) // nobody has said when and where the livestream is
	live := slices.IndexFunc(plan.Steps, func(s catalogue.WakeUpStep) bool { return s.Kind == catalogue.WakeUpLivestream })
	plan.Steps[live].Event = &catalogue.EventTerms{StartsAt: plan.Steps[live].At.Add(48 * time.Hour), Link: "https://live.example.com/1"}
	if status, _ := r.call("r-op", "PUT", plans+"/"+plan.ID+"/steps", map[string]any{"steps": plan.Steps}, nil); status != 200 {
		t.Fatalf("edit: %d", status)
	}
	decide("r-op", "approved", 200)
	decide("r-op", "approved", 409)
	contacts := func(status string) int {
		var page struct{ Items []catalogue.Outreach }
		r.call("r-op", "GET", "/v1/outreach?customer="+c, nil, &page)
		n := 0
		for _, o := range page.Items {
			if strings.HasPrefix(o.ID, "wakeup:"+plan.ID) && len(o.Uses) > 0 && (o.Status == status || status == "waiting" && (o.Status == "planned" || o.Status == "deferred")) {
				n++
			}
		}
		return n
	}
	until(t, "all steps have their places", func() bool { return contacts("waiting") == 3 })
	r.ordered(c, "back", instant.Now(), 10, "beans")
	until(t, "all steps are withdrawn", func() bool { return contacts("withdrawn") == 3 })
	if status, _ := r.call("r-op", "POST", "/v1/customers/"+r.wangs("广州天河有限公司", "13610000003")+"/wake-up-plans", map[string]any{}, &p); status != 409 || p.Rule != "R-113" {
		t.Errorf("nothing is known: %d %+v", status, p)
	}
}

// D-9: a contact leaves at its time, seconds late at most, on its own; it is on the
// timeline as ours, and counts once.
func TestContactsLeaveAtTheirTime(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	at := instant.Now().Add(1500 * time.Millisecond)
	ask := effects.ReachCustomer{Customer: c, Channel: "mail", Purpose: "care", Department: "service", NotBefore: at}
	ask.Subject.Zh, ask.Text.Zh = "您好", "近况如何？"
	var got effects.Reached
	if status, _ := r.call("journeys", "PUT", "/v1/outreach/later", ask, &got); status != 200 || got.Status != catalogue.OutreachPlanned || got.SendAt != at {
		t.Fatalf("%d %+v", status, got)
	}
	var sent catalogue.Outreach
	until(t, "it leaves", func() bool {
		r.call("r-op", "GET", "/v1/outreach/later", nil, &sent)
		return sent.Status == catalogue.OutreachSent
	})
	if late := sent.SentAt.Sub(at); late < 0 || late > 3*time.Second {
		t.Errorf("%s late", late)
	}
	until(t, "it is on the timeline", func() bool { return len(r.timeline(c, "?kind=outreach").Items) == 1 })
	if e := r.timeline(c, "?kind=outreach").Items[0]; e.Direction != catalogue.Outbound || e.OccurredAt != sent.SentAt {
		t.Errorf("%+v", e)
	}
	var b struct{ Today int }
	if r.call("r-op", "GET", "/v1/customers/"+c+"/contact-budget", nil, &b); b.Today != 1 {
		t.Errorf("counts %d times", b.Today)
	}
}
