package policy

import (
	"encoding/json"
	"strings"
	"testing"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// edited gives the default book with one change, as deep a copy as JSON makes.
func edited(t testing.TB, edit func(*Sections)) Sections {
	t.Helper()
	raw, err := json.Marshal(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	var s Sections
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	edit(&s)
	return s
}

func TestDefaultsAreValid(t *testing.T) {
	for _, f := range Validate(Defaults()) {
		t.Errorf("%s: %s: %s", f.Field, f.Rule, f.Text.En)
	}
}

func TestValidateNamesFieldAndRule(t *testing.T) {
	stage := func(s *Sections, i int) *Stage { return &s.Pipelines.Pipelines[0].Stages[i] }
	for name, c := range map[string]struct {
		edit        func(*Sections)
		field, rule string
	}{
		//
		"link without trigger":           {func(s *Sections) { s.Chain.Links[3].Trigger = "" }, "chain.links[3].trigger", "R-011"},
		"link with unknown fact":         {func(s *Sections) { s.Chain.Links[3].Trigger = "liuke.deals.dreamt.v1" }, "chain.links[3].trigger", "R-011"},
		"link with unknown rule":         {func(s *Sections) { s.Chain.Links[3].Trigger = "rule:luck" }, "chain.links[3].trigger", "R-011"},
		"link whose rule is off":         {func(s *Sections) { s.LeadCare.NurtureEvery = Duration{} }, "chain.links[8].trigger", "R-011"},
		"link twice":                     {func(s *Sections) { s.Chain.Links[1].ID = "lead" }, "chain.links[1].id", "duplicate"},
		"no links":                       {func(s *Sections) { s.Chain.Links = nil }, "chain.links", "min_items"},
		"stage without exit":             {func(s *Sections) { stage(s, 1).Exits = nil }, "pipelines.pipelines[0].stages[1].exits", "R-011"},
		"trap of two stages":             {func(s *Sections) { stage(s, 4).Exits, stage(s, 5).Exits = []string{"to_sign"}, []string{"negotiating"} }, "pipelines.pipelines[0].stages[4].exits", "R-011"},
		"exit that does not exist":       {func(s *Sections) { stage(s, 1).Exits[0] = "heaven" }, "pipelines.pipelines[0].stages[1].exits[0]", "exists"},
		"exit to itself":                 {func(s *Sections) { stage(s, 1).Exits[0] = "need_confirmed" }, "pipelines.pipelines[0].stages[1].exits[0]", "self"},
		"exit twice":                     {func(s *Sections) { stage(s, 1).Exits[0] = "lost" }, "pipelines.pipelines[0].stages[1].exits[3]", "duplicate"},
		"unreachable stage":              {func(s *Sections) { stage(s, 0).Exits = []string{"lost"} }, "pipelines.pipelines[0].stages[1]", "unreachable"},
		"stage twice":                    {func(s *Sections) { stage(s, 2).ID = "contacted" }, "pipelines.pipelines[0].stages[2].id", "duplicate"},
		"no won stage":                   {func(s *Sections) { stage(s, 6).Type = StageDecision; stage(s, 6).Exits = []string{"lost"} }, "pipelines.pipelines[0].stages", "final_stage"},
		"first stage is final":           {func(s *Sections) { p := &s.Pipelines.Pipelines[0]; p.Stages[0], p.Stages[7] = p.Stages[7], p.Stages[0] }, "pipelines.pipelines[0].stages[0].type", "first_stage"},
		"unknown stage type":             {func(s *Sections) { stage(s, 2).Type = "dream" }, "pipelines.pipelines[0].stages[2].type", "one_of"},
		"unknown gate field":             {func(s *Sections) { stage(s, 4).Requires[0] = "horoscope" }, "pipelines.pipelines[0].stages[4].requires[0]", "one_of"},
		"question twice":                 {func(s *Sections) { stage(s, 1).Questions = append(stage(s, 1).Questions, stage(s, 1).Questions[0]) }, "pipelines.pipelines[0].stages[1].questions[1].id", "duplicate"},
		"question in one language":       {func(s *Sections) { stage(s, 1).Questions[0].Text.En = "" }, "pipelines.pipelines[0].stages[1].questions[0].text", "required"},
		"dwell without clock":            {func(s *Sections) { stage(s, 1).DwellClock = "" }, "pipelines.pipelines[0].stages[1].dwell_clock", "required"},
		"unknown dwell clock":            {func(s *Sections) { stage(s, 1).DwellClock = "moon" }, "pipelines.pipelines[0].stages[1].dwell_clock", "one_of"},
		"maps to nothing":                {func(s *Sections) { s.Pipelines.Pipelines[1].Stages[0].Maps = "nowhere" }, "pipelines.pipelines[1].stages[0].maps", "exists"},
		"default pipeline missing":       {func(s *Sections) { s.Pipelines.Default = "p9" }, "pipelines.default", "exists"},
		"pipeline twice":                 {func(s *Sections) { s.Pipelines.Pipelines[1].ID = "p7" }, "pipelines.pipelines[1].id", "duplicate"},
		"one stage only":                 {func(s *Sections) { s.Pipelines.Pipelines[1].Stages = s.Pipelines.Pipelines[1].Stages[:1] }, "pipelines.pipelines[1].stages", "min_items"},
		"bad id":                         {func(s *Sections) { s.Pipelines.Pipelines[1].ID = "P 5" }, "pipelines.pipelines[1].id", "pattern"},
		"ladder not ascending":           {func(s *Sections) { s.LeadCare.Idle[1].After = D("2d") }, "lead_care.idle[1].after", "ascending"},
		"two rungs at once":              {func(s *Sections) { s.LeadCare.Idle[1].After = D("72h") }, "lead_care.idle[1].after", "ascending"},
		"ladder on two clocks":           {func(s *Sections) { s.LeadCare.Idle[1].After = D("5wd") }, "lead_care.idle[1].after", "one_clock"},
		"rung without time":              {func(s *Sections) { s.Tasks.Overdue[0].After = Duration{} }, "tasks.overdue[0].after", "required"},
		"unknown action":                 {func(s *Sections) { s.Tasks.Overdue[0].Action = "shout" }, "tasks.overdue[0].action", "one_of"},
		"rung without action":            {func(s *Sections) { s.LeadCare.FirstTouch[0].Action = "" }, "lead_care.first_touch[0].action", "required"},
		"stage ladder not ascending":     {func(s *Sections) { stage(s, 0).Idle[2].After = D("1d") }, "pipelines.pipelines[0].stages[0].idle[2].after", "ascending"},
		"source twice":                   {func(s *Sections) { s.Intake.Sources[1].ID = "ads" }, "intake.sources[1].id", "duplicate"},
		"source in one language":         {func(s *Sections) { s.Intake.Sources[1].Name = lang.T("官网", "") }, "intake.sources[1].name.en", "required"},
		"no sources":                     {func(s *Sections) { s.Intake.Sources = nil }, "intake.sources", "min_items"},
		"entry clock off":                {func(s *Sections) { s.Intake.EntryWithin = Duration{} }, "intake.entry_within", "positive"},
		"first touch clock off":          {func(s *Sections) { s.Intake.FirstTouchWithin = D("0m") }, "intake.first_touch_within", "positive"},
		"band upside down":               {func(s *Sections) { s.Intake.ResponseBandTo = D("5m") }, "intake.response_band_to", "ascending"},
		"web form off the scale":         {func(s *Sections) { s.Intake.WebFormPerMinute = 0 }, "intake.web_form_per_minute", "minimum"},
		"reply window off":               {func(s *Sections) { s.Risk.ReplyWindow = Duration{} }, "risk.reply_window", "positive"},
		"too many unanswered contacts":   {func(s *Sections) { s.Risk.UnansweredContacts = 11 }, "risk.unanswered_contacts", "maximum"},
		"no touches":                     {func(s *Sections) { s.Risk.TouchesWithoutProgress = 0 }, "risk.touches_without_progress", "minimum"},
		"unknown leak":                   {func(s *Sections) { s.Risk.Leaks[2] = "roof" }, "risk.leaks[2]", "one_of"},
		"leak without its clock":         {func(s *Sections) { s.Risk.QuoteConfirmedWithin = Duration{} }, "risk.quote_confirmed_within", "positive"},
		"warning after the event":        {func(s *Sections) { s.Ownership.WarnBefore[0] = D("30d") }, "ownership.warn_before[0]", "maximum"},
		"warnings in wrong order":        {func(s *Sections) { s.Ownership.WarnBefore[2] = D("5d") }, "ownership.warn_before[2]", "descending"},
		"warning of nothing":             {func(s *Sections) { s.Ownership.RecycleAfter = Duration{}; s.Chain.Links = s.Chain.Links[:1] }, "ownership.warn_before[0]", "pointless"},
		"transfer step without clock":    {func(s *Sections) { s.Ownership.AcceptWithin = Duration{} }, "ownership.accept_within", "positive"},
		"quiet for no time":              {func(s *Sections) { s.Notifications.QuietTo = "21:00" }, "notifications.quiet_to", "distinct"},
		"quiet at no time":               {func(s *Sections) { s.Notifications.QuietFrom = "25:00" }, "notifications.quiet_from", "pattern"},
		"digest in quiet hours":          {func(s *Sections) { s.Notifications.DigestAt = "23:00" }, "notifications.digest_at", "quiet_hours"},
		"digest one minute before quiet": {func(s *Sections) { s.Notifications.DigestAt = "07:59" }, "notifications.digest_at", "quiet_hours"},
		"unknown channel":                {func(s *Sections) { s.Notifications.Channels[0] = "pigeon" }, "notifications.channels[0]", "one_of"},
		"robot at no host":               {func(s *Sections) { s.Notifications.RobotHosts[1] = "https://x.test/y" }, "notifications.robot_hosts[1]", "host"},
		"robot host twice":               {func(s *Sections) { s.Notifications.RobotHosts[1] = s.Notifications.RobotHosts[0] }, "notifications.robot_hosts[1]", "duplicate"},
		"no channel":                     {func(s *Sections) { s.Notifications.Channels = nil }, "notifications.channels", "min_items"},
		"weight of nothing":              {func(s *Sections) { s.Priority.StageWeights["moon"] = 3 }, "priority.stage_weights.moon", "one_of"},
		"weight off the scale":           {func(s *Sections) { s.Priority.StageWeights["new"] = -1 }, "priority.stage_weights.new", "range"},
		"unknown zone":                   {func(s *Sections) { s.Calendars.Calendars[0].Zone = "Asia/Peking" }, "calendars.calendars[0].zone", "zone"},
		"calendar twice":                 {func(s *Sections) { s.Calendars.Calendars = append(s.Calendars.Calendars, s.Calendars.Calendars[0]) }, "calendars.calendars[1].id", "duplicate"},
		"no default calendar":            {func(s *Sections) { s.Calendars.Default = "us" }, "calendars.default", "exists"},
		"week without work":              {func(s *Sections) { s.Calendars.Calendars[0].Week = [7][]calendar.Interval{} }, "calendars.calendars[0].week", "working_day"},
		"day twice":                      {func(s *Sections) { s.Calendars.Calendars[0].Days[1].Date = "2024-01-01" }, "calendars.calendars[0].days[1].date", "duplicate"},
	} {
		t.Run(name, func(t *testing.T) {
			fields := Validate(edited(t, c.edit))
			if !named(fields, c.field, c.rule) {
				t.Errorf("not named: %s %s; got %v", c.field, c.rule, fields)
			}
			for _, f := range fields {
				if f.Text.Zh == "" || f.Text.En == "" {
					t.Errorf("%s has no text in both languages", f.Field)
				}
			}
		})
	}
}

func named(fields []problem.Field, field, rule string) bool {
	for _, f := range fields {
		if f.Field == field && f.Rule == rule {
			return true
		}
	}
	return false
}

func TestSwitchedOffIsValid(t *testing.T) {
	s := edited(t, func(s *Sections) {
		s.LeadCare.Idle, s.LeadCare.NoReplyAfter = nil, Duration{}
		s.Ownership.RecycleAfter, s.Ownership.WarnBefore = Duration{}, nil
		s.Risk.Leaks, s.Risk.QuoteConfirmedWithin, s.Risk.WonRevisitWithin = nil, Duration{}, Duration{}
		s.Notifications.DigestAt = ""
		s.Intake.DefaultAssignees = []string{"01J0000000000000000000000A"}
	})
	for _, f := range Validate(s) {
		t.Errorf("%s: %s: %s", f.Field, f.Rule, f.Text.En)
	}
}

func TestSectionIsReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ section, raw, field, rule string }{
		"unknown field":    {"tasks", `{"overdue":[],"colour":"red"}`, "tasks.colour", "unknown_field"},
		"unknown deep":     {"tasks", `{"overdue":[{"after":"1h","action":"remind","x":1}]}`, "tasks.overdue[0].x", "unknown_field"},
		"missing field":    {"lead_care", `{"first_touch":[],"idle":[],"no_reply_after":""}`, "lead_care.nurture_every", "required"},
		"text for list":    {"tasks", `{"overdue":"none"}`, "tasks.overdue", "type"},
		"number for time":  {"tasks", `{"overdue":[{"after":3,"action":"remind"}]}`, "tasks.overdue[0].after", "type"},
		"nonsense time":    {"tasks", `{"overdue":[{"after":"3 weeks","action":"remind"}]}`, "tasks.overdue[0].after", "duration"},
		"fraction":         {"priority", `{"value_weight":1.5,"value_unit":1,"stage_weights":{},"overdue_weight":1,"overdue_max":1,"due_today_points":1}`, "priority.value_weight", "type"},
		"list for section": {"tasks", `[]`, "tasks", "type"},
		"six-day week":     {"calendars", `{"default":"a","calendars":[{"id":"a","name":"","zone":"UTC","week":[[],[],[],[],[],[]]}]}`, "calendars.calendars[0].week", "length"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Defaults()
			before, _ := json.Marshal(s)
			err := s.SetSection(c.section, []byte(c.raw))
			p, ok := err.(*problem.Error)
			if !ok || !named(p.Fields, c.field, c.rule) {
				t.Errorf("want %s %s, got %v", c.field, c.rule, err)
			}
			if after, _ := json.Marshal(s); string(after) != string(before) {
				t.Error("the section was changed all the same")
			}
		})
	}
	s := Defaults()
	for _, raw := range []string{`{`, ``, `{} {}`} {
		if p, ok := s.SetSection("tasks", []byte(raw)).(*problem.Error); !ok || p.Code != problem.Malformed {
			t.Errorf("%q: %v", raw, p)
		}
	}
	if p, ok := s.SetSection("weather", []byte(`{}`)).(*problem.Error); !ok || p.Code != problem.NotFound {
		t.Errorf("unknown section: %v", p)
	}
	if err := s.SetSection("tasks", []byte(`{"overdue":[{"after":"1wh","action":"warn"}]}`)); err != nil || s.Tasks.Overdue[0].After != D("1wh") {
		t.Errorf("a good section: %v", err)
	}
}

func TestEverySectionGoesThereAndBack(t *testing.T) {
	for _, name := range SectionNames {
		s := Defaults()
		raw, err := s.Section(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetSection(name, raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := Diff(Defaults(), s); len(d) != 0 {
			t.Errorf("%s: %v", name, d)
		}
	}
	if strings.Join(SectionNames[:2], ",") != "intake,follow_up" {
		t.Errorf("order of the book: %v", SectionNames)
	}
}
