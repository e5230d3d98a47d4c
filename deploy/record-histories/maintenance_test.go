package recordhistories

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"go.temporal.io/api/history/v1"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/client"
)

// carer plays accounts for one customer: it does what its journey asks for and
// tells it at once, as the service that owns the maintenance would.
type carer struct {
	*stand
	mu     sync.Mutex
	m      catalogue.Maintenance
	now    instant.Time // of the journey, as what it asks for shows
	checks time.Duration
	told   int
	began  map[string]int
	until  instant.Time // after which nothing is assessed any more, so that the journey comes to its end
	orders int
}

func (c *carer) tell(change string, ended *catalogue.ProcessInstance) {
	c.told++
	raw, err := json.Marshal(c.m)
	if err != nil {
		c.t.Error(err)
	}
	var after catalogue.Maintenance
	if err := json.Unmarshal(raw, &after); err != nil {
		c.t.Error(err)
	}
	c.send(c.Tell("maintenance/c1", c.now, &catalogue.MaintenanceChanged{Change: change, After: after, Ended: ended}))
}

// answer does what a call asks for.
func (c *carer) answer(call client.Call, nth int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if nth > 1 {
		return nil
	}
	switch b := call.Body.(type) {
	case effects.BeginProcess:
		c.now = max(c.now, b.For)
		c.begin(call.Key, b)
	case effects.CarryStep:
		c.end(b.Process, b.Step, "")
	case effects.CreateTask:
		no, step, _ := effects.StepOfRule(b.Rule)
		if c.told%9 != 0 { // now and then somebody is late
			c.endOf(no, step, call.Key)
		}
	case effects.Remind:
		c.now = max(c.now, b.Due)
		if len(c.m.Running) > 0 && b.Level == catalogue.LevelEscalate {
			for _, p := range slices.Clone(c.m.Running) {
				for _, st := range p.Steps {
					if st.Status == catalogue.TakenOpen && st.Due < c.now {
						c.end(p.ID, st.ID, "late")
					}
				}
			}
		}
	case effects.AssessCustomer:
		c.now = max(c.now, b.Due)
		c.assess()
	}
	return nil
}

// assess gives a standing that changes as a living customer's does.
func (c *carer) assess() {
	s := &c.m.Standing
	c.orders++
	s.Assessed, s.Health, s.AsOf = true, 60+(c.orders*7)%31, c.now
	if state := []string{"active", "active", "active", "silent"}[c.orders/6%4]; state != s.Lifecycle {
		s.Lifecycle, s.Since = state, c.now
		s.Entries++
	}
	s.NextCheckAt = c.now.Add(c.checks)
	if c.now > c.until {
		c.m.Status, c.m.EndReason, s.NextCheckAt = catalogue.MaintenanceEnded, "churned", 0
	}
	c.tell("standing", nil)
}

func (c *carer) begin(id string, b effects.BeginProcess) {
	v, err := c.Policy.At(c.now)
	if err != nil {
		c.t.Error(err)
		return
	}
	p := v.Sections.Processes.Process(b.Process)
	c.began[p.ID]++
	c.m.Begun++
	inst := catalogue.ProcessInstance{ID: id, No: c.m.Begun, Process: p.ID, Name: p.Name, Policy: v.Version, Occasion: b.Occasion, For: b.For, BeganAt: c.now, Status: catalogue.ProcessRunning}
	for _, st := range p.Steps {
		t := catalogue.TakenStep{ID: st.ID, Name: st.Name, Action: st.Action, After: st.After, Who: st.Who, Within: st.Due.String(), Status: catalogue.TakenWaiting, Detail: st.Detail}
		if !st.Text.IsZero() {
			text := st.Text
			t.Text = &text
		}
		inst.Steps = append(inst.Steps, t)
	}
	c.m.Running = append(c.m.Running, inst)
	c.open(&c.m.Running[len(c.m.Running)-1])
	c.tell("process_began", nil)
}

func (c *carer) open(p *catalogue.ProcessInstance) {
	v, _ := c.Policy.At(c.now)
	for i := range p.Steps {
		st := &p.Steps[i]
		waits := slices.ContainsFunc(p.Steps, func(o catalogue.TakenStep) bool {
			return o.ID == st.After && (o.Status == catalogue.TakenWaiting || o.Status == catalogue.TakenOpen)
		})
		if st.Status == catalogue.TakenWaiting && !waits {
			d := v.Sections.Processes.Process(p.Process).Steps[i].Due
			st.Status, st.OpenedAt, st.Assignee, st.Due = catalogue.TakenOpen, c.now, "su", v.After(c.now, d)
		}
	}
}

func (c *carer) endOf(no int, step, task string) {
	for _, p := range c.m.Running {
		if p.No == no {
			c.end(p.ID, step, task)
			return
		}
	}
}

func (c *carer) end(process, step, task string) {
	i := slices.IndexFunc(c.m.Running, func(p catalogue.ProcessInstance) bool { return p.ID == process })
	if i < 0 {
		return
	}
	p := &c.m.Running[i]
	for j := range p.Steps {
		if st := &p.Steps[j]; st.ID == step && st.Status == catalogue.TakenOpen {
			st.Status, st.EndedAt, st.Task, st.Outcome = catalogue.TakenDone, c.now, task, "done"
		}
	}
	c.open(p)
	if slices.ContainsFunc(p.Steps, func(st catalogue.TakenStep) bool {
		return st.Status == catalogue.TakenOpen || st.Status == catalogue.TakenWaiting
	}) {
		c.tell("step", nil)
		return
	}
	last := *p
	last.Status = catalogue.ProcessDone
	c.m.Running = slices.Delete(slices.Clone(c.m.Running), i, i+1)
	c.tell("step", &last)
}

// live lets a customer live for a while on the real server, its clock skipping,
// and gives the histories of its journey's runs.
func live(t *testing.T, days int, checks time.Duration) (*carer, []*history.History) {
	t.Helper()
	s := start(t, true)
	at := instant.Now()
	c := &carer{stand: s, now: at, checks: checks, began: map[string]int{}, until: at.Add(time.Duration(days) * day), m: catalogue.Maintenance{Customer: "c1", Name: "华兴", Status: catalogue.MaintenanceRunning,
		BeganAt: at, BeganBy: catalogue.BeganByWin, Wins: 1, Won: []catalogue.WonDeal{{Deal: "d1", No: 1, At: at}}, Owner: "zhang", Success: "su", Implementation: "im", Link: catalogue.LinkSigning,
		Cadence: catalogue.Cadence{Every: 1, Unit: "month"}, HandOver: &catalogue.HandOver{AskedAt: at, From: "zhang", To: "su"},
		CareDates: []catalogue.MaintainedDate{{ID: "b1", Kind: "birthday", Name: "刘总", Date: catalogue.Yearly{Calendar: "lunar", Month: 5, Day: 5}}, {ID: "a1", Kind: "anniversary", Name: "周年", Date: catalogue.Yearly{Calendar: "solar", Month: 9, Day: 10}}}}}
	c.m.Standing.NextCheckAt = at.Add(checks)
	s.Services.Answer(c.answer)
	began := c.m
	c.told++
	s.send(s.Tell("maintenance/c1", at, &catalogue.MaintenanceBegan{After: began}))
	return c, c.runs(t)
}

// runs waits until the journey has ended and gives all its runs.
func (c *carer) runs(t *testing.T) []*history.History {
	t.Helper()
	for deadline := time.Now().Add(9 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		doc, _, err := c.Decider.Get(t.Context(), "maintenance", "c1")
		if err == nil && doc.Ended {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the journey does not end: %v, it is %s for the customer", err, c.now)
		}
	}
	var out []*history.History
	for _, run := range c.runIDs(t) {
		h := &history.History{}
		for i := c.client.GetWorkflowHistory(t.Context(), "maintenance/c1", run, false, 1); i.HasNext(); {
			e, err := i.Next()
			if err != nil {
				t.Fatal(err)
			}
			h.Events = append(h.Events, e)
		}
		out = append(out, h)
	}
	return out
}

// check wants every fact read once and no obligation fired twice.
func (c *carer) check(t *testing.T) {
	t.Helper()
	_, version, err := c.Decider.Get(t.Context(), "maintenance", "c1")
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Decider.Recent(t.Context(), "maintenance", "c1", version, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	read, fired := map[string]int{}, map[string]int{}
	for _, d := range all {
		for _, f := range d.Read {
			read[f.ID]++
		}
		for _, f := range d.Fired {
			fired[f.Obligation.ID]++
		}
	}
	for id, n := range fired {
		if n != 1 {
			t.Errorf("%s fired %d times", id, n)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(read) != c.told {
		t.Errorf("%d facts were told, %d read", c.told, len(read))
	}
	t.Logf("%d facts, %d decisions, %d obligations", c.told, len(all), len(fired))
}

// A year of a customer that is looked after as the shipped policy says and
// assessed every week: what its journey costs of history.
func TestAYearOfACustomer(t *testing.T) {
	c, runs := live(t, 365, 7*day)
	c.check(t)
	events, bytes := 0, 0
	for _, h := range runs {
		events, bytes = events+len(h.Events), bytes+proto.Size(h)
	}
	t.Logf("a year: %d events, %d bytes of history in %d runs; began %v", events, bytes, len(runs), c.began)
	if events >= 2000 {
		t.Errorf("a year costs %d events, want fewer than 2,000", events)
	}
	if n := c.began["monthly_revisit"]; n < 12 || n > 13 {
		t.Errorf("%d revisits in a year", n)
	}
	if c.began["welcome"] != 1 || c.began["birthday_greeting"] != 1 || c.began["quarterly_need_survey"] < 4 {
		t.Errorf("began %v", c.began)
	}
}

// The first weeks of a customer, up to a loss that ends its journey: hand-over,
// welcome, revisit, assessments.
func TestTheFirstWeeksOfACustomer(t *testing.T) {
	c, runs := live(t, 40, 7*day)
	c.check(t)
	if c.began["monthly_revisit"] != 1 || c.began["hand_over"] != 1 {
		t.Errorf("began %v", c.began)
	}
	record(t, "weeks-of-a-customer", runs[len(runs)-1])
}

// Ten years of a customer, every month of them lived on the real server: the journey
// continues as new without losing a fact, and nothing comes twice or is left out.
func TestTenYearsOfACustomer(t *testing.T) {
	c, runs := live(t, 3653, 30*day)
	c.check(t)
	events := 0
	var lived, longest time.Duration
	for _, h := range runs {
		events += len(h.Events)
		for i, e := range h.Events[1:] {
			step := e.EventTime.AsTime().Sub(h.Events[i].EventTime.AsTime())
			lived, longest = lived+step, max(longest, step)
		}
	}
	t.Logf("ten years: %d events in %d runs, %.1f years lived, at most %.1f days at once; began %v", events, len(runs), lived.Hours()/8766, longest.Hours()/24, c.began)
	if len(runs) < 3 || lived < 3650*day || longest > 31*day {
		t.Errorf("%d runs over %s, %s at once", len(runs), lived, longest)
	}
	// of everything that comes round, as many as ten years have.
	for process, n := range map[string]int{"monthly_revisit": 120, "quarterly_need_survey": 40, "birthday_greeting": 10, "anniversary_greeting": 10, "holiday_greeting": 30,
		"welcome": 1, "hand_over": 1} {
		if got := c.began[process]; got < n-1 || got > n+1 || n == 1 && got != 1 {
			t.Errorf("%s began %d times in ten years, want %d", process, got, n)
		}
	}
}

// runIDs gives the runs of the customer's journey, the first one first.
func (c *carer) runIDs(t *testing.T) []string {
	t.Helper()
	var ids []string
	for run := ""; ; {
		i := c.client.GetWorkflowHistory(t.Context(), "maintenance/c1", run, false, 1)
		e, err := i.Next()
		if err != nil {
			t.Fatal(err)
		}
		a := e.GetWorkflowExecutionStartedEventAttributes()
		ids = append([]string{a.OriginalExecutionRunId}, ids...)
		if run = a.ContinuedExecutionRunId; run == "" {
			return ids
		}
	}
}
