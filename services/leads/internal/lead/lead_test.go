package lead_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/services/leads/internal/lead"
)

var now = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)) // Monday 10:00 in China

func good() lead.Intake {
	return lead.Intake{Company: "杭州甲公司", Contact: "张三", Phone: "13800138000", Source: "ads", Need: "想换一套进销存"}
}

func broken(t *testing.T, err error) []string {
	t.Helper()
	var e *problem.Error
	if err == nil {
		return nil
	}
	if !errors.As(err, &e) {
		t.Fatalf("not a problem: %v", err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+" "+f.Rule)
	}
	slices.Sort(out)
	return out
}

//
func TestIntake(t *testing.T) {
	cases := map[string]struct {
		change func(*lead.Intake)
		want   []string
	}{
		"the five fields are enough (R-025)": {func(*lead.Intake) {}, nil},
		"R-003 without company":              {func(i *lead.Intake) { i.Company = " " }, []string{"company R-003"}},
		"R-003 without contact":              {func(i *lead.Intake) { i.Contact = "" }, []string{"contact R-003"}},
		"R-003 without contact method":       {func(i *lead.Intake) { i.Phone = "" }, []string{"contact_method R-003"}},
		"R-003 without source":               {func(i *lead.Intake) { i.Source = "" }, []string{"source R-003"}},
		"R-003 without need":                 {func(i *lead.Intake) { i.Need = "" }, []string{"need R-003"}},
		"R-003 all at once":                  {func(i *lead.Intake) { *i = lead.Intake{} }, []string{"company R-003", "contact R-003", "contact_method R-003", "need R-003", "source R-003"}},
		"e-mail is a contact method":         {func(i *lead.Intake) { i.Phone, i.Email = "", "a@example.com" }, nil},
		"wechat is a contact method":         {func(i *lead.Intake) { i.Phone, i.WeChat = "", "zhangsan" }, nil},
		"R-005 unknown source":               {func(i *lead.Intake) { i.Source = "moon" }, []string{"source R-005"}},
		"bad phone":                          {func(i *lead.Intake) { i.Phone = "123" }, []string{"phone phone"}},
		"bad e-mail":                         {func(i *lead.Intake) { i.Email = "a@b" }, []string{"email email"}},
		"first contact ahead":                {func(i *lead.Intake) { i.FirstContactAt = now + 1 }, []string{"first_contact_at in_future"}},
		"first contact absurdly long ago":    {func(i *lead.Intake) { i.FirstContactAt = now.Add(-10 * 365 * 24 * time.Hour) }, []string{"first_contact_at too_old"}},
		"money of no currency":               {func(i *lead.Intake) { i.Value = &money.Amount{Minor: 1, Currency: "RMB"} }, []string{"value.currency currency"}},
		"money of an old currency":           {func(i *lead.Intake) { i.Value = &money.Amount{Minor: 1, Currency: "DEM"} }, []string{"value.currency currency"}},
		"negative money":                     {func(i *lead.Intake) { i.Value = &money.Amount{Minor: -1, Currency: "CNY"} }, []string{"value.minor minimum"}},
		"bad UTF-8":                          {func(i *lead.Intake) { i.Need = "a\xff" }, []string{"need utf8"}},
		"control characters":                 {func(i *lead.Intake) { i.Company = "a\x00b" }, []string{"company control_characters"}},
		"too long":                           {func(i *lead.Intake) { i.Company = strings.Repeat("字", 201) }, []string{"company max_length"}},
	}
	for name, c := range cases {
		in := good()
		c.change(&in)
		if _, err := in.Check(policytest.View(t), now); !slices.Equal(broken(t, err), c.want) {
			t.Errorf("%s: got %v, want %v", name, broken(t, err), c.want)
		}
	}
}

// Phone numbers as people in China write them, and as others do.
func TestPhones(t *testing.T) {
	for in, want := range map[string]string{
		"13800138000": "+8613800138000", "138 0013 8000": "+8613800138000", "+86-138-0013-8000": "+8613800138000", "0086 13800138000": "+8613800138000",
		"１３８００１３８０００": "+8613800138000", "010-62345678": "+861062345678", "(0571) 8765 4321": "+8657187654321", "400-810-8888": "+864008108888",
		"4008108888": "+864008108888", "+1 650-253-0000": "+16502530000", "+852 2123 4567": "+85221234567",
	} {
		if got, ok := lead.Phone(in); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "abc", "12345", "138001380001", "00000000000", strings.Repeat("1", 100)} {
		if got, ok := lead.Phone(in); ok {
			t.Errorf("%q passed as %q", in, got)
		}
	}
}

func TestEmails(t *testing.T) {
	if got, ok := lead.Email("Zhang.San@Example.COM"); !ok || got != "zhang.san@example.com" {
		t.Errorf("got %q %v", got, ok)
	}
	for _, in := range []string{"", "a", "a@", "@b.com", "a@b", "a b@c.com", "Zhang <a@b.com>", "a@[127.0.0.1]", "a@b..com", strings.Repeat("a", 255) + "@b.com"} {
		if _, ok := lead.Email(in); ok {
			t.Errorf("%q passed", in)
		}
	}
}

// late is strictly more than 24 hours after the first contact; C-03: it is a clock of its own.
func TestEntryLatency(t *testing.T) {
	for _, c := range []struct {
		ago  time.Duration
		late bool
	}{{0, false}, {24 * time.Hour, false}, {24*time.Hour + time.Millisecond, true}} {
		in := good()
		in.FirstContactAt = now.Add(-c.ago)
		l := lead.Record("l1", in, "wang", "wang", policytest.View(t), now)
		if l.EntryLate != c.late || l.EntryLatencyMS != c.ago.Milliseconds() {
			t.Errorf("%s: late %v after %d ms, want %v", c.ago, l.EntryLate, l.EntryLatencyMS, c.late)
		}
		if l.ClocksFrom != now || l.ArrivedAt != now {
			t.Errorf("other clocks run from arrival: %s", l.ClocksFrom)
		}
	}
}

// Every status against every other.
func TestEveryStatusChange(t *testing.T) {
	legal := map[string]string{"new": "contacted nurturing converted folded closed", "contacted": "nurturing converted folded closed",
		"nurturing": "contacted converted folded closed"}
	all := []string{"new", "contacted", "nurturing", "converted", "folded", "closed"}
	for _, from := range all {
		for _, to := range all {
			l := catalogue.Lead{Status: from}
			err := lead.Move(&l, to)
			want := slices.Contains(strings.Fields(legal[from]), to)
			if (err == nil) != want || want && l.Status != to || !want && l.Status != from {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
		if lead.Open(from) != (legal[from] != "") {
			t.Errorf("open(%s)", from)
		}
	}
}

// first response time is the first outbound touch after arrival.
func TestFirstResponse(t *testing.T) {
	l := lead.Record("l1", good(), "wang", "wang", policytest.View(t), now)
	in := catalogue.FollowUp{OccurredAt: now.Add(5 * time.Minute), Direction: followup.Inbound}
	if lead.Follow(&l, in) || !l.FirstTouchAt.IsZero() || l.Status != "new" {
		t.Errorf("an inbound call is no first touch: %+v", l)
	}
	out := catalogue.FollowUp{OccurredAt: now.Add(12 * time.Minute), Direction: followup.Outbound}
	if !lead.Follow(&l, out) || l.ResponseMS != (12*time.Minute).Milliseconds() || l.Status != "contacted" {
		t.Errorf("first outbound touch: %d ms, %s", l.ResponseMS, l.Status)
	}
	out.OccurredAt = now.Add(time.Hour)
	if lead.Follow(&l, out) || l.ResponseMS != (12*time.Minute).Milliseconds() {
		t.Errorf("a second touch changes nothing: %d ms", l.ResponseMS)
	}
}

func TestNeedKey(t *testing.T) {
	if lead.NeedKey("想换一套ＥＲＰ 系统！") != lead.NeedKey("想换一套erp系统") {
		t.Error("spelling differs")
	}
	if lead.NeedKey("想换一套 ERP") == lead.NeedKey("想换一套 CRM") {
		t.Error("different needs are one")
	}
}

func of(value *money.Amount, stage string, due instant.Time) lead.Rankable {
	return lead.Rankable{Value: value, Stage: stage, Due: due}
}

// value, stage and due time decide; a high-value slow lead with an
// overdue task ranks above a low-value recent one.
func TestQueueRanking(t *testing.T) {
	cny := func(yuan int64) *money.Amount { return &money.Amount{Minor: yuan * 100, Currency: "CNY"} }
	soon, late := now.Add(time.Hour), now.Add(-3*24*time.Hour)
	for name, c := range map[string]struct{ above, below lead.Rankable }{
		"high-value slow overdue over low-value recent":       {of(cny(1_000_000), "contacted", late), of(cny(2_000), "new", soon)},
		"high-value slow overdue over low-value near a close": {of(cny(1_000_000), "contacted", late), of(cny(2_000), "quoted", soon)},
		"more overdue first":                                  {of(cny(1000), "new", late), of(cny(1000), "new", now.Add(-time.Hour))},
		"overdue before due today":                            {of(cny(1000), "new", late), of(cny(1000), "new", soon)},
		"due today before due next week":                      {of(cny(1000), "new", soon), of(cny(1000), "new", now.Add(7*24*time.Hour))},
		"further stage first":                                 {of(cny(1000), "negotiation", soon), of(cny(1000), "contact", soon)},
		"known value before unknown":                          {of(cny(1000), "new", soon), of(nil, "new", soon)},
	} {
		a, b := lead.Rank(c.above, policytest.View(t), time.UTC, now), lead.Rank(c.below, policytest.View(t), time.UTC, now)
		if a.Points <= b.Points {
			t.Errorf("%s: %d (%s) is not above %d (%s)", name, a.Points, a.Reason.En, b.Points, b.Reason.En)
		}
	}
}

// the reason of a rank is said in words, and its parts add up.
func TestRankSaysWhy(t *testing.T) {
	s := lead.Rank(lead.Rankable{Value: &money.Amount{Minor: 10_000_000, Currency: "CNY"}, Stage: "quoted", Due: now.Add(-25 * time.Hour)}, policytest.View(t), time.UTC, now)
	sum := 0
	for _, p := range s.Parts {
		sum += p.Points
	}
	if sum != s.Points || len(s.Parts) != 3 {
		t.Errorf("parts %+v do not add up to %d", s.Parts, s.Points)
	}
	for _, w := range []string{"value 100000.00 CNY", "stage quoted (30 points)", "overdue, day 2 (16 points)"} {
		if !strings.Contains(s.Reason.En, w) {
			t.Errorf("%q is not in %q", w, s.Reason.En)
		}
	}
	if !strings.Contains(s.Reason.Zh, "逾期第 2 天（16 分）") {
		t.Errorf("Chinese: %q", s.Reason.Zh)
	}
	for stage := range policytest.View(t).Sections.Priority.StageWeights {
		reason := lead.Rank(lead.Rankable{Stage: stage, Due: now}, policytest.View(t), time.UTC, now).Parts[1].Text
		if name := strings.TrimPrefix(reason.Zh, "阶段 "); name == "" || strings.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz_") || strings.Contains(reason.En, "_") {
			t.Errorf("the stage %s is told as %+v", stage, reason)
		}
	}
	far := lead.Rank(lead.Rankable{Due: now.Add(-1000 * 24 * time.Hour)}, policytest.View(t), time.UTC, now)
	if far.Points != 120 {
		t.Errorf("overdue points are bounded by the policy: %d", far.Points)
	}
}

// What a preview shows of a row speaks the interface's language, and leaves out
// what the row does not say.
func TestIntakeAsJSON(t *testing.T) {
	text, err := json.Marshal(lead.Intake{Company: "东方印染", WeChat: "zhao"})
	if want := `{"company":"东方印染","wechat":"zhao"}`; err != nil || string(text) != want {
		t.Errorf("%s %v, want %s", text, err, want)
	}
}
