package trail_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/churnreview/trail"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

const (
	hour = time.Hour
	day  = 24 * hour
)

var (
	begin    = instant.Of(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	settings = trail.Settings{ReplyWithin: 24 * hour, QuoteWithin: 72 * hour, GapAfter: 30 * day, LowRating: 70}
	lost     = at(200 * day)
)

func at(d time.Duration) instant.Time { return begin.Add(d) }

// entry makes one: id, when, kind, direction, whose.
func entry(id string, d time.Duration, kind, direction, by string) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{ID: id, Customer: "c", Kind: kind, OccurredAt: at(d), Direction: direction, By: by, Says: lang.T(id, id)}
}

func with(e catalogue.TimelineEntry, data map[string]string) catalogue.TimelineEntry {
	e.Data = data
	return e
}

func owner(id string, d time.Duration, who string) catalogue.TimelineEntry {
	return with(entry(id, d, catalogue.EntryOwnership, catalogue.Neither, who), map[string]string{"after": who})
}

func point(t *testing.T, m trail.Map, id string) trail.Touchpoint {
	t.Helper()
	i := slices.IndexFunc(m.Touchpoints, func(p trail.Touchpoint) bool { return p.Entry == id })
	if i < 0 {
		t.Fatalf("no touchpoint %s", id)
	}
	return m.Touchpoints[i]
}

// every touchpoint has its state: answered exactly in time, a millisecond late, never.
func TestStates(t *testing.T) {
	in, out := catalogue.Inbound, catalogue.Outbound
	for name, c := range map[string]struct {
		entries []catalogue.TimelineEntry
		of      string
		state   string
	}{
		"inquiry answered exactly in time":    {[]catalogue.TimelineEntry{entry("i", 0, "inquiry", in, ""), entry("a", 24*hour, "call", out, "wang")}, "i", trail.Fine},
		"inquiry answered a millisecond late": {[]catalogue.TimelineEntry{entry("i", 0, "inquiry", in, ""), entry("a", 24*hour+time.Millisecond, "call", out, "wang")}, "i", trail.Late},
		"inquiry never answered":              {[]catalogue.TimelineEntry{entry("i", 0, "inquiry", in, "")}, "i", trail.Unanswered},
		"inquiry on the day of the loss":      {[]catalogue.TimelineEntry{entry("i", 200*day-24*hour, "inquiry", in, "")}, "i", trail.Fine},
		"complaint never answered":            {[]catalogue.TimelineEntry{entry("i", 0, "complaint", in, "")}, "i", trail.Unanswered},
		"quote followed up in time":           {[]catalogue.TimelineEntry{entry("i", 0, "quote", out, "wang"), entry("a", 72*hour, "call", out, "wang")}, "i", trail.Fine},
		"quote followed up late":              {[]catalogue.TimelineEntry{entry("i", 0, "quote", out, "wang"), entry("a", 73*hour, "call", out, "wang")}, "i", trail.Late},
		"quote ordered":                       {[]catalogue.TimelineEntry{entry("i", 0, "quote", out, "wang"), entry("a", 10*hour, "order", in, "")}, "i", trail.Fine},
		"quote nobody came back to":           {[]catalogue.TimelineEntry{entry("i", 0, "quote", out, "wang")}, "i", trail.Unanswered},
		"we spoke, they answered":             {[]catalogue.TimelineEntry{entry("i", 0, "call", out, "wang"), entry("a", 9*day, "mail", in, "")}, "i", trail.Fine},
		"we spoke twice":                      {[]catalogue.TimelineEntry{entry("i", 0, "call", out, "wang"), entry("b", 9*day, "call", out, "wang"), entry("a", 10*day, "mail", in, "")}, "i", trail.Silent},
		"a promised touch kept on the day": {[]catalogue.TimelineEntry{with(entry("i", 0, "call", out, "wang"), map[string]string{"next_touch_at": at(5 * day).String()}),
			entry("a", 6*day, "call", out, "wang"), entry("b", 7*day, "mail", in, "")}, "i", trail.Silent},
		"a promised touch made a day late": {[]catalogue.TimelineEntry{with(entry("i", 0, "call", out, "wang"), map[string]string{"next_touch_at": at(5 * day).String()}),
			entry("a", 6*day+time.Millisecond, "call", out, "wang")}, "i", trail.Broken},
		"a task done late": {[]catalogue.TimelineEntry{with(entry("i", 0, "task", "none", "li"), map[string]string{"overdue": "true"})}, "i", trail.Broken},
	} {
		m := trail.Draw(c.entries, lost, settings)
		if got := point(t, m, c.of); got.State != c.state || (c.state == trail.Late) != (got.Answer == "a" && got.Owed != lang.Text{}) && c.state == trail.Late {
			t.Errorf("%s: %+v, want %s", name, got, c.state)
		}
	}
}

// what was promised and so late that a superior was told is evidence: at the
// step of what was promised, of who promised it; a contact that never left is no touchpoint.
func TestEscalationsAreEvidence(t *testing.T) {
	escalated := func(id string, after time.Duration, kind, by string) catalogue.TimelineEntry {
		e := with(entry(id, after, "task", "none", by), map[string]string{"escalated": "true", "rule": "idle.2"})
		e.Ref = &catalogue.Subject{Kind: kind, ID: "x"}
		return e
	}
	unsent := with(entry("u", 50*day, "outreach", "none", "su"), map[string]string{"outreach_status": "refused"})
	m := trail.Draw([]catalogue.TimelineEntry{owner("o", 0, "wang"), escalated("a", day, "deal", "li"), escalated("b", 2*day, "deal", "li"), escalated("c", 3*day, "case", ""), escalated("d", 4*day, "contract", "li"), unsent},
		lost, settings)
	if got := point(t, m, "a"); got.State != trail.Broken || !got.Escalated || got.Owed.Zh == "" || got.Owed.En == "" || len(m.Touchpoints) != 4 {
		t.Errorf("%+v of %d", got, len(m.Touchpoints))
	}
	type share struct {
		step, person string
		weight       int
	}
	want := map[share]string{{"negotiation", "li", 50}: "a b", {"service", "wang", 25}: "c", {"contract", "li", 25}: "d"}
	for _, a := range trail.Attribute(m) {
		k := share{a.Step, a.Person, a.Weight}
		if want[k] != strings.Join(a.Facts, " ") || a.Rule != trail.RuleEscalated || a.Says.Zh == "" {
			t.Errorf("%+v", a)
		}
		delete(want, k)
	}
	if len(want) != 0 {
		t.Errorf("missing %v", want)
	}
}

// phases, gaps, what other sources told too, what came after the loss; and the step where the customer was lost.
func TestMap(t *testing.T) {
	in, out := catalogue.Inbound, catalogue.Outbound
	twice := entry("z", 3*day, "call", out, "wang")
	twice.SameAs = "b"
	m := trail.Draw([]catalogue.TimelineEntry{
		entry("after", 201*day, "order", in, ""), owner("o", 0, "wang"), entry("a", hour, "inquiry", in, ""), entry("b", 2*hour, "call", out, "wang"), twice,
		entry("c", 10*day, "quote", out, "wang"), entry("d", 11*day, "order", in, ""), entry("e", 40*day, "complaint", in, ""), entry("f", 45*day, "call", out, "wang"),
		entry("g", 46*day, "mail", in, ""), entry("h", 46*day+hour, "mail", out, "wang")}, lost, settings)
	var got []string
	for _, p := range m.Touchpoints {
		got = append(got, p.Entry+":"+p.Step+":"+p.Phase)
	}
	want := []string{"a:inquiry:before", "b:negotiation:before", "c:quote:before", "d:order:during", "e:service:after", "f:care:after", "g:care:after", "h:care:after"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(m.Gaps) != 1 || m.Gaps[0].After != "h" || m.Gaps[0].Days != 153 {
		t.Errorf("gaps %+v", m.Gaps)
	}
	if m.LostAt.Step != "service" || m.LostAt.Entry != "e" {
		t.Errorf("lost at %+v", m.LostAt)
	}
	quiet := trail.Draw([]catalogue.TimelineEntry{entry("a", 0, "order", in, ""), entry("b", day, "call", out, "wang"), entry("c", 2*day, "mail", in, ""), entry("d", 2*day+hour, "mail", out, "w"), entry("e", 3*day, "mail", in, ""), entry("f", 3*day+hour, "care", out, "")}, lost, settings)
	if quiet.LostAt.Entry != "f" || quiet.LostAt.Step != "care" {
		t.Errorf("nothing was owed: lost at %+v", quiet.LostAt)
	}
	if empty := trail.Draw(nil, lost, settings); empty.Touchpoints == nil || empty.LostAt.Step != "" || len(trail.Attribute(empty)) != 0 {
		t.Errorf("%+v", empty)
	}
}

// the loss goes to the person whose promise was broken when it was theirs, with the entries that show it.
func TestAttribute(t *testing.T) {
	in, out := catalogue.Inbound, catalogue.Outbound
	rated := entry("r", 90*day, "survey", in, "")
	rated.Numbers = map[string]float64{"score": 3, "max": 5}
	m := trail.Draw([]catalogue.TimelineEntry{
		owner("o1", 0, "wang"), entry("i", day, "inquiry", in, ""), entry("a", 4*day, "call", out, "zhao"), // late: wang's, though zhao answered
		entry("q", 10*day, "quote", out, "zhao"),                           // nobody came back: who quoted
		owner("o2", 20*day, "li"), entry("c", 30*day, "complaint", in, ""), // never answered: li's
		rated}, lost, settings)
	list := trail.Attribute(m)
	type row struct {
		step, rule, person string
		weight             int
		facts              []string
	}
	want := []row{{"service", trail.RuleUnansweredComplaint, "li", 67, []string{"c", "r"}}, {"quote", trail.RuleUnansweredQuote, "zhao", 20, []string{"q"}}, {"inquiry", trail.RuleLateInquiry, "wang", 13, []string{"i", "a"}}}
	if len(list) != len(want) {
		t.Fatalf("%+v", list)
	}
	for i, w := range want {
		g := list[i]
		if g.Step != w.step || g.Rule != w.rule || g.Person != w.person || g.Weight != w.weight || !slices.Equal(g.Facts, w.facts) || g.Says.Zh == "" || g.Says.En == "" {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
}

// where nothing tells whose the customer was, it is who answered too late; where nobody answered it is nobody.
func TestAttributeWithoutAnOwner(t *testing.T) {
	list := trail.Attribute(trail.Draw([]catalogue.TimelineEntry{entry("i", 0, "complaint", "inbound", ""), entry("a", 40*hour, "call", "outbound", "zhao"),
		entry("j", 10*day, "inquiry", "inbound", "")}, lost, settings))
	if len(list) != 2 || list[0].Rule != trail.RuleUnansweredInquiry || list[0].Person != "" || list[1].Person != "zhao" || list[0].Weight != 58 {
		t.Errorf("%+v", list)
	}
}

// whatever was recorded, in whatever order it came: every attribution names entries that are there, weights sum
// to 100, and the same record gives the same answer.
func TestAttributionsRestOnEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "n")
		var list []catalogue.TimelineEntry
		known := map[string]bool{}
		for i := range n {
			id := string(rune('a'+i%26)) + string(rune('0'+i/26))
			kind := rapid.SampledFrom(catalogue.EntryKinds).Draw(t, "kind")
			dir := rapid.SampledFrom([]string{"inbound", "outbound", "none"}).Draw(t, "direction")
			e := entry(id, time.Duration(rapid.IntRange(0, 220).Draw(t, "day"))*day, kind, dir, rapid.SampledFrom([]string{"", "wang", "li"}).Draw(t, "by"))
			if rapid.Bool().Draw(t, "promise") {
				e.Data = map[string]string{"next_touch_at": e.OccurredAt.Add(3 * day).String(), "overdue": "true", "after": "zhao"}
			}
			known[id] = e.OccurredAt <= lost
			list = append(list, e)
		}
		got := trail.Attribute(trail.Draw(list, lost, settings))
		sum := 0
		for _, a := range got {
			sum += a.Weight
			if len(a.Facts) == 0 || a.Step == "" {
				t.Fatalf("rests on nothing: %+v", a)
			}
			for _, f := range a.Facts {
				if !known[f] {
					t.Fatalf("%s is not an entry before the loss", f)
				}
			}
		}
		if len(got) > 0 && sum != 100 {
			t.Fatalf("weights sum to %d", sum)
		}
		slices.Reverse(list)
		again := trail.Attribute(trail.Draw(list, lost, settings))
		for i := range got {
			if again[i].Rule != got[i].Rule || again[i].Weight != got[i].Weight || again[i].Person != got[i].Person {
				t.Fatalf("in another order: %+v, %+v", got[i], again[i])
			}
		}
	})
}
