package churnreview_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"liuke.dev/services/accounts/internal/churnreview"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

const now = instant.Time(1_800_000_000_000)

func rules(fields []problem.Field) []string {
	var out []string
	for _, f := range fields {
		if f.Text.Zh == "" || f.Text.En == "" {
			out = append(out, "one language only")
		}
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func review() churnreview.Review {
	r := churnreview.Review{ChurnReview: catalogue.ChurnReview{ID: "c.1", Customer: "c", Status: catalogue.ChurnOpen, ChurnedOn: now - 1000}}
	for _, role := range []string{"sales", "technical", "product", "service"} {
		r.Participants = append(r.Participants, catalogue.ChurnParticipant{Role: role, Person: role})
	}
	return r
}

func finding(phase string) []catalogue.ChurnFinding {
	return []catalogue.ChurnFinding{{Phase: phase, Text: "…"}}
}

// a review closes only with a reason, the findings of all four departments on all
// three phases, and an interview; all that is missing is named at once.
func TestClosesOnlyWhenComplete(t *testing.T) {
	r, p := review(), policy.Defaults().Reviews.Churn
	closing := func() *problem.Error {
		var e *problem.Error
		errors.As(r.Close("summary", nil, "wang", now), &e)
		return e
	}
	if e := closing(); e == nil || e.Rule != "R-121" || !slices.Equal(rules(e.Fields), []string{"R-122", "R-124", "R-125"}) || len(e.Fields) != 9 {
		t.Fatalf("empty: %+v", e)
	}
	for i, role := range []string{"sales", "technical", "product", "service"} {
		if err := r.Find(role, finding([]string{"before", "during", "before", "before"}[i]), now); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Choose([]churnreview.Reason{{Reason: "slow_response"}, {Reason: "competitor"}}, "Acme", p); err != nil {
		t.Fatal(err)
	}
	if err := r.Talk(catalogue.InterviewPhone, "too slow", "wang", now); err != nil {
		t.Fatal(err)
	}
	if e := closing(); e == nil || len(e.Fields) != 1 || e.Fields[0].Text.En != "nobody reviewed what went on after the sale" {
		t.Fatalf("nobody looked at after-sales: %+v", e)
	}
	if err := r.Find("service", finding("after"), now); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(" ", nil, "wang", now); err == nil {
		t.Error("closed without a summary")
	}
	if err := r.Close("summary", []string{"answer the same day"}, "wang", now); err != nil || r.Status != catalogue.ChurnClosed {
		t.Fatal(err)
	}
	if !r.Reasons[0].Controllable || r.Reasons[1].Controllable {
		t.Errorf("%+v", r.Reasons)
	}
	for name, err := range map[string]error{"find": r.Find("sales", finding("after"), now), "choose": r.Choose([]churnreview.Reason{{Reason: "price"}}, "", p), "talk": r.Talk("phone", "x", "w", now),
		"close": r.Close("again", nil, "w", now), "withdraw": r.Withdraw("x"), "assign": r.Assign("sales", "li")} {
		var e *problem.Error
		if !errors.As(err, &e) || e.Code != problem.Refused {
			t.Errorf("%s of a closed review: %v", name, err)
		}
	}
}

// the one in so many of lost key accounts is chosen by the review's id, and takes a talk one to one.
func TestSample(t *testing.T) {
	p := policy.Defaults().Reviews.Churn
	sampled := 0
	for i := range 2000 {
		id := fmt.Sprintf("01HZX%d.1", i)
		taken, again := churnreview.Sampled(id, "key", p), churnreview.Sampled(id, "key", p)
		if taken != again || churnreview.Sampled(id, "b", p) {
			t.Fatal("not by id and tier alone")
		}
		if taken {
			sampled++
		}
	}
	if sampled < 900 || sampled > 1100 {
		t.Errorf("one in two: %d of 2000", sampled)
	}
	p.SampleOneIn = 1
	if !churnreview.Sampled("any.1", "a", p) {
		t.Error("one in one")
	}
	r := review()
	r.Interview.Sampled = true
	for way, met := range map[string]bool{catalogue.InterviewPhone: false, catalogue.InterviewQuestionnaire: false, catalogue.InterviewDeep: true, catalogue.InterviewRefused: true} {
		if err := r.Talk(way, "what was said", "wang", now); err != nil {
			t.Fatal(err)
		}
		missing := slices.ContainsFunc(r.Missing(), func(f problem.Field) bool { return f.Field == "interview" })
		if missing == met || !r.Interview.Sampled {
			t.Errorf("%s: missing %t", way, missing)
		}
	}
}

// what an interviewer writes beside a questionnaire is not kept.
func TestQuestionnaireKeepsNoNotes(t *testing.T) {
	r := review()
	if err := r.Talk(catalogue.InterviewQuestionnaire, "Mr Li answered", "wang", now); err != nil || r.Interview.Notes != "" {
		t.Errorf("%+v %v", r.Interview, err)
	}
}

func TestConfirmation(t *testing.T) {
	for name, c := range map[string]struct {
		is    churnreview.Confirmation
		rules []string
	}{
		"good":           {churnreview.Confirmation{ChurnedOn: now, Evidence: "they said so"}, nil},
		"nothing":        {churnreview.Confirmation{}, []string{"required"}},
		"the future":     {churnreview.Confirmation{ChurnedOn: now + 1, Evidence: "x"}, []string{"future"}},
		"blank evidence": {churnreview.Confirmation{ChurnedOn: now, Evidence: " \n"}, []string{"required"}},
	} {
		if got := rules(c.is.Check(now)); !slices.Equal(got, c.rules) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A customer is won back by an order after the loss, and only by the first one.
func TestWinBack(t *testing.T) {
	r := review()
	for _, c := range []struct {
		at   instant.Time
		want bool
	}{{r.ChurnedOn - 1, false}, {r.ChurnedOn, false}, {r.ChurnedOn + 5, true}, {r.ChurnedOn + 9, false}, {r.ChurnedOn + 1, true}, {r.ChurnedOn + 1, false}} {
		if got := r.WinBack(c.at, "order"); got != c.want {
			t.Errorf("at %d: %t", c.at-r.ChurnedOn, got)
		}
	}
}
