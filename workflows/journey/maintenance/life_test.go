package maintenance_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/maintenance"
)

// A confirmed loss ends the journey and takes back its tasks; a customer that is
// won back is looked after again where the rhythms stand by then.
func TestChurnEndsAndWinningBackResumes(t *testing.T) {
	s := won(t, at(t), only("implementation", "monthly_revisit"))
	s.m.Status, s.m.EndReason, s.m.Standing.Lifecycle = catalogue.MaintenanceEnded, "churned", catalogue.LifecycleChurned
	s.tell(at(t)+day, "standing", nil)
	if asked(s, journey.CancelTasks, func(effects.CancelTasks) bool { return true }) != 1 || !s.Last.Ended {
		t.Errorf("ended %v, pending %v", s.Last.Ended, s.Last.Pending)
	}
	s.m.Status, s.m.EndReason, s.m.Standing.Lifecycle = catalogue.MaintenanceRunning, "", catalogue.LifecycleWonBack
	s.tell(at(t)+200*day, "standing", nil)
	if s.Last.Ended || tasksOf(s, "kick_off") != 2 {
		t.Errorf("not taken up again: ended %v, tasks %d", s.Last.Ended, tasksOf(s, "kick_off"))
	}
	if n := began(s, "monthly_revisit"); n > 1 {
		t.Errorf("%d revisits at once for the months nobody looked", n)
	}
}

// A folded file's journey stands still and forgets nothing: what waited before
// waits again when the files are taken apart, and nothing fires meanwhile.
func TestAFoldedFileStandsStill(t *testing.T) {
	s := won(t, at(t), only("implementation", "monthly_revisit"))
	due := s.running("implementation").Steps[0].Due
	s.m.Status = catalogue.MaintenanceStill
	s.tell(at(t)+hour, "still", nil)
	fired := len(s.Fired)
	if len(s.Last.Pending) != 0 || !s.Last.Ended {
		t.Fatalf("pending %v", s.Last.Pending)
	}
	s.m.Status = catalogue.MaintenanceRunning
	s.tell(at(t)+2*hour, "resumed", nil)
	if len(s.Fired) != fired || s.Due("step_overdue") != due || s.Due("begin_process") != journeytest.At(t, "2026-04-02 09:00") {
		t.Errorf("fired %v, pending %v", s.Rules()[fired:], s.Last.Pending)
	}
}

// Facts of one maintenance in any order, twice or late, lead to the state of the
// newest, and no step is asked for twice.
func TestFactsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := won(t, at(t))
		for i := range 6 {
			s.to(at(t) + instant.Time(i+1)*20*day)
		}
		events := slices.Clone(s.h.Events)
		order := rapid.Permutation(events).Draw(r, "order")
		again := journeytest.Start(t, journey.Of(maintenance.Rules), "c1", s.View)
		now := at(t) + 120*day
		for _, e := range order {
			again.Decide(now, e)
		}
		again.Decide(now, order...)
		seen := map[string]int{}
		for _, e := range again.Effects {
			var c effects.CreateTask
			if e.Verb == journey.CreateTask && json.Unmarshal(e.Body, &c) == nil {
				seen[c.Rule]++
			}
		}
		for k, n := range seen {
			if n > 1 {
				r.Fatalf("%s is asked for %d times", k, n)
			}
		}
		if again.Last.Status.Says != s.Last.Status.Says {
			r.Fatalf("%s, not %s", again.Last.Status.Says.En, s.Last.Status.Says.En)
		}
	})
}

// lived draws the life of a customer who is looked after: judged anew, won again, steps
// done, months in which nobody does anything.
func lived(t *testing.T, r *rapid.T) *house {
	s := won(t, at(t))
	now := at(t)
	for range rapid.IntRange(1, 25).Draw(r, "events") {
		now += instant.Time(rapid.Int64Range(1, 40*int64(day)).Draw(r, "pause"))
		s.to(now)
		switch rapid.IntRange(0, 4).Draw(r, "what") {
		case 0:
			s.m.Standing.Red = !s.m.Standing.Red
			s.tell(now, "standing", nil)
		case 1:
			s.m.Standing.Lifecycle = rapid.SampledFrom(catalogue.Lifecycles[:5]).Draw(r, "state")
			s.m.Standing.Entries++
			s.tell(now, "standing", nil)
		case 2:
			s.m.Wins++
			s.m.Won = append(s.m.Won, catalogue.WonDeal{Deal: "d", No: s.m.Wins, At: now})
			s.tell(now, "won", nil)
		case 3, 4:
			if len(s.m.Running) == 0 {
				continue
			}
			p := rapid.SampledFrom(s.m.Running).Draw(r, "process")
			for _, st := range p.Steps {
				if st.Status == catalogue.TakenOpen {
					s.end(now, p.ID, st.ID, catalogue.TakenDone, rapid.SampledFrom([]string{"", "task"}).Draw(r, "how"))
					break
				}
			}
		}
	}
	return s
}

// Every obligation fires once: ids are never used again, over years and any
// sequence of events.
func TestObligationsFireOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seen := map[string]bool{}
		for _, f := range lived(t, r).Fired {
			if seen[f.Obligation.ID] {
				r.Fatalf("%s fired twice", f.Obligation.ID)
			}
			seen[f.Obligation.ID] = true
		}
	})
}

// Decide is a function of its input alone, to the byte, whatever is remembered and
// whatever comes; and what comes again, in whatever order, changes nothing.
func TestDecideIsAFunctionOfItsInput(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := lived(t, r)
		facts := s.h.Events
		in := journey.Input{ID: "c1", Facts: facts, Now: facts[len(facts)-1].Time + instant.Time(rapid.IntRange(0, 200).Draw(r, "later"))*day, View: s.View}
		if first, again := decided(t, in), decided(t, in); first != again {
			r.Fatalf("two answers to one input:\n%s\n%s", first, again)
		}
		before := s.Last.State
		if d := s.Decide(facts[len(facts)-1].Time, rapid.Permutation(facts).Draw(r, "again")...); len(d.Read) != 0 || len(d.Fired) != 0 || string(d.State) != string(before) {
			r.Fatalf("read %v, fired %v; it remembered\n%s\nand now\n%s", d.Read, d.Fired, before, d.State)
		}
	})
}

func decided(t *testing.T, in journey.Input) string {
	d, err := journey.Of(maintenance.Rules).Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// ten years of a customer: what waits and what is remembered stays small,
// and every turn of every rhythm came.
func TestTenYears(t *testing.T) {
	s := won(t, at(t), only("monthly_revisit", "quarterly_need_survey", "holiday_greeting"))
	end := at(t) + 3653*day
	decisions := 0
	for s.Last.NextDue != 0 && s.Last.NextDue <= end {
		now := s.Last.NextDue
		s.Decide(now)
		s.work(now)
		decisions++
		for _, p := range slices.Clone(s.m.Running) {
			for _, st := range p.Steps {
				if st.Status == catalogue.TakenOpen && st.Action == "task" {
					s.end(now+hour, p.ID, st.ID, catalogue.TakenDone, "t")
				}
			}
		}
	}
	if n := began(s, "monthly_revisit"); n != 120 {
		t.Errorf("%d revisits in ten years", n)
	}
	if n := began(s, "quarterly_need_survey"); n != 40 {
		t.Errorf("%d surveys in ten years", n)
	}
	if n := began(s, "holiday_greeting"); n != 30 {
		t.Errorf("%d holidays in ten years", n)
	}
	if len(s.Last.State) > 20_000 {
		t.Errorf("the state has %d bytes after ten years", len(s.Last.State))
	}
}

// An outage of a year, with as many steps open as there may be: one decision
// catches up, each step is told of once, at its highest rung.
func TestAnOutageOfAYearIsNoFlood(t *testing.T) {
	s := won(t, at(t), only("monthly_revisit", "holiday_greeting"))
	s.deaf = true
	for n := range 30 {
		p := catalogue.ProcessInstance{ID: "p" + string(rune('a'+n)), No: n + 1, Process: "x", Status: catalogue.ProcessRunning}
		for _, id := range []string{"a", "b", "c"} {
			p.Steps = append(p.Steps, catalogue.TakenStep{ID: id, Action: "task", Who: "owner", Assignee: "zhang", Status: catalogue.TakenOpen, OpenedAt: at(t), Due: at(t) + day})
		}
		s.m.Running = append(s.m.Running, p)
	}
	s.tell(at(t)+hour, "process_began", nil)
	before := len(s.Effects)
	s.Decide(at(t) + 365*day)
	levels := map[string]int{}
	for _, e := range s.Effects[before:] {
		var r effects.Remind
		if e.Verb == journey.Remind {
			s.body(e, &r)
			levels[r.Level]++
		}
	}
	if levels[catalogue.LevelEscalate] != 90 || levels[catalogue.LevelRemind] != 0 {
		t.Errorf("told %v", levels)
	}
}
