package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// brokenBy gives "field rule" of what a change breaks.
func brokenBy(change func(*Sections)) []string {
	s := Defaults()
	change(&s)
	var out []string
	for _, f := range Validate(s) {
		if f.Text.Zh == "" || f.Text.En == "" {
			out = append(out, f.Field+" says nothing")
		}
		out = append(out, f.Field+" "+f.Rule)
	}
	return out
}

// The numbers of the requirements as shipped
// to R-108, C-06 to C-09, C-14.
func TestShippedStanding(t *testing.T) {
	s := Defaults()
	if wrong := brokenBy(func(*Sections) {}); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	rule := func(name string) SignalRule {
		return s.Standing.Signals[slices.IndexFunc(s.Standing.Signals, func(r SignalRule) bool { return r.Rule == name })]
	}
	for name, want := range map[string]struct {
		check           string
		warning, severe int
		action          string
	}{
		SignalActivityFall:  {CheckWeekly, 30, 50, "proactive_revisit"},    // R-088, C-14
		SignalContactChange: {CheckMonthly, 1, 1, "executive_talk"},
		SignalSatisfaction:  {CheckMonthly, 70, 50, "improvement_plan"},
		SignalUsageFall:     {CheckMonthly, 100, 50, "training_incentive"},
		SignalContactFall:   {CheckWeekly, 30, 50, "proactive_revisit"},    // R-083, C-14
	} {
		if r := rule(name); r.Check != want.check || r.Warning != want.warning || r.Severe != want.severe || r.Action != want.action || r.Does.Zh == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for _, name := range SignalNames { // every early sign is on
		_ = rule(name)
	}
	if s.Standing.Low != 70 || s.Standing.Groups.NoOrderFor != D("90d") || s.Standing.Groups.LowRatings != 2 || s.Standing.Lifecycle.SilentAfter != D("60d") ||
		s.Risk.UnansweredContacts != 2 || s.Risk.ReplyWindow != D("3wd") || len(s.Standing.RootCauses) != 5 {
		t.Errorf("%+v", s.Standing)
	}
	inputs := map[string]bool{}
	for _, in := range s.Health.Models[0].Inputs {
		inputs[in.Input] = true
	}
	for _, want := range []string{InputActivity, InputOrders, InputPayment, InputComplaints, InputSatisfied, InputAmount, InputInteraction} {
		if !inputs[want] {
			t.Errorf("no %s", want)
		}
	}
}

// whatever would never fire, always fire, or leave somebody watched by
// nobody is refused, by field and in both languages, and all of it at once.
func TestStandingThatMakesNoSense(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Sections)
		want   string
	}{
		"a rule twice":             {func(s *Sections) { s.Standing.Signals = append(s.Standing.Signals, s.Standing.Signals[0]) }, "standing.signals[16].rule duplicate"},
		"severe milder":            {func(s *Sections) { s.Standing.Signals[0].Severe = 20 }, "standing.signals[0].severe order"},
		"severe milder, undercut":  {func(s *Sections) { s.Standing.Signals[8].Severe = 80 }, "standing.signals[8].severe order"},
		"always fires":             {func(s *Sections) { s.Standing.Signals[0].Warning, s.Standing.Signals[0].Severe = 0, 0 }, "standing.signals[0].warning positive"},
		"more than all":            {func(s *Sections) { s.Standing.Signals[0].Severe = 101 }, "standing.signals[0].warning maximum"},
		"no baseline":              {func(s *Sections) { s.Standing.Signals[0].Baseline = Duration{} }, "standing.signals[0].baseline positive"},
		"working time looked back": {func(s *Sections) { s.Standing.Signals[0].Window = D("20wd") }, "standing.signals[0].window one_clock"},
		"an unknown judgement":     {func(s *Sections) { s.Standing.RedWhen = []string{"mood"} }, "standing.red_when[0] one_of"},
		"never silent":             {func(s *Sections) { s.Standing.Lifecycle.SilentAfter = Duration{} }, "standing.lifecycle.silent_after positive"},
		"ends at no supervisor":    {func(s *Sections) { s.Standing.Watch[1].Then = nil }, "standing.watch[1].then supervisor"},
		"somebody falls through":   {func(s *Sections) { s.Standing.Watch = s.Standing.Watch[:2] }, "standing.watch[1] catch_all"},
		"an unknown cause":         {func(s *Sections) { s.Standing.RootCauses[0].Signals = []string{"weather"} }, "standing.root_causes[0].signals[0] one_of"},
		"no general model":         {func(s *Sections) { s.Health.Models[0].Sectors = []string{"钢铁"} }, "health.models general"},
		"two for one industry": {func(s *Sections) {
			m := s.Health.Models[0]
			m.ID, m.Sectors = "steel", []string{"钢铁", "钢铁"}
			s.Health.Models = append(s.Health.Models, m)
		}, "health.models[1].sectors[1] duplicate"},
		"no weight": {func(s *Sections) {
			for i := range s.Health.Models[0].Inputs {
				s.Health.Models[0].Inputs[i].Weight = 0
			}
		}, "health.models[0].inputs positive"},
		"zero is full":   {func(s *Sections) { s.Health.Models[0].Inputs[3].Zero = 0 }, "health.models[0].inputs[3].full distinct"},
		"an input twice": {func(s *Sections) { s.Health.Models[0].Inputs[1].Input = InputActivity }, "health.models[0].inputs[1].input duplicate"},
	} {
		if got := brokenBy(c.change); !slices.Contains(got, c.want) || slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, "says nothing") }) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	both := brokenBy(func(s *Sections) { s.Standing.Low, s.Health.Models[0].LowBelow = 101, 101 })
	if len(both) < 2 {
		t.Errorf("not all at once: %v", both)
	}
}

// the model of a customer goes by its industry.
func TestModelOfAnIndustry(t *testing.T) {
	h := Defaults().Health
	steel := h.Models[0]
	steel.ID, steel.Version, steel.Sectors = "steel", 3, []string{"钢铁"}
	h.Models = append(h.Models, steel)
	for sector, want := range map[string]string{"钢铁": "steel.3", "纺织": "general.1", "": "general.1"} {
		if got := h.For(sector).Label(); got != want {
			t.Errorf("%s: %s", sector, got)
		}
	}
}

// A book from before there were standings has the shipped ones.
func TestOldBooksStand(t *testing.T) {
	var s Sections
	if err := json.Unmarshal([]byte(`{}`), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Health.Models) != 1 || len(s.Standing.Signals) != len(SignalNames) {
		t.Errorf("%+v", s.Health)
	}
}
