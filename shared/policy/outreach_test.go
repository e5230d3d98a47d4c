package policy

import (
	"slices"
	"testing"

	"liuke.dev/shared/lang"
)

// D-9, R-112 to R-120, C-10, C-11: what rules contacts with customers and teams is
// shipped as the requirements have it, and what would not work is named.
func TestOutreachAndInterventionSections(t *testing.T) {
	s := Defaults()
	if wrong := Validate(s); len(wrong) != 0 {
		t.Fatalf("the shipped sections are refused: %v", wrong)
	}
	if s.Outreach.PerDay != 1 || s.Outreach.PerWeek != 3 || len(s.Intervention.Team) != 4 {
		t.Errorf("shipped: %d a day, %d a week, %d roles", s.Outreach.PerDay, s.Outreach.PerWeek, len(s.Intervention.Team))
	}
	for name, c := range map[string]struct {
		change func(*Sections)
		field  string
	}{
		"fewer a week than a day":  {func(s *Sections) { s.Outreach.PerDay = 4 }, "outreach.per_week"},
		"no contact at all":        {func(s *Sections) { s.Outreach.PerDay = 0 }, "outreach.per_day"},
		"quiet all day":            {func(s *Sections) { s.Outreach.QuietTo = s.Outreach.QuietFrom }, "outreach.quiet_to"},
		"half of the quiet hours":  {func(s *Sections) { s.Outreach.QuietTo = "" }, "outreach.quiet_to"},
		"the other half":           {func(s *Sections) { s.Outreach.QuietFrom = "" }, "outreach.quiet_from"},
		"no time":                  {func(s *Sections) { s.Outreach.QuietFrom = "25:00" }, "outreach.quiet_from"},
		"no zone":                  {func(s *Sections) { s.Outreach.Zone = "Mars" }, "outreach.zone"},
		"no channel":               {func(s *Sections) { s.Outreach.Channels = nil }, "outreach.channels"},
		"a channel twice":          {func(s *Sections) { s.Outreach.Channels = append(s.Outreach.Channels, s.Outreach.Channels[0]) }, "outreach.channels[5].id"},
		"carried by nobody":        {func(s *Sections) { s.Outreach.Channels = []ReachChannel{{"mail", lang.T("a", "b"), "pigeon"}} }, "outreach.channels[0].by"},
		"consent to no channel":    {func(s *Sections) { s.Outreach.OptIn = []string{"pigeon"} }, "outreach.opt_in[0]"},
		"a purpose with blanks":    {func(s *Sections) { s.Outreach.Exempt = []string{"a b"} }, "outreach.exempt[0]"},
		"nothing counts":           {func(s *Sections) { s.Outreach.Counts = nil }, "outreach.counts"},
		"deferred for nothing":     {func(s *Sections) { s.Outreach.DeferAtMost = Duration{} }, "outreach.defer_at_most"},
		"no team":                  {func(s *Sections) { s.Intervention.Team = nil }, "intervention.team"},
		"a crowd":                  {func(s *Sections) { s.Intervention.Team = slices.Repeat(s.Intervention.Team, 2) }, "intervention.team"},
		"a role twice":             {func(s *Sections) { s.Intervention.Team[1].ID = "sales" }, "intervention.team[1].id"},
		"a role without a task":    {func(s *Sections) { s.Intervention.Team[0].Task = lang.Text{} }, "intervention.team[0].task.zh"},
		"a role without a clock":   {func(s *Sections) { s.Intervention.Team[0].Within = Duration{} }, "intervention.team[0].within"},
		"a route to nobody":        {func(s *Sections) { s.Intervention.Team[0].Routes = []Route{{To: "canteen"}} }, "intervention.team[0].routes[0].to"},
		"watched by nobody":        {func(s *Sections) { s.Intervention.Watch = nil }, "intervention.watch"},
		"a ladder that recycles":   {func(s *Sections) { s.Intervention.Overdue = []Step{{D("1h"), ActRecycle}} }, "intervention.overdue[0].action"},
		"a ladder that goes back":  {func(s *Sections) { s.Intervention.Overdue = []Step{{D("2h"), ActRemind}, {D("1h"), ActWarn}} }, "intervention.overdue[1].after"},
		"nothing brings them back": {func(s *Sections) { s.Intervention.Recovers = nil }, "intervention.recovers"},
		"opened by the weather":    {func(s *Sections) { s.Intervention.Opens = []string{"rain"} }, "intervention.opens[0]"},
		"a group of nobody":        {func(s *Sections) { s.Intervention.Group.Roles = nil }, "intervention.group.roles"},
		"a group without rhythm":   {func(s *Sections) { s.Intervention.Group.Rhythm = Duration{} }, "intervention.group.rhythm"},
		"a shrinking coupon":       {func(s *Sections) { s.Intervention.WakeUp.CouponMost = 1 }, "intervention.wake_up.coupon_most"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Defaults()
			c.change(&s)
			var fields []string
			for _, f := range Validate(s) {
				fields = append(fields, f.Field)
				if f.Text.Zh == "" || f.Text.En == "" {
					t.Errorf("%s is not in both languages", f.Field)
				}
			}
			if !slices.Contains(fields, c.field) {
				t.Errorf("named %v, want %s", fields, c.field)
			}
		})
	}
}
