package notifications_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

func counting(subject catalogue.Subject, id, direction string) *catalogue.FollowUpRecorded {
	return &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: id, Subject: subject, By: "wang", Direction: direction, Channel: "phone", Counts: true,
		OccurredAt: instant.Now(), RecordedAt: instant.Now()}, Owner: "wang"}
}

func wonDeal() catalogue.Deal {
	now := instant.Now()
	return catalogue.Deal{ID: "d1", Outcome: "won", OpenedAt: now, StageSince: now, ClocksFrom: now}
}

// a journey's task is there once, with a named owner, its due time, why it
// exists and where its journey is.
func TestATaskIsOpenedOnce(t *testing.T) {
	o := start(t, config.Config{})
	due := instant.Now().Add(10 * time.Minute)
	if status := o.open("lead:l1:first_touch_task:1:1", catalogue.TaskFirstTouch, "lead/l1", "wang", due); status != 201 {
		t.Fatalf("open: %d", status)
	}
	if status := o.open("lead:l1:first_touch_task:1:1", catalogue.TaskFirstTouch, "lead/l1", "wang", due); status != 200 {
		t.Errorf("again: %d", status)
	}
	mine := o.list("wang", "scope=mine")
	if len(mine) != 1 || mine[0].Assignee != "wang" || mine[0].Due != due || mine[0].Supervisor != "boss" || mine[0].Status != catalogue.TaskOpen {
		t.Fatalf("mine: %+v", mine)
	}
	got := o.task("lead:l1:first_touch_task:1:1")
	if got.Why != "obligation:lead:l1:first_touch_task:1:1" || got.WhyURL != "/v1/insights/why?task=lead%3Al1%3Afirst_touch_task%3A1%3A1" ||
		got.JourneyURL != "http://temporal/namespaces/liuke/workflows/lead%2Fl1" {
		t.Errorf("links: %+v", got)
	}
	history, err := o.store.History(t.Context(), "task/lead:l1:first_touch_task:1:1", 0, 10)
	if err != nil || len(history) != 1 || history[0].Type != "liuke.tasks.task_created.v1" {
		t.Errorf("facts: %+v %v", history, err)
	}
}

// a new lead's first-contact task is opened from the fact itself; the
// journey, which asks for the same task, changes nothing. Leads that came with
// an import or without owner wait for the journey.
func TestFirstTouchTaskIsThereAtOnce(t *testing.T) {
	o := start(t, config.Config{})
	arrived := instant.Now()
	recorded := func(id string, change func(*catalogue.Lead)) {
		l := catalogue.Lead{ID: id, Company: "海天", Contact: "林", Source: "ads", Need: "x", Status: catalogue.LeadNew, Owner: "wang", ArrivedAt: arrived, RecordedAt: arrived, ClocksFrom: arrived}
		change(&l)
		o.tell("lead/"+id, 1, &catalogue.LeadRecorded{After: l})
	}
	id := effects.FirstTouchTask("l1", 1)
	recorded("l2", func(l *catalogue.Lead) { l.Imported = true })
	recorded("l3", func(l *catalogue.Lead) { l.Owner, l.Pooled = "", true })
	recorded("l1", func(*catalogue.Lead) {})
	o.eventually("the first contact's task", func() bool { return o.task(id).ID == id })
	if got := o.task(id); got.Kind != catalogue.TaskFirstTouch || got.Assignee != "wang" || got.Due != arrived.Add(10*time.Minute) || got.Why != "lead/l1/1/0" || got.Company != "海天" {
		t.Errorf("%+v", got)
	}
	if status := o.open(id, catalogue.TaskFirstTouch, "lead/l1", "wang", arrived.Add(10*time.Minute)); status != 200 {
		t.Errorf("the journey's ask: %d", status)
	}
	if mine := o.list("wang", "scope=mine"); len(mine) != 1 {
		t.Errorf("%d tasks, want the one", len(mine))
	}
}

// a follow-up's next touch becomes a task under the id that the fact names,
// and it is visible within 300 ms (half of the time at least).
func TestNextTouchBecomesATask(t *testing.T) {
	o := start(t, config.Config{})
	var took []time.Duration
	for i := range 40 {
		id, lead := fmt.Sprintf("f%d", i), fmt.Sprintf("l%d", i)
		begin := time.Now()
		o.tell("lead/"+lead, 2, &catalogue.NextTouchPlanned{Subject: catalogue.Subject{Kind: "lead", ID: lead}, Task: id, Assignee: "wang", Action: "送样品",
			Due: instant.Now().Add(time.Hour)})
		o.eventually("next touch "+id, func() bool { return o.task(id).ID == id })
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	t.Logf("fact to task: p50 %v, max %v", took[len(took)/2], took[len(took)-1])
	if took[len(took)/2] > 300*time.Millisecond {
		t.Errorf("p50 %v", took[len(took)/2])
	}
	if got := o.task("f0"); got.Kind != catalogue.TaskNextTouch || got.Why != "lead/l0/2/0" || got.Title.Zh != "下次跟进：送样品" || got.Assignee != "wang" {
		t.Errorf("%+v", got)
	}
	// The same fact again, as Kafka may bring it, changes nothing.
	o.tell("lead/l0", 2, &catalogue.NextTouchPlanned{Subject: catalogue.Subject{Kind: "lead", ID: "l0"}, Task: "f0", Assignee: "zhao", Due: instant.Now().Add(time.Hour)})
	o.tell("lead/end", 1, &catalogue.NextTouchPlanned{Subject: catalogue.Subject{Kind: "lead", ID: "l0"}, Task: "end", Assignee: "wang", Due: instant.Now().Add(time.Hour)})
	o.eventually("the last", func() bool { return o.task("end").ID != "" })
	if got := o.task("f0"); got.Assignee != "wang" || got.Version != 1 {
		t.Errorf("repeated: %+v", got)
	}
}

// a follow-up that counts ends what waited for it; the first touch
// waits for an outbound one; one that does not count ends nothing.
func TestFollowUpsEndTasks(t *testing.T) {
	o := start(t, config.Config{})
	lead := catalogue.Subject{Kind: "lead", ID: "l1"}
	due := instant.Now().Add(time.Hour)
	for _, kind := range []string{catalogue.TaskFirstTouch, catalogue.TaskSecondTouch, catalogue.TaskNurture, catalogue.TaskComplete} {
		o.open(kind, kind, "lead/l1", "wang", due)
	}
	time.Sleep(5 * time.Millisecond) // facts are told by the millisecond
	silent := counting(lead, "f0", "outbound")
	silent.FollowUp.Counts = false
	o.tell("lead/l1", 2, silent)
	o.tell("lead/l1", 3, counting(lead, "f1", "inbound"))
	o.eventually("second touch done", func() bool { return o.task(catalogue.TaskSecondTouch).Status == catalogue.TaskDone })
	o.eventually("nurture done", func() bool { return o.task(catalogue.TaskNurture).Outcome == "follow_up:f1" })
	if got := o.task(catalogue.TaskFirstTouch); got.Status != catalogue.TaskOpen {
		t.Errorf("first touch after an inbound one: %+v", got)
	}
	o.tell("lead/l1", 4, counting(lead, "f2", "outbound"), &catalogue.NextTouchPlanned{Subject: lead, Task: "f2", Assignee: "wang", Due: due})
	o.eventually("first touch done", func() bool { return o.task(catalogue.TaskFirstTouch).Status == catalogue.TaskDone })
	o.eventually("next touch", func() bool { return o.task("f2").Status == catalogue.TaskOpen })
	if got := o.task(catalogue.TaskComplete); got.Status != catalogue.TaskOpen {
		t.Errorf("completing data waits for data: %+v", got)
	}
	// A first touch that a journey asks for after all is moot: it was made.
	o.open("late", catalogue.TaskFirstTouch, "lead/l1", "wang", due)
	if got := o.task("late"); got.Status != catalogue.TaskDone {
		t.Errorf("late first touch: %+v", got)
	}
}

// Tasks of what is closed are cancelled, a won deal's revisit is not.
func TestClosedSubjects(t *testing.T) {
	o := start(t, config.Config{})
	due := instant.Now().Add(time.Hour)
	o.open("a", catalogue.TaskNextTouch, "lead/l1", "wang", due)
	o.open("b", catalogue.TaskNextTouch, "deal/d1", "wang", due)
	time.Sleep(5 * time.Millisecond)
	o.tell("lead/l1", 2, &catalogue.LeadStatusChanged{Lead: "l1", Before: "contacted", After: "closed", Reason: "spam"})
	o.tell("deal/d1", 2, &catalogue.DealClosed{Deal: "d1", Outcome: "won", State: wonDeal()})
	o.eventually("lead's task", func() bool {
		return o.task("a").Status == catalogue.TaskCancelled && o.task("a").Outcome == "lead_closed"
	})
	o.eventually("deal's task", func() bool { return o.task("b").Status == catalogue.TaskCancelled && o.task("b").Outcome == "deal_won" })
	o.open("c", catalogue.TaskNextTouch, "lead/l1", "wang", due)
	o.open("d", catalogue.TaskRevisit, "deal/d1", "wang", due)
	if got := o.task("c"); got.Status != catalogue.TaskCancelled {
		t.Errorf("a touch of a closed lead: %+v", got)
	}
	if got := o.task("d"); got.Status != catalogue.TaskOpen {
		t.Errorf("a revisit of a won deal: %+v", got)
	}
	o.tell("deal/d1", 3, &catalogue.DealReopened{Deal: "d1", State: wonDeal()})
	o.eventually("reopened", func() bool {
		id := o.id()
		o.open(id, catalogue.TaskNextTouch, "deal/d1", "wang", due)
		return o.task(id).Status == catalogue.TaskOpen
	})
}

// tasks go with the responsibility, in whatever order facts and effects come.
func TestTasksFollowTheOwner(t *testing.T) {
	o := start(t, config.Config{})
	due := instant.Now().Add(time.Hour)
	o.open("a", catalogue.TaskFirstTouch, "lead/l1", "wang", due)
	o.open("b", catalogue.TaskApprove, "transfer/t1", "boss", due)
	o.open("c", catalogue.TaskNextTouch, "customer/c1", "wang", due)
	o.tell("lead/l1", 2, &catalogue.LeadAssigned{Lead: "l1", Before: "wang", After: "zhao", Reason: "rotation"})
	o.tell("ownership/c1", 2, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "c1", Owner: "li"}, Reason: "transfer"})
	o.eventually("lead's task", func() bool { return o.task("a").Assignee == "zhao" })
	o.eventually("customer's task", func() bool { return o.task("c").Assignee == "li" })
	if got := o.task("b"); got.Assignee != "boss" {
		t.Errorf("an approval stays: %+v", got)
	}
	o.open("late", catalogue.TaskNextTouch, "lead/l1", "wang", due) // decided before the journey heard of it
	if got := o.task("late"); got.Assignee != "zhao" {
		t.Errorf("late effect: %+v", got)
	}
	o.tell("lead/l1", 1, &catalogue.LeadAssigned{Lead: "l1", After: "wang", Reason: "intake"}) // an old fact again
	time.Sleep(5 * time.Millisecond)
	o.tell("lead/l1", 3, &catalogue.LeadPooled{Lead: "l1", Before: "zhao", Reason: "recycle"})
	o.eventually("pooled", func() bool { return o.task("a").Status == catalogue.TaskCancelled && o.task("a").Outcome == "pooled" })
	if got := o.task("a"); got.Assignee != "zhao" {
		t.Errorf("the old fact moved it: %+v", got)
	}
	// D-6: undoing the recycling opens again what it ended, with the same due time.
	o.tell("lead/l1", 4, &catalogue.LeadAssigned{Lead: "l1", After: "zhao", Reason: "undo"})
	o.eventually("taken up again", func() bool {
		got := o.task("a")
		return got.Status == catalogue.TaskOpen && got.Assignee == "zhao" && got.Due == due && got.Outcome == ""
	})
}

// open tasks due within an absence go to the delegate, and back when it is
// withdrawn; later ones stay.
func TestAbsence(t *testing.T) {
	o := start(t, config.Config{})
	now := instant.Now()
	o.open("soon", catalogue.TaskNextTouch, "lead/l1", "wang", now.Add(time.Hour))
	o.open("later", catalogue.TaskNextTouch, "lead/l2", "wang", now.Add(72*time.Hour))
	wang, present := staff()[0], staff()[0]
	wang.Absences = []catalogue.Absence{{ID: "a", From: now.Add(-time.Minute), To: now.Add(24 * time.Hour), Delegate: "zhao"}}
	o.people.Put(wang, 2)
	o.tell("person/wang", 2, &catalogue.PersonChanged{Before: &present, After: wang})
	o.eventually("with the delegate", func() bool { got := o.task("soon"); return got.Assignee == "zhao" && got.OnBehalfOf == "wang" })
	if got := o.task("later"); got.Assignee != "wang" {
		t.Errorf("due after the absence: %+v", got)
	}
	o.open("new", catalogue.TaskFirstTouch, "lead/l3", "wang", now.Add(10*time.Minute))
	if got := o.task("new"); got.Assignee != "zhao" || got.OnBehalfOf != "wang" || got.Owner != "wang" {
		t.Errorf("a new one: %+v", got)
	}
	o.people.Put(present, 3)
	o.tell("person/wang", 3, &catalogue.PersonChanged{Before: &wang, After: present})
	for _, id := range []string{"soon", "new"} {
		o.eventually("back: "+id, func() bool { got := o.task(id); return got.Assignee == "wang" && got.OnBehalfOf == "" })
	}
}

// whoever leaves, leaves no open task behind.
func TestLeaving(t *testing.T) {
	o := start(t, config.Config{})
	due := instant.Now().Add(time.Hour)
	for i := range 230 {
		o.open(fmt.Sprintf("t%03d", i), catalogue.TaskNextTouch, fmt.Sprintf("lead/l%03d", i), "wang", due.Add(time.Duration(i)*time.Minute))
	}
	gone := staff()[0]
	gone.Active, gone.Successor = false, "li"
	o.people.Put(gone, 2)
	o.tell("person/wang", 2, &catalogue.PersonDeactivated{After: gone})
	o.eventually("nothing left", func() bool {
		return len(o.list("director", "scope=all&limit=200")) == 230 && len(o.list("wang", "scope=mine")) == 0
	})
	if got := o.list("li", "scope=mine&limit=200"); len(got) != 230 || got[0].Owner != "li" || got[0].OnBehalfOf != "" {
		t.Errorf("successor has %d: %+v", len(got), got[0])
	}
}

func TestPeopleChangeTasks(t *testing.T) {
	o := start(t, config.Config{})
	now := instant.Now()
	var made taskSeen
	if status, h := o.call("wang", "POST", "/v1/tasks", map[string]any{"title": "寄合同", "due": now.Add(time.Hour)}, &made); status != 201 || made.Assignee != "wang" || h.Get("Location") == "" {
		t.Fatalf("create: %d %+v", status, made)
	}
	o.open("touch", catalogue.TaskNextTouch, "lead/l1", "wang", now.Add(time.Hour))
	o.open("step", catalogue.TaskApprove, "transfer/t1", "boss", now.Add(time.Hour))
	path := "/v1/tasks/" + made.ID
	for _, c := range []struct {
		name, who, method, path string
		body                    any
		status                  int
		rule                    string
		header                  []string
	}{
		{"create in the past", "wang", "POST", "/v1/tasks", map[string]any{"title": "a", "due": now.Add(-time.Hour)}, 422, "", nil},
		{"create for nobody", "director", "POST", "/v1/tasks", map[string]any{"title": "a", "due": now.Add(time.Hour), "assignee": "nobody"}, 422, "", nil},
		{"create for a stranger", "wang", "POST", "/v1/tasks", map[string]any{"title": "a", "due": now.Add(time.Hour), "assignee": "li"}, 403, "task.create.mates", nil},
		{"postpone stale", "wang", "POST", path + "/postponement", map[string]any{"due": now.Add(2 * time.Hour)}, 412, "", []string{"If-Match", `"9"`}},
		{"postpone back", "wang", "POST", path + "/postponement", map[string]any{"due": now.Add(time.Minute)}, 422, "", nil},
		{"postpone too far", "wang", "POST", path + "/postponement", map[string]any{"due": now.Add(9000 * time.Hour * 2)}, 422, "", nil},
		{"postpone", "wang", "POST", path + "/postponement", map[string]any{"due": now.Add(2 * time.Hour)}, 200, "", []string{"If-Match", `"1"`}},
		{"reassign by a salesperson", "wang", "POST", path + "/reassignment", map[string]any{"to": "zhao"}, 403, "task.reassign.none", nil},
		{"reassign to nobody", "boss", "POST", path + "/reassignment", map[string]any{"to": "nobody"}, 422, "", nil},
		{"reassign of a stranger's", "boss", "POST", "/v1/tasks/none/reassignment", map[string]any{"to": "zhao"}, 404, "", nil},
		{"reassign", "boss", "POST", path + "/reassignment", map[string]any{"to": "zhao"}, 200, "", nil},
		{"complete another's", "wang", "POST", path + "/completion", map[string]any{"outcome": "done"}, 403, "task.do.own", nil},
		{"complete without outcome", "zhao", "POST", path + "/completion", map[string]any{"outcome": ""}, 422, "", nil},
		{"complete", "zhao", "POST", path + "/completion", map[string]any{"outcome": "寄出"}, 200, "", nil},
		{"complete twice", "zhao", "POST", path + "/completion", map[string]any{"outcome": "寄出"}, 409, "task_ended", nil},
		{"complete a touch", "wang", "POST", "/v1/tasks/touch/completion", map[string]any{"outcome": "打过了"}, 409, "R-012", nil},
		{"complete a step", "boss", "POST", "/v1/tasks/step/completion", map[string]any{"outcome": "同意"}, 409, "R-046", nil},
		{"read another's", "li", "GET", path, nil, 403, "task.read.mates", nil},
		{"read none", "wang", "GET", "/v1/tasks/none", nil, 404, "", nil},
		{"effect by a person", "wang", "PUT", "/v1/tasks/x", map[string]any{}, 422, "", nil},
		{"nobody", "", "GET", "/v1/tasks", nil, 401, "", nil},
	} {
		var p httpx.Problem
		if status, _ := o.call(c.who, c.method, c.path, c.body, &p, c.header...); status != c.status || p.Rule != c.rule {
			t.Errorf("%s: %d %q, want %d %q", c.name, status, p.Rule, c.status, c.rule)
		}
	}
	if got := o.task(made.ID); got.Status != catalogue.TaskDone || got.Outcome != "寄出" || got.Overdue {
		t.Errorf("%+v", got)
	}
}

// A journey's cancellation reaches open tasks once: repeated later it leaves those
// opened since alone.
func TestCancellation(t *testing.T) {
	o := start(t, config.Config{})
	due := instant.Now().Add(time.Hour)
	o.open("a", catalogue.TaskSecondTouch, "lead/l1", "wang", due)
	o.open("b", catalogue.TaskNextTouch, "lead/l1", "wang", due)
	body := map[string]any{"subject": catalogue.Subject{Kind: "lead", ID: "l1"}, "kinds": []string{catalogue.TaskSecondTouch}, "reason": "replied"}
	var n struct{ Cancelled int }
	if status, _ := o.call("journeys", "POST", "/v1/tasks/cancellations", body, &n, "Idempotency-Key", "k"); status != 200 || n.Cancelled != 1 {
		t.Errorf("cancel: %d %+v", status, n)
	}
	time.Sleep(5 * time.Millisecond)
	o.open("c", catalogue.TaskSecondTouch, "lead/l1", "wang", due)
	o.call("journeys", "POST", "/v1/tasks/cancellations", body, &n, "Idempotency-Key", "k")
	for id, want := range map[string]string{"a": catalogue.TaskCancelled, "b": catalogue.TaskOpen, "c": catalogue.TaskOpen} {
		if got := o.task(id).Status; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if status, _ := o.call("wang", "POST", "/v1/tasks/cancellations", body, nil); status != 403 {
		t.Errorf("by a person: %d", status)
	}
}

// a transfer's step ends its task.
func TestTransferSteps(t *testing.T) {
	o := start(t, config.Config{})
	due := instant.Now().Add(time.Hour)
	o.open("approve", catalogue.TaskApprove, "transfer/t1", "boss", due)
	time.Sleep(5 * time.Millisecond)
	o.tell("transfer/t1", 2, &catalogue.TransferStepped{Before: "requested", After: catalogue.Transfer{ID: "t1", Status: "approved", RequestedAt: instant.Now()}})
	o.eventually("approved", func() bool { return o.task("approve").Status == catalogue.TaskDone })
	o.open("note", catalogue.TaskHandOver, "transfer/t1", "wang", due)
	time.Sleep(5 * time.Millisecond)
	o.tell("transfer/t1", 3, &catalogue.TransferStepped{Before: "approved", After: catalogue.Transfer{ID: "t1", Status: "cancelled", RequestedAt: instant.Now(), EndedAt: instant.Now()}})
	o.eventually("ended", func() bool { return o.task("note").Status != catalogue.TaskOpen })
}
