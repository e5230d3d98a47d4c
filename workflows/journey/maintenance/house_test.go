package maintenance_test

import (
	"encoding/json"
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/maintenance"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

// house plays the service that owns the maintenance: it does what the journey
// asks for and tells it, as accounts would.
type house struct {
	*journeytest.Journey
	t    *testing.T
	h    *journeytest.History
	m    catalogue.Maintenance
	done int  // effects that were carried out
	deaf bool // does nothing of what is asked
}

func open(t *testing.T, change ...func(*policy.Sections)) *house {
	t.Helper()
	return &house{Journey: journeytest.Start(t, journey.Of(maintenance.Rules), "c1", journeytest.View(t, change...)), t: t, h: journeytest.New(t),
		m: catalogue.Maintenance{Customer: "c1", Name: "华兴", Status: catalogue.MaintenanceRunning, Owner: "zhang", Success: "su", Implementation: "im", Link: catalogue.LinkSigning,
			Cadence: catalogue.Cadence{Every: 1, Unit: "month"}}}
}

// won begins the maintenance with a win.
func won(t *testing.T, at instant.Time, change ...func(*policy.Sections)) *house {
	t.Helper()
	s := open(t, change...)
	s.m.BeganAt, s.m.BeganBy, s.m.Wins = at, catalogue.BeganByWin, 1
	s.m.Won = []catalogue.WonDeal{{Deal: "d1", No: 1, At: at}}
	s.Decide(at, s.h.Tell("maintenance/c1", at, &catalogue.MaintenanceBegan{After: s.copy()}))
	s.work(at)
	return s
}

func (s *house) copy() catalogue.Maintenance {
	raw, err := json.Marshal(s.m)
	if err != nil {
		s.t.Fatal(err)
	}
	var out catalogue.Maintenance
	if err := json.Unmarshal(raw, &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *house) tell(at instant.Time, change string, ended *catalogue.ProcessInstance) {
	s.t.Helper()
	s.Decide(at, s.h.Tell("maintenance/c1", at, &catalogue.MaintenanceChanged{Change: change, After: s.copy(), Ended: ended}))
	s.work(at)
}

// to lets time pass while the house does what is asked of it.
func (s *house) to(at instant.Time) {
	s.t.Helper()
	for n := 0; s.Last.NextDue != 0 && s.Last.NextDue <= at; n++ {
		if n > 20_000 {
			s.t.Fatal("the journey never comes to rest")
		}
		now := s.Last.NextDue
		s.Decide(now)
		s.work(now)
	}
}

// work carries out what was asked for since.
func (s *house) work(at instant.Time) {
	s.t.Helper()
	for ; s.done < len(s.Effects) && !s.deaf; s.done++ {
		e := s.Effects[s.done]
		switch e.Verb {
		case journey.BeginProcess:
			var b effects.BeginProcess
			s.body(e, &b)
			s.begin(at, e.ID, b)
		case journey.CarryStep:
			var c effects.CarryStep
			s.body(e, &c)
			s.end(at, c.Process, c.Step, catalogue.TakenDone, "")
		}
	}
	s.done = len(s.Effects)
}

func (s *house) body(e journey.Effect, into any) {
	s.t.Helper()
	if err := json.Unmarshal(e.Body, into); err != nil {
		s.t.Fatal(err)
	}
}

func (s *house) begin(at instant.Time, id string, b effects.BeginProcess) {
	p := s.View.Sections.Processes.Process(b.Process)
	s.m.Begun++
	inst := catalogue.ProcessInstance{ID: id, No: s.m.Begun, Process: p.ID, Name: p.Name, Policy: s.View.Version, Occasion: b.Occasion, For: b.For, BeganAt: at, Status: catalogue.ProcessRunning}
	for _, st := range p.Steps {
		text := st.Text
		t := catalogue.TakenStep{ID: st.ID, Name: st.Name, Action: st.Action, After: st.After, Who: st.Who, Detail: st.Detail, Within: st.Due.String(), Status: catalogue.TakenWaiting}
		if !text.IsZero() {
			t.Text = &text
		}
		inst.Steps = append(inst.Steps, t)
	}
	s.m.Running = append(s.m.Running, inst)
	s.open(at, &s.m.Running[len(s.m.Running)-1])
	s.done++ // before telling: telling decides, and what is asked then comes after
	s.tell(at, "process_began", nil)
	s.done--
}

func (s *house) open(at instant.Time, p *catalogue.ProcessInstance) {
	who := map[string]string{"owner": s.m.Owner, "success": s.m.Success, "implementation": s.m.Implementation}
	for i := range p.Steps {
		st := &p.Steps[i]
		before := slices.IndexFunc(p.Steps, func(o catalogue.TakenStep) bool { return o.ID == st.After })
		if st.Status != catalogue.TakenWaiting || before >= 0 && (p.Steps[before].Status == catalogue.TakenWaiting || p.Steps[before].Status == catalogue.TakenOpen) {
			continue
		}
		st.Status, st.OpenedAt, st.Assignee = catalogue.TakenOpen, at, who[st.Who]
		if st.Assignee == "" {
			st.Assignee = "somebody"
		}
		d, _ := policy.ParseDuration(st.Within)
		st.Due = s.View.After(at, d)
	}
}

// end ends a step, by its task if one is named.
func (s *house) end(at instant.Time, process, step, status, task string) {
	s.t.Helper()
	i := slices.IndexFunc(s.m.Running, func(p catalogue.ProcessInstance) bool { return p.ID == process })
	if i < 0 {
		s.t.Fatalf("no process %s runs", process)
	}
	p := &s.m.Running[i]
	for j := range p.Steps {
		if p.Steps[j].ID == step {
			p.Steps[j].Status, p.Steps[j].EndedAt, p.Steps[j].Task = status, at, task
		}
	}
	s.open(at, p)
	over := !slices.ContainsFunc(p.Steps, func(st catalogue.TakenStep) bool {
		return st.Status == catalogue.TakenOpen || st.Status == catalogue.TakenWaiting
	})
	var ended *catalogue.ProcessInstance
	if over {
		last := *p
		last.Status = catalogue.ProcessDone
		ended = &last
		s.m.Running = slices.Delete(s.m.Running, i, i+1)
	}
	s.done++
	s.tell(at, "step", ended)
	s.done--
}

// running gives the instance of a process that runs.
func (s *house) running(process string) catalogue.ProcessInstance {
	s.t.Helper()
	for _, p := range s.m.Running {
		if p.Process == process {
			return p
		}
	}
	s.t.Fatalf("%s does not run", process)
	return catalogue.ProcessInstance{}
}

// asked counts the effects of a verb whose body fits.
func asked[B any](s *house, verb journey.Verb, fits func(B) bool) int {
	n := 0
	for _, e := range s.Effects {
		var b B
		if e.Verb == verb {
			s.body(e, &b)
			if fits(b) {
				n++
			}
		}
	}
	return n
}

func began(s *house, process string) int {
	return asked(s, journey.BeginProcess, func(b effects.BeginProcess) bool { return b.Process == process })
}

func tasksOf(s *house, step string) int {
	return asked(s, journey.CreateTask, func(b effects.CreateTask) bool {
		_, st, _ := effects.StepOfRule(b.Rule)
		return st == step
	})
}
