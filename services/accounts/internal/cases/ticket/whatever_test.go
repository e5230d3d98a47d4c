package ticket_test

import (
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
)

// what comes in is checked whole; nothing is guessed.
func TestIntake(t *testing.T) {
	v := policytest.View(t)
	now := at(t, "2026-03-02 09:00")
	long := string(make([]rune, ticket.MaxText+1))
	for name, c := range map[string]struct {
		in   ticket.Intake
		want string
	}{
		"good":         {ticket.Intake{Kind: "support", Text: "x"}, ""},
		"no text":      {ticket.Intake{Kind: "support", Text: "  "}, "text"},
		"long text":    {ticket.Intake{Kind: "support", Text: long}, "text"},
		"feature":      {ticket.Intake{Kind: "support", Text: "x", Feature: " 导出 "}, ""},
		"long feature": {ticket.Intake{Kind: "support", Text: "x", Feature: string(make([]rune, ticket.MaxFeature+1))}, "feature"},
		"no kind":      {ticket.Intake{Text: "x"}, "kind"},
		"unknown kind": {ticket.Intake{Kind: "x", Text: "x"}, "kind"},
		"channel":      {ticket.Intake{Kind: "support", Text: "x", Channel: "pigeon"}, "channel"},
		"just now":     {ticket.Intake{Kind: "support", Text: "x", ReportedAt: now}, ""},
		"the future":   {ticket.Intake{Kind: "support", Text: "x", ReportedAt: now + 1}, "reported_at"},
	} {
		if _, err := c.in.Check(v, now); rule(err) != c.want || err == nil != (c.want == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	k := open(t, v, "support", "", "", now)
	for i := len(k.Talk); i < ticket.MaxTalk; i++ {
		if _, _, err := k.Say(say(catalogue.CaseNote, "n"), false, v, now); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := k.Say(say(catalogue.CaseNote, "n"), false, v, now); rule(err) != "cases.full" {
		t.Errorf("one more: %v", err)
	}
}

// whatever happens to a case, it has an owner and a status, it waits
// exactly while a pause lasts, and a clock that was done stays done in its round.
func TestACaseAlwaysHasOwnerAndStatus(t *testing.T) {
	v := policytest.View(t)
	rapid.Check(t, func(r *rapid.T) {
		now := at(t, "2026-03-02 09:00")
		kind := rapid.SampledFrom([]string{"support", "complaint", "suggestion"}).Draw(r, "kind")
		k := open(t, v, kind, "", "", now)
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			now += instant.Time(rapid.IntRange(0, 2000).Draw(r, "minutes")) * minute
			before := k
			var err error
			switch rapid.IntRange(0, 9).Draw(r, "what") {
			case 0, 1:
				_, _, err = k.Say(say(catalogue.CaseInbound, "in"), false, v, now)
			case 2, 3:
				_, _, err = k.Say(say(catalogue.CaseOutbound, "out"), rapid.Bool().Draw(r, "waits"), v, now)
			case 4:
				err = k.Resolve("done", "li", v, now)
			case 5:
				err = k.Close(rapid.SampledFrom([]string{"solved", "no_answer", "withdrawn"}).Draw(r, "why"), v, now)
			case 6:
				err = k.Reopen(v, now)
			case 7:
				err = k.Assign(rapid.SampledFrom([]string{"", "zhao"}).Draw(r, "owner"), v)
			case 8:
				err = k.Decide("done", "r", "pm", v, now)
			case 9:
				err = k.Told("li", v, now)
			}
			if k.Owner == "" || ticket.Statuses[k.Status].IsZero() {
				r.Fatalf("nobody's or nowhere: %+v", k.Case)
			}
			pauses := 0
			for _, p := range k.Pauses {
				if p.To.IsZero() {
					pauses++
				}
			}
			if want := k.Status == catalogue.CaseWaiting; want != (pauses == 1) || pauses > 1 || want == k.WaitsSince.IsZero() {
				r.Fatalf("%s with %d pauses, waits since %s (%v)", k.Status, pauses, k.WaitsSince, err)
			}
			if k.Open == k.Ended() || k.Open && k.Status == catalogue.CaseClosed {
				r.Fatalf("open %v, %s", k.Open, k.Status)
			}
			if k.Round == before.Round && !before.Response.DoneAt.IsZero() && k.Response.DoneAt != before.Response.DoneAt {
				r.Fatal("answered a second time")
			}
			if (k.Status == catalogue.CaseNew || k.Status == catalogue.CaseWorking) && k.Solution.Due.IsZero() {
				r.Fatal("no due time while it is being worked on")
			}
		}
	})
}
