package accounts_test

import (
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// stepOf gives a step of a customer's running processes.
func (r *running) stepOf(customer, process, step string) (found catalogue.TakenStep) {
	m, _ := r.maintenance(customer)
	for _, p := range m.Running {
		for _, st := range p.Steps {
			if p.ID == process && st.ID == step {
				return st
			}
		}
	}
	return catalogue.TakenStep{}
}

// D-9, R-161, R-070: the welcome cannot be sent, as no address is known: the step
// is a person's task that says why in both languages, the timeline shows it, the
// call waits for it, and comes once the person has done it. That the journey notes
// the step as carried changes nothing.
func TestWhatOutreachRefusesIsATask(t *testing.T) {
	r, c := began(t)
	r.call("journeys", "PUT", path(c, "p1"), map[string]any{"process": "welcome", "occasion": "win:d1", "for": "2026-03-02T00:00:00Z"}, nil)
	ask := effects.ReachCustomer{Customer: c, Channel: "mail", Purpose: "care", Department: "success", Subject: lang.T("欢迎", "Welcome"), Text: lang.T("您好", "Hello"),
		For: &catalogue.Subject{Kind: catalogue.KindStep, ID: effects.StepID("p1", "notice")}}
	if status, _ := r.call("journeys", "PUT", "/v1/outreach/w1", ask, nil); status != 409 {
		t.Fatalf("sent: %d", status)
	}
	carry := func() {
		t.Helper()
		body := effects.CarryStep{Process: "p1", Step: "notice", Proof: []string{"outreach/w1"}, Outcome: "asked for outreach"}
		if status, _ := r.call("journeys", "POST", path(c, "p1", "steps", "notice", "carried"), body, nil); status != 200 {
			t.Fatalf("carried: %d", status)
		}
	}
	until(t, "the step is a task", func() bool { return r.stepOf(c, "p1", "notice").Action == "task" })
	carry()
	st := r.stepOf(c, "p1", "notice")
	if st.Status != catalogue.TakenOpen || st.Assignee != "su" || st.Note == nil || st.Note.Zh == "" || !strings.Contains(st.Text.En, st.Note.En) || r.stepOf(c, "p1", "call").Status != catalogue.TakenWaiting {
		t.Errorf("%+v", st)
	}
	until(t, "the timeline shows it", func() bool {
		list := r.timeline(c, "?kind=outreach").Items
		return len(list) == 1 && list[0].Direction == catalogue.Neither && list[0].Data["outreach_status"] == "refused" && strings.Contains(list[0].Says.Zh, st.Note.Zh) && strings.Contains(list[0].Says.En, st.Note.En)
	})
	if status, _ := r.call("su", "POST", path(c, "p1", "steps", "notice", "completion"), map[string]any{"outcome": "已电话告知"}, nil); status != 200 {
		t.Fatalf("done: %d", status)
	}
	if r.stepOf(c, "p1", "call").Status != catalogue.TakenOpen {
		t.Error("the process does not go on")
	}
}

// D-9: a greeting waits for its place in the budget, which the process notes; its
// process has long ended when the customer says no: somebody gets it as a task, once.
func TestWhatIsRefusedLaterIsATask(t *testing.T) {
	r, c := began(t)
	r.call("journeys", "PUT", path(c, "p1"), map[string]any{"process": "holiday_greeting", "occasion": "care:holiday.mid_autumn", "for": "2026-03-02T00:00:00Z"}, nil)
	o := catalogue.Outreach{ID: "g1", Customer: c, Channel: "mail", Purpose: "care", Department: "success", Subject: lang.T("中秋", "Mid-Autumn"), Text: lang.T("好", "Hi"), Status: "deferred",
		Rule: "outreach.per_day", Reason: lang.T("当天的联系次数已满", "The contacts of the day are used up"), PlannedAt: instant.Now(), For: &catalogue.Subject{Kind: catalogue.KindStep, ID: effects.StepID("p1", "greet")}}
	r.happens("outreach/g1", c, &catalogue.OutreachStepped{Change: "deferred", After: o})
	until(t, "the step says that it waits", func() bool { n := r.stepOf(c, "p1", "greet").Note; return n != nil && *n == o.Reason })
	if status, _ := r.call("journeys", "POST", path(c, "p1", "steps", "greet", "carried"), effects.CarryStep{Process: "p1", Step: "greet", Proof: []string{"outreach/g1"}, Outcome: "asked for outreach"}, nil); status != 200 {
		t.Fatalf("carried: %d", status)
	}
	if m, _ := r.maintenance(c); len(m.Running) != 0 {
		t.Fatalf("still running: %+v", m.Running)
	}
	o.Status, o.Rule, o.Reason = "refused", "outreach.consent", lang.T("客户已撤回该渠道的同意", "The customer withdrew consent to this channel")
	for range 2 {
		r.happens("outreach/g1", c, &catalogue.OutreachStepped{Change: "refused", After: o})
	}
	var st catalogue.TakenStep
	until(t, "somebody has it as a task", func() bool {
		st = r.stepOf(c, "p1.greet~unsent", "greet")
		return st.Status == catalogue.TakenOpen
	})
	if st.Action != "task" || st.Assignee != "su" || !strings.Contains(st.Text.Zh, o.Reason.Zh) || st.Due <= instant.Now() {
		t.Errorf("%+v", st)
	}
	if status, _ := r.call("su", "POST", path(c, "p1.greet~unsent", "steps", "greet", "skip"), map[string]any{"reason": "客户不愿被打扰"}, nil); status != 200 {
		t.Fatalf("skip: %d", status)
	}
	r.happens("outreach/g1", c, &catalogue.OutreachStepped{Change: "refused", After: o})
	time.Sleep(300 * time.Millisecond)
	if m, _ := r.maintenance(c); len(m.Running) != 0 || m.Begun != 2 {
		t.Errorf("taken up again: %+v", m.Running)
	}
}

// R-146, D-9: a survey that no rule lets through is a task with the reason; one
// that is passed over because the customer was asked enough is noted, and nobody's task.
func TestSurveysThatAreNotSent(t *testing.T) {
	r, c := began(t)
	r.call("journeys", "PUT", path(c, "p1"), map[string]any{"process": "quarterly_need_survey", "occasion": "rhythm", "for": "2026-03-02T00:00:00Z"}, nil)
	if status, _ := r.call("director", "PUT", "/v1/customers/"+c+"/consent/sms", map[string]any{"status": "withdrawn", "source": "call"}, nil); status != 200 {
		t.Fatalf("consent: %d", status)
	}
	ask := effects.SendSurvey{Customer: c, Template: "needs", Link: "after_sales", Ref: &catalogue.Subject{Kind: catalogue.KindStep, ID: effects.StepID("p1", "send")}}
	for _, id := range []string{"s1", "s2"} { // none of which reaches the customer, who said no
		if status, _ := r.call("journeys", "PUT", "/v1/surveys/"+id, ask, nil); status != 200 {
			t.Fatalf("survey: %d", status)
		}
	}
	until(t, "the step is a task", func() bool { return r.stepOf(c, "p1", "send").Action == "task" })
	if st := r.stepOf(c, "p1", "send"); st.Note == nil || st.Note.Zh == "" || st.Note.En == "" || r.stepOf(c, "p1", "record").Status != catalogue.TakenWaiting {
		t.Errorf("%+v", st)
	}
	r.call("journeys", "PUT", path(c, "p2"), map[string]any{"process": "half_yearly_nps", "occasion": "rhythm", "for": "2026-03-02T00:00:00Z"}, nil)
	enough := catalogue.Survey{ID: "s3", Customer: c, Template: "nps", Kind: "nps", Name: lang.T("NPS", "NPS"), Status: "skipped", Why: "surveys.at_most", Reason: lang.T("已满", "enough"),
		SentAt: instant.Now(), Policy: 1, Ref: &catalogue.Subject{Kind: catalogue.KindStep, ID: effects.StepID("p2", "ask")}}
	r.happens("survey/s3", c, &catalogue.SurveySkipped{After: enough})
	until(t, "the step says so", func() bool { n := r.stepOf(c, "p2", "ask").Note; return n != nil && *n == enough.Reason })
	if st := r.stepOf(c, "p2", "ask"); st.Action != "send_survey" {
		t.Errorf("%+v", st)
	}
}
