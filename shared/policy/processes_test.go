package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// The shipped processes are those of the requirements.
func TestShippedProcesses(t *testing.T) {
	s := Defaults()
	if f := Validate(s); len(f) > 0 {
		t.Fatalf("%+v", f)
	}
	at := func(id string) *Process {
		p := s.Processes.Process(id)
		if p == nil {
			t.Fatalf("no process %s", id)
		}
		return p
	}
	if p := at("welcome"); p.Starts.On != OnWin || !p.Starts.First || p.Steps[0].Action != DoReach {
		t.Errorf("R-070: %+v", p)
	}
	if p := at("monthly_revisit"); p.Starts.Every != 1 || p.Starts.Unit != "month" || !p.Starts.AsAgreed || p.Steps[0].Who != "success" || !strings.Contains(p.Steps[0].Text.Zh, "业务增值建议") {
		t.Errorf("R-071, R-140: %+v", p)
	}
	if p := at("quarterly_need_survey"); p.Starts.Unit != "quarter" || p.Steps[0].Action != DoSurvey || !p.Steps[1].Evidence {
		t.Errorf("R-072: %+v", p)
	}
	if p := at("half_yearly_nps"); p.Starts.Every != 6 || p.Starts.Unit != "month" || p.Steps[0].Action != DoSurvey || p.Off || s.Surveys.Template(p.Steps[0].Detail).Kind != SurveyNPS {
		t.Errorf("R-146: %+v", p)
	}
	if p := at("co_creation_talk"); p.Steps[0].Who != "role:product" {
		t.Errorf("R-073: %+v", p)
	}
	if p := at("renewal_window"); p.Starts.On != OnContractEnds || p.Starts.Before != D("60d") {
		t.Errorf("R-130: %+v", p)
	}
	for _, state := range []string{"new", "active", "silent", "churn_risk"} { // each state has its actions
		if !slices.ContainsFunc(s.Processes.Processes, func(p Process) bool { return p.Starts.On == OnLifecycle && slices.Contains(p.Starts.Values, state) }) {
			t.Errorf("R-077: nothing begins for %s", state)
		}
	}
	for signal, r := range map[string]string{SignalActivityFall: "R-088", SignalContactChange: "R-089", SignalSatisfaction: "R-090", SignalUsageFall: "R-091"} {
		if !slices.ContainsFunc(s.Processes.Processes, func(p Process) bool { return p.Starts.On == OnSignal && slices.Contains(p.Starts.Values, signal) }) {
			t.Errorf("%s: nothing answers %s", r, signal)
		}
	}
	for _, day := range []string{"birthday", "anniversary", "spring_festival", "mid_autumn"} {
		if !slices.ContainsFunc(s.Processes.Processes, func(p Process) bool { return p.Starts.On == OnCareDate && slices.Contains(p.Starts.Values, day) }) {
			t.Errorf("R-150: nobody greets on %s", day)
		}
	}
	for _, p := range s.Processes.Processes { // every step names who takes it
		for _, st := range p.Steps {
			if st.Who == "" || st.Due.IsZero() {
				t.Errorf("R-160: step %s of %s", st.ID, p.ID)
			}
		}
	}
	if m := s.Maintenance; !slices.Equal(m.Requires, winAsks) || len(m.Links) != 4 || len(m.Links[0].Indicators) != 3 {
		t.Errorf("%+v", m)
	}
}

// a business adds a process of its own for a tier by changing the
// book alone, and what is wrong with it is named field by field.
func TestAProcessOfOnesOwn(t *testing.T) {
	mine := Process{ID: "vip_review", Name: lang.T("VIP季度复盘", "VIP review"), Starts: Start{On: OnRhythm, Every: 1, Unit: "quarter"}, Only: Only{Tiers: []string{"vip"}}, Again: "once_ended",
		Steps: []ProcessStep{task("prepare", "准备", "Prepare", "success", "5wd", true), after("prepare", task("meet", "开会", "Meet", "owner_supervisor", "10wd", true))}}
	valid := edited(t, func(s *Sections) { s.Processes.Processes = append(s.Processes.Processes, mine) })
	raw, err := valid.Section("processes")
	if err != nil {
		t.Fatal(err)
	}
	var back Processes
	if err := json.Unmarshal(raw, &back); err != nil || back.Process("vip_review") == nil || back.Process("vip_review").Steps[1].Due != D("10wd") {
		t.Fatalf("it does not come back: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*Process)
		field  string
		rule   string
	}{
		"nobody takes a step":          {func(p *Process) { p.Steps[0].Who = "" }, "steps[0].who", "R-160"},
		"an unknown relation":          {func(p *Process) { p.Steps[0].Who = "neighbour" }, "steps[0].who", "one_of"},
		"an unknown role":              {func(p *Process) { p.Steps[0].Who = "role:wizard" }, "steps[0].who", "one_of"},
		"due at once":                  {func(p *Process) { p.Steps[1].Due = Duration{} }, "steps[1].due", "positive"},
		"after a step that is not":     {func(p *Process) { p.Steps[1].After = "nothing" }, "steps[1].after", "exists"},
		"steps wait for one another":   {func(p *Process) { p.Steps[0].After = "meet" }, "steps[0].after", "cycle"},
		"a step waits for itself":      {func(p *Process) { p.Steps[1].After = "meet" }, "steps[1].after", "cycle"},
		"two steps of one id":          {func(p *Process) { p.Steps[1].ID = "prepare" }, "steps[1].id", "duplicate"},
		"an id that exists":            {func(p *Process) { p.ID = "welcome" }, "id", "duplicate"},
		"no name in English":           {func(p *Process) { p.Name.En = "" }, "name.en", "required"},
		"a rhythm of nothing":          {func(p *Process) { p.Starts.Every = 0 }, "starts.every", "required"},
		"an unknown state":             {func(p *Process) { p.Starts = Start{On: OnLifecycle, Values: []string{"bored"}} }, "starts.values[0]", "one_of"},
		"an unknown sign":              {func(p *Process) { p.Starts = Start{On: OnSignal, Values: []string{"omen"}} }, "starts.values[0]", "one_of"},
		"an unknown day":               {func(p *Process) { p.Starts = Start{On: OnCareDate, Values: []string{"doomsday"}} }, "starts.values[0]", "one_of"},
		"no time before the end":       {func(p *Process) { p.Starts = Start{On: OnContractEnds} }, "starts.before", "positive"},
		"working days before a day":    {func(p *Process) { p.Starts = Start{On: OnCareDate, Before: D("3wd")} }, "starts.before", "elapsed"},
		"values of a win":              {func(p *Process) { p.Starts = Start{On: OnWin, Values: []string{"x"}} }, "starts.values", "pointless"},
		"a message without words":      {func(p *Process) { p.Steps[0].Action, p.Steps[0].Evidence = DoReach, false }, "steps[0].text", "required"},
		"evidence of an automatic one": {func(p *Process) { p.Steps[0].Action = DoCase }, "steps[0].evidence", "pointless"},
		"a survey that is not":         {func(p *Process) { p.Steps[0].Action, p.Steps[0].Detail = DoSurvey, "need" }, "steps[0].detail", "exists"},
		"a kind of case that is not":   {func(p *Process) { p.Steps[0].Action, p.Steps[0].Detail = DoCase, "tea" }, "steps[0].detail", "exists"},
		"a hand-over of one party":     {func(p *Process) { p.Starts = Start{On: OnHandOver} }, "steps", "R-049"},
	} {
		s := Defaults()
		bad := mine
		bad.Steps = slices.Clone(mine.Steps)
		c.change(&bad)
		s.Processes.Processes = append(s.Processes.Processes, bad)
		want := "processes.processes[" + itoa(len(s.Processes.Processes)-1) + "]." + c.field
		found := false
		for _, f := range Validate(s) {
			found = found || f.Field == want && f.Rule == c.rule
			if f.Text.Zh == "" || f.Text.En == "" {
				t.Errorf("%s: %s in one language only", name, f.Field)
			}
		}
		if !found {
			t.Errorf("%s: nothing says %s (%s); there are %+v", name, want, c.rule, Validate(s))
		}
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// a holiday needs a day that its month can have.
func TestHolidays(t *testing.T) {
	for _, c := range []struct {
		calendar   string
		month, day int
		ok         bool
	}{{catalogue.Solar, 2, 29, true}, {catalogue.Solar, 2, 30, false}, {catalogue.Solar, 4, 30, true}, {catalogue.Solar, 4, 31, false}, {catalogue.Lunar, 12, 30, true}, {catalogue.Lunar, 12, 31, false}} {
		s := Defaults()
		s.Processes.Holidays = append(s.Processes.Holidays, Holiday{ID: "mine", Name: lang.T("我", "Mine"), Calendar: c.calendar, Month: c.month, Day: c.day})
		if f := Validate(s); (len(f) == 0) != c.ok {
			t.Errorf("%s %d-%d: %v", c.calendar, c.month, c.day, f)
		}
	}
}

// the four links with known indicators; nodes assumed exist.
func TestMaintenanceSectionIsChecked(t *testing.T) {
	for field, change := range map[string]func(*Maintenance){
		"maintenance.links":                  func(m *Maintenance) { m.Links = m.Links[:3] },
		"maintenance.links[0].indicators[0]": func(m *Maintenance) { m.Links[0].Indicators = []string{"mood"} },
		"maintenance.agreed[0]":              func(m *Maintenance) { m.Agreed = []string{"nothing"} },
		"maintenance.begin_by[0]":            func(m *Maintenance) { m.BeginBy = []string{"wish"} },
		"maintenance.requires[0]":            func(m *Maintenance) { m.Requires = []string{"gift"} },
		"maintenance.cadence.unit":           func(m *Maintenance) { m.Cadence.Unit = "moon" },
	} {
		s := Defaults()
		change(&s.Maintenance)
		if !slices.ContainsFunc(Validate(s), func(f problem.Field) bool { return f.Field == field }) {
			t.Errorf("%s: %v", field, Validate(s))
		}
	}
}
