package trust

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

const (
	day = 24 * time.Hour
	ms  = time.Millisecond
)

var now = instant.Of(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))

func ago(d time.Duration) instant.Time { return now.Add(-d) }

// keys are the findings of a board by the shipped policy.
func keys(b board.Board) (string, instant.Time) {
	found, next := Judge(b, policy.Defaults().DataTrust, now)
	var out []string
	for _, f := range found {
		out = append(out, f.Key())
	}
	return strings.Join(out, " "), next
}

func running(kind, id string, change func(*board.Running)) map[string]board.Running {
	r := board.Running{Subject: catalogue.Subject{Kind: kind, ID: id}, Title: "年框"}
	change(&r)
	return map[string]board.Running{kind + "/" + id: r}
}

func touches(key string, at instant.Time) map[string]board.Touch {
	return map[string]board.Touch{key: {Entry: "e1", At: at}}
}

// each contradiction is found from the first instant on at which it holds,
// not one millisecond before, and it is known when that will be.
func TestRulesToTheInstant(t *testing.T) {
	deal := func(stage string, since instant.Time) map[string]board.Running {
		return running("deal", "d", func(r *board.Running) { r.StageType, r.Since = stage, since })
	}
	won := func(at instant.Time, by string) []board.Ended {
		return []board.Ended{{Deal: "d", At: at, Opened: at.Add(-day), Fulfilled: by}}
	}
	promised := func(due, contact instant.Time) map[string]board.Running {
		return running("lead", "l", func(r *board.Running) { r.Promise, r.PromiseDue, r.LastContact = "回电", due, contact })
	}
	gone := []board.Decider{{Contact: "k1", Name: "李总", LeftAt: ago(day)}}
	for name, c := range map[string]struct {
		board board.Board
		want  string
		next  instant.Time
	}{
		"negotiated, silent exactly 30 days":    {board.Board{Running: deal("negotiation", ago(30*day))}, "", now.Add(ms)},
		"negotiated, silent a moment longer":    {board.Board{Running: deal("negotiation", ago(30*day+ms))}, "negotiation_silent:deal/d", 0},
		"decision, silent a moment longer":      {board.Board{Running: deal("decision", ago(30*day+ms))}, "negotiation_silent:deal/d", 0},
		"solution, silent for a year":           {board.Board{Running: deal("solution", ago(365*day))}, "", 0},
		"long in the stage, the customer wrote": {board.Board{Running: deal("quoted", ago(90*day)), Touches: touches("mail/inbound", ago(30*day))}, "", now.Add(ms)},
		"the customer wrote too long ago":       {board.Board{Running: deal("quoted", ago(90*day)), Touches: touches("mail/inbound", ago(30*day+ms))}, "negotiation_silent:deal/d", 0},
		"only we wrote":                         {board.Board{Running: deal("quoted", ago(90*day)), Touches: touches("mail/outbound", ago(day))}, "negotiation_silent:deal/d", 0},
		"the customer only logged in":           {board.Board{Running: deal("quoted", ago(90*day)), Touches: touches("login/inbound", ago(day))}, "negotiation_silent:deal/d", 0},
		"won exactly 30 days ago":               {board.Board{Won: won(ago(30*day), "")}, "", now.Add(ms)},
		"won without order":                     {board.Board{Won: won(ago(30*day+ms), "")}, "won_without_order:deal/d", 0},
		"won and ordered":                       {board.Board{Won: won(ago(90*day), "shop:1")}, "", 0},
		"promise exactly 7 days overdue":        {board.Board{Running: promised(ago(7*day), ago(9*day))}, "", now.Add(ms)},
		"promise longer overdue":                {board.Board{Running: promised(ago(7*day+ms), ago(9*day))}, "promise_overdue:lead/l", 0},
		"promise kept":                          {board.Board{Running: promised(ago(20*day), ago(20*day))}, "", 0},
		"promise kept on the timeline":          {board.Board{Running: promised(ago(20*day), ago(30*day)), Touches: touches("call/outbound", ago(19*day))}, "", 0},
		"the decider left":                      {board.Board{Deciders: gone}, "decider_left", 0},
		"the decider left, another decides":     {board.Board{Deciders: append([]board.Decider{{Contact: "k2", Name: "王总"}}, gone...)}, "", 0},
		"the decider was succeeded":             {board.Board{Deciders: []board.Decider{{Contact: "k1", Name: "李总", LeftAt: ago(day), Successor: "k2"}}}, "", 0},
		"a deal names who left": {board.Board{Deciders: []board.Decider{{Contact: "k1", Name: "李总", LeftAt: ago(day), Successor: "k2"}},
			Running: running("deal", "d", func(r *board.Running) { r.Decides = "李总" })}, "decider_left:deal/d", 0},
		"a deal names a namesake who is there": {board.Board{Deciders: []board.Decider{{Contact: "k1", Name: "李总", LeftAt: ago(day), Successor: "k2"}, {Contact: "k2", Name: "李总"}},
			Running: running("deal", "d", func(r *board.Running) { r.Decides = "李总" })}, "", 0},
		"called when consent was withdrawn":           {board.Board{Withdrawn: map[string]instant.Time{"call": ago(day)}, Touches: touches("call/outbound", ago(day))}, "", 0},
		"called after consent was withdrawn":          {board.Board{Withdrawn: map[string]instant.Time{"call": ago(day)}, Touches: touches("call/outbound", ago(day-ms))}, "contacted_without_consent.call", 0},
		"mailed after consent to calls was withdrawn": {board.Board{Withdrawn: map[string]instant.Time{"call": ago(day)}, Touches: touches("mail/outbound", ago(day-ms))}, "", 0},
		"lost, and never bought":                      {board.Board{Lost: won(ago(60*day), "")}, "", 0},
		"bought at the very loss":                     {board.Board{Lost: won(ago(60*day), ""), Touches: touches("order/inbound", ago(60*day))}, "", 0},
		"bought 30 days after the loss":               {board.Board{Lost: won(ago(60*day), ""), Touches: touches("order/inbound", ago(30*day))}, "bought_after_loss:deal/d", 0},
		"bought later than 30 days after":             {board.Board{Lost: won(ago(60*day), ""), Touches: touches("order/inbound", ago(30*day-ms))}, "", 0},
	} {
		if got, next := keys(c.board); got != c.want || next != c.next {
			t.Errorf("%s: %q next %s, want %q next %s", name, got, next, c.want, c.next)
		}
	}
}

// an empty duration switches a rule off.
func TestRulesThatAreSwitchedOff(t *testing.T) {
	b := board.Board{Won: []board.Ended{{Deal: "d", At: ago(900 * day)}}, Lost: []board.Ended{{Deal: "l", At: ago(9 * day)}}, Touches: touches("order/inbound", ago(day)),
		Running: running("deal", "d", func(r *board.Running) { r.StageType, r.Since, r.PromiseDue = "quoted", ago(900*day), ago(900*day) }), Withdrawn: map[string]instant.Time{"call": 1}}
	if found, next := Judge(b, policy.DataTrust{}, now); len(found) != 0 || next != 0 {
		t.Errorf("%+v, %s", found, next)
	}
}

// nothing changes by time alone before the instant that is foretold.
func TestNothingChangesBeforeItIsForetold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := func(name string) instant.Time {
			return ago(time.Duration(rapid.IntRange(0, 90*24*60).Draw(t, name)) * time.Minute)
		}
		b := board.Board{Running: map[string]board.Running{}, Won: []board.Ended{{Deal: "w", At: at("won"), Opened: 1}}, Touches: map[string]board.Touch{}}
		for _, id := range []string{"a", "b"} {
			s := catalogue.Subject{Kind: "deal", ID: id}
			b.Running[board.Key(s)] = board.Running{Subject: s, StageType: rapid.SampledFrom([]string{"quoted", "need", "decision"}).Draw(t, "stage"), Since: at("since"), PromiseDue: at("promise")}
		}
		for _, k := range []string{"mail/inbound", "call/outbound"} {
			if rapid.Bool().Draw(t, k) {
				b.Touches[k] = board.Touch{Entry: k, At: at("touch")}
			}
		}
		settings := policy.Defaults().DataTrust
		first, next := Judge(b, settings, now)
		if next == 0 {
			next = now.Add(1000 * day)
		} else if changed, _ := Judge(b, settings, next); same(first, changed) {
			t.Fatalf("foretold for %s, nothing changes", next)
		}
		between := now.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(now)/ms)-1).Draw(t, "later")) * ms)
		if later, _ := Judge(b, settings, between); !same(first, later) {
			t.Fatalf("changed at %s, foretold for %s", between, next)
		}
	})
}

func same(a, b []board.Finding) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Key() != b[i].Key() {
			return false
		}
	}
	return true
}
