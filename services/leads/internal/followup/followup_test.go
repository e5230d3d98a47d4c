package followup_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/followup"
)

var now = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

func view(t testing.TB, speed int64) *policy.View {
	t.Helper()
	v, err := policy.NewView(&policy.Book{Version: 1, Sections: policy.Defaults()}, speed)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func good() followup.Input {
	return followup.Input{OccurredAt: now.Add(-time.Hour), Channel: "phone", Direction: followup.Outbound, KeyPoints: "介绍了方案", NextAction: "发报价",
		NextTouchAt: now.Add(24 * time.Hour), Result: "interested", Objections: []string{}, CustomerType: "new", BudgetBand: "medium"}
}

func subject() followup.Subject {
	return followup.Subject{Ref: catalogue.Subject{Kind: "lead", ID: "l1"}, Open: true, Owner: "wang", Stage: "new"}
}

var owner = followup.By{ID: "wang", Owns: true}

// rules gives "field rule" of every field error.
func rules(t *testing.T, err error) []string {
	t.Helper()
	var e *problem.Error
	if err == nil {
		return nil
	}
	if !errors.As(err, &e) {
		t.Fatalf("not a problem: %v", err)
	}
	if e.Code == problem.Refused {
		return []string{"refused " + e.Rule}
	}
	var out []string
	for _, f := range e.Fields {
		if f.Text.Zh == "" || f.Text.En == "" {
			t.Errorf("%s: text is missing in a language", f.Field)
		}
		out = append(out, f.Field+" "+f.Rule)
	}
	slices.Sort(out)
	return out
}

// C-16: a person types what the rules name and no more; what a system captures needs nothing typed.
func TestWhatAFollowUpMustSay(t *testing.T) {
	stranger := followup.By{ID: "li"}
	device := followup.By{ID: "pbx", Captures: true}
	pooled := subject()
	pooled.Owner = ""
	won := subject()
	won.Open = false
	known := subject()
	known.Trail = followup.Trail{CustomerType: "new", BudgetBand: "low", LastResult: "other", FollowUps: 1}
	cases := map[string]struct {
		change  func(*followup.Input)
		subject *followup.Subject
		by      *followup.By
		want    []string
	}{
		"complete":             {change: func(*followup.Input) {}},
		"R-013 no time":        {change: func(i *followup.Input) { i.OccurredAt = 0 }, want: []string{"occurred_at R-013"}},
		"R-013 no key points":  {change: func(i *followup.Input) { i.KeyPoints = "  " }, want: []string{"key_points R-013"}},
		"R-013 no next action": {change: func(i *followup.Input) { i.NextAction = "" }, want: []string{"next_action R-013"}},
		"R-014 no next touch":  {change: func(i *followup.Input) { i.NextTouchAt = 0 }, want: []string{"next_touch_at R-014"}},
		"R-013 R-014 all at once": {change: func(i *followup.Input) {
			*i = followup.Input{Direction: "outbound", Channel: "phone", Result: "other", Objections: []string{}, CustomerType: "new", BudgetBand: "low"}
		}, want: []string{"key_points R-013", "next_action R-013", "next_touch_at R-014", "occurred_at R-013"}},
		"C-13 the seven fields at the first":        {change: func(i *followup.Input) { i.Result, i.Objections, i.CustomerType, i.BudgetBand = "", nil, "", "" }, want: []string{"budget_band R-004", "customer_type R-004", "objections R-004", "result R-004"}},
		"C-13 R-025 only at the first":              {subject: &known, change: func(i *followup.Input) { i.Result, i.Objections, i.CustomerType, i.BudgetBand = "", nil, "", "" }},
		"R-017 free result":                         {change: func(i *followup.Input) { i.Result = "went well" }, want: []string{"result R-017"}},
		"R-018 several tags":                        {change: func(i *followup.Input) { i.Objections = []string{"price", "feature", "competitor", "internal_process"} }},
		"R-018 unknown tag":                         {change: func(i *followup.Input) { i.Objections = []string{"price", "weather"} }, want: []string{"objections[1] R-018"}},
		"time ahead":                                {change: func(i *followup.Input) { i.OccurredAt = now.Add(2 * time.Minute) }, want: []string{"occurred_at in_future"}},
		"a caller's clock a little ahead":           {change: func(i *followup.Input) { i.OccurredAt = now.Add(30 * time.Second) }},
		"absurdly long ago":                         {change: func(i *followup.Input) { i.OccurredAt = now.Add(-10 * 365 * 24 * time.Hour) }, want: []string{"occurred_at too_old"}},
		"next touch now":                            {change: func(i *followup.Input) { i.NextTouchAt = now }, want: []string{"next_touch_at in_past"}},
		"next touch just ahead":                     {change: func(i *followup.Input) { i.NextTouchAt = now + 1 }},
		"next touch at the policy's latest":         {change: func(i *followup.Input) { i.NextTouchAt = now.Add(400 * 24 * time.Hour) }},
		"next touch beyond the policy's latest":     {change: func(i *followup.Input) { i.NextTouchAt = now.Add(400*24*time.Hour) + 1 }, want: []string{"next_touch_at latest_next_touch"}},
		"R-047 stranger outbound without reason":    {by: &stranger, change: func(*followup.Input) {}, want: []string{"not_owner_reason R-047"}},
		"R-047 stranger outbound with reason":       {by: &stranger, change: func(i *followup.Input) { i.NotOwnerReason = "covering at the fair" }},
		"R-047 stranger was called":                 {by: &stranger, change: func(i *followup.Input) { i.Direction = followup.Inbound }},
		"R-047 captured flag is no way around":      {by: &stranger, change: func(i *followup.Input) { i.Captured = true }, want: []string{"not_owner_reason R-047"}},
		"R-047 in the pool: claim first":            {subject: &pooled, change: func(*followup.Input) {}, want: []string{"refused R-047"}},
		"R-015 captured call needs nothing typed":   {by: &device, change: func(i *followup.Input) { *i = followup.Input{OccurredAt: now, Direction: "outbound", Captured: true} }},
		"won deal needs no next touch":              {subject: &won, change: func(i *followup.Input) { i.NextAction, i.NextTouchAt = "", 0 }},
		"a next touch needs its action in any case": {subject: &won, change: func(i *followup.Input) { i.NextAction = "" }, want: []string{"next_action R-013"}},
		"direction": {change: func(i *followup.Input) { i.Direction = "sideways" }, want: []string{"direction one_of"}},
		"too long":  {change: func(i *followup.Input) { i.KeyPoints = strings.Repeat("字", 4001) }, want: []string{"key_points max_length"}},
		"bad UTF-8": {change: func(i *followup.Input) { i.KeyPoints = "a\xff" }, want: []string{"key_points utf8"}},
	}
	v := view(t, 1)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in, s, by := good(), subject(), owner
			c.change(&in)
			if c.subject != nil {
				s = *c.subject
			}
			if c.by != nil {
				by = *c.by
			}
			_, err := followup.Record("f1", in, s, by, v, now)
			got := rules(t, err)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// a record counts only if it names a next touch.
func TestWhatCounts(t *testing.T) {
	v := view(t, 1)
	f, err := followup.Record("f1", good(), subject(), owner, v, now)
	if err != nil || !f.Counts {
		t.Fatalf("a full record counts: %v %v", f.Counts, err)
	}
	captured := followup.Input{OccurredAt: now, Direction: "inbound", Channel: "phone", Captured: true}
	g, err := followup.Record("f2", captured, subject(), owner, v, now)
	if err != nil || g.Counts {
		t.Fatalf("a captured call without plan does not count: %v %v", g.Counts, err)
	}
	after := followup.Trail{}.Apply(f, "contacted")
	again := after.Apply(g, "contacted")
	if again.FollowUps != 1 || again.NextTouchAt != f.NextTouchAt || again.NextAction != f.NextAction {
		t.Errorf("what does not count changes no plan: %+v", again)
	}
	if again.LastContactAt != now {
		t.Errorf("last contact %s, want that of the captured call", again.LastContactAt)
	}
	if facts := followup.Facts(g, again, "wang", "wang", "甲"); len(facts) != 1 {
		t.Errorf("%d facts, want the record alone", len(facts))
	}
	planned := followup.Facts(f, after, "wang", "wang", "甲")
	if n, ok := planned[1].(*catalogue.NextTouchPlanned); len(planned) != 2 || !ok || n.Task != f.ID || n.Due != f.NextTouchAt || n.Assignee != "wang" {
		t.Errorf("R-014: the task's fact comes with the record: %+v", planned)
	}
}

// the newest contact wins, whatever order records come in.
func TestLastContactIsTheNewest(t *testing.T) {
	v := view(t, 1)
	old := good()
	old.OccurredAt = now.Add(-48 * time.Hour)
	f, _ := followup.Record("f1", good(), subject(), owner, v, now)
	g, _ := followup.Record("f2", old, subject(), owner, v, now)
	if trail := (followup.Trail{}).Apply(f, "new").Apply(g, "new"); trail.LastContactAt != f.OccurredAt {
		t.Errorf("last contact %s, want %s", trail.LastContactAt, f.OccurredAt)
	}
}

// late is strictly more than the policy's 24 hours; a demo's speed shortens it.
func TestLateRecord(t *testing.T) {
	for _, c := range []struct {
		speed int64
		ago   time.Duration
		late  int64 // ms
	}{{1, time.Hour, 0}, {1, 24 * time.Hour, 0}, {1, 24*time.Hour + time.Millisecond, 1}, {1, 72 * time.Hour, 48 * 3_600_000}, {24, time.Hour, 0}, {24, time.Hour + time.Millisecond, 1}} {
		in := good()
		in.OccurredAt = now.Add(-c.ago)
		f, err := followup.Record("f1", in, subject(), owner, view(t, c.speed), now)
		if err != nil || f.Late != (c.late > 0) || f.LateByMS != c.late {
			t.Errorf("speed %d, %s ago: late %v by %d ms (%v), want %d", c.speed, c.ago, f.Late, f.LateByMS, err, c.late)
		}
	}
}

// done is all four, and what is missing has a name in both languages.
func TestDone(t *testing.T) {
	full := followup.Trail{NextAction: "发报价", NextTouchAt: now, KeyPerson: "张总"}
	for name, c := range map[string]struct {
		change func(*followup.Trail)
		stage  string
		want   []string
	}{
		"all four":             {func(*followup.Trail) {}, "quoted", nil},
		"no next step":         {func(t *followup.Trail) { t.NextAction = "" }, "quoted", []string{"next_step"}},
		"no next touch":        {func(t *followup.Trail) { t.NextTouchAt = 0 }, "quoted", []string{"next_touch"}},
		"no stage":             {func(*followup.Trail) {}, "", []string{"stage"}},
		"no key info":          {func(t *followup.Trail) { t.KeyPerson = "" }, "quoted", []string{"key_info"}},
		"key need will do":     {func(t *followup.Trail) { t.KeyPerson, t.KeyNeed = "", "换系统" }, "quoted", nil},
		"an objection as well": {func(t *followup.Trail) { t.KeyPerson, t.Objections = "", []string{"price"} }, "quoted", nil},
		"nothing":              {func(t *followup.Trail) { *t = followup.Trail{} }, "", []string{"next_step", "next_touch", "stage", "key_info"}},
	} {
		trail := full
		c.change(&trail)
		trail.Judge(c.stage)
		if !slices.Equal(trail.Missing, c.want) || trail.Done != (len(c.want) == 0) {
			t.Errorf("%s: missing %v done %v, want %v", name, trail.Missing, trail.Done, c.want)
		}
		for _, m := range trail.Missing {
			if followup.MissingName(m).IsZero() {
				t.Errorf("%s has no name", m)
			}
		}
	}
}

// The trail goes onto leads and deals and comes back as it was.
func TestTrailGoesBothWays(t *testing.T) {
	trail := followup.Trail{CustomerType: "new", BudgetBand: "low", KeyPerson: "a", KeyNeed: "b", Objections: []string{"price"}, LastContactAt: 1, NextTouchAt: 2,
		NextAction: "c", LastResult: "other", FollowUps: 3, Done: true, Missing: []string{"x"}}
	var l catalogue.Lead
	trail.IntoLead(&l)
	var d catalogue.Deal
	trail.IntoDeal(&d)
	for _, back := range []followup.Trail{followup.TrailOfLead(l), followup.TrailOfDeal(d)} {
		if back.Objections[0] != "price" || back.Missing[0] != "x" {
			t.Errorf("lists are lost: %+v", back)
		}
		back.Objections, back.Missing = nil, nil
		want := trail
		want.Objections, want.Missing = nil, nil
		if back.NextAction != want.NextAction || back.FollowUps != 3 || back.LastContactAt != 1 || back.NextTouchAt != 2 || !back.Done || back.KeyNeed != "b" ||
			back.KeyPerson != "a" || back.LastResult != "other" || back.CustomerType != "new" || back.BudgetBand != "low" {
			t.Errorf("got %+v, want %+v", back, want)
		}
	}
}
