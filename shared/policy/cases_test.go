package policy_test

import (
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/policy"
)

// what the business changes about cases, surveys and links is checked and explained by field.
func TestCasesSurveysAndLinksAreChecked(t *testing.T) {
	if wrong := policy.Validate(policy.Defaults()); len(wrong) != 0 {
		t.Fatalf("as shipped: %+v", wrong)
	}
	for name, c := range map[string]struct {
		change func(*policy.Sections)
		field  string
	}{
		"two kinds of one id":    {func(s *policy.Sections) { s.Cases.Kinds[1].ID = s.Cases.Kinds[0].ID }, "cases.kinds[1].id"},
		"no kind of complaints":  {func(s *policy.Sections) { s.Cases.Complaint = "x" }, "cases.complaint"},
		"no clock for the rest":  {func(s *policy.Sections) { s.Cases.Kinds[0].Clocks[0].Tier = "vip" }, "cases.kinds[0].clocks[0]"},
		"nothing after the rest": {func(s *policy.Sections) { k := s.Cases.Kind("support"); k.Clocks = append(k.Clocks, k.Clocks[2]) }, "cases.kinds[2].clocks[2]"},
		"no such tier":           {func(s *policy.Sections) { s.Cases.Kind("support").Clocks[1].Tier = "x" }, "cases.kinds[2].clocks[1].tier"},
		"no time to answer":      {func(s *policy.Sections) { s.Cases.Kinds[0].Clocks[0].Response = policy.Duration{} }, "cases.kinds[0].clocks[0].response"},
		"no such calendar":       {func(s *policy.Sections) { s.Cases.Kinds[0].Calendar = "x" }, "cases.kinds[0].calendar"},
		"a warning at the end":   {func(s *policy.Sections) { s.Cases.Kinds[0].WarnAt = []int{75, 100} }, "cases.kinds[0].warn_at[1]"},
		"warnings backwards":     {func(s *policy.Sections) { s.Cases.Kinds[0].WarnAt = []int{75, 50} }, "cases.kinds[0].warn_at[1]"},
		"a ladder backwards": {func(s *policy.Sections) {
			s.Cases.Kinds[0].Late[1].After = policy.Duration{N: 0, Unit: policy.WorkingHours}
		}, "cases.kinds[0].late[1].after"},
		"no such role":               {func(s *policy.Sections) { s.Cases.Kinds[0].Role = "boss" }, "cases.kinds[0].role"},
		"reminders backwards":        {func(s *policy.Sections) { s.Cases.RemindAfter[1] = policy.D("1wd") }, "cases.remind_after[1]"},
		"no suggestion could end":    {func(s *policy.Sections) { s.Cases.Outcomes = s.Cases.Outcomes[:2] }, "cases.outcomes"},
		"two questions of one id":    {func(s *policy.Sections) { q := s.Surveys.Templates[2].Questions; q[1].ID = q[0].ID }, "surveys.templates[2].questions[1].id"},
		"an NPS of five":             {func(s *policy.Sections) { s.Surveys.Templates[0].Questions[0].Max = 5 }, "surveys.templates[0].questions[0].max"},
		"a scale of one point":       {func(s *policy.Sections) { q := &s.Surveys.Templates[1].Questions[0]; q.Max = q.Min }, "surveys.templates[1].questions[0].max"},
		"a score that may be left":   {func(s *policy.Sections) { s.Surveys.Templates[1].Questions[0].Required = false }, "surveys.templates[1].questions[0].required"},
		"no score":                   {func(s *policy.Sections) { t := &s.Surveys.Templates[1]; t.Questions = t.Questions[1:] }, "surveys.templates[1].questions"},
		"one option":                 {func(s *policy.Sections) { q := &s.Surveys.Templates[2].Questions[1]; q.Options = q.Options[:1] }, "surveys.templates[2].questions[1].options"},
		"an occasion asks nothing":   {func(s *policy.Sections) { s.Surveys.Occasions[0].Template = "x" }, "surveys.occasions[0].template"},
		"an occasion nowhere":        {func(s *policy.Sections) { s.Surveys.Occasions[0].Link = "x" }, "surveys.occasions[0].link"},
		"low answers become nothing": {func(s *policy.Sections) { s.Surveys.LowCase = "x" }, "surveys.low_case"},
		"links that end at once":     {func(s *policy.Sections) { s.PublicLinks.SurveyValid = policy.Duration{} }, "public_links.survey_valid"},
		"nobody may ask":             {func(s *policy.Sections) { s.PublicLinks.PerMinute = 0 }, "public_links.per_minute"},
	} {
		s := policy.Defaults()
		c.change(&s)
		var fields []string
		for _, f := range policy.Validate(s) {
			fields = append(fields, f.Field)
			if f.Text.Zh == "" || f.Text.En == "" {
				t.Errorf("%s: %s says nothing in one language", name, f.Field)
			}
		}
		if !slices.Contains(fields, c.field) {
			t.Errorf("%s: %s, want %s", name, strings.Join(fields, " "), c.field)
		}
	}
}
