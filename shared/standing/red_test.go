package standing_test

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// oneInput makes the score the newest month's rating, so that month ends can be
// set one by one.
func oneInput(mode string) func(*policy.Sections) {
	return func(s *policy.Sections) {
		in := s.Health.Models[0].Inputs[5]
		in.Window, in.Zero, in.Full = policy.D("14d"), 0, 100
		s.Health.Models[0].Inputs, s.Health.Models[0].LowBelow = []policy.HealthInput{in}, 0
		s.Risk.HealthFall.Mode = mode
	}
}

// R-100, C-05: the fall of the score over three consecutive months, in its three
// readings: exactly 20 does not fire, 21 does. The month ends are computed from the
// timeline, so that late entries count.
func TestHealthFallOverThreeMonths(t *testing.T) {
	july := instant.Of(time.Date(2026, 7, 5, 2, 0, 0, 0, time.UTC))
	rated := func(scores [4]float64) *standing.History {
		h := history(order(instant.Of(time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC)), 1))
		for i, month := range []time.Month{time.June, time.March, time.May, time.April} { // told out of order
			h.Add(rating(instant.Of(time.Date(2026, month, 25, 2, 0, 0, 0, time.UTC)), scores[[]int{3, 0, 2, 1}[i]]))
		}
		return h
	}
	for name, c := range map[string]struct {
		scores                   [4]float64 // ends of March to June
		cumulative, each, window bool
	}{
		"exactly 20 in all":     {[4]float64{80, 74, 67, 60}, false, false, false},
		"21 in all":             {[4]float64{80, 74, 67, 59}, true, false, true},
		"exactly 20 each month": {[4]float64{100, 80, 60, 40}, true, false, true},
		"21 each month":         {[4]float64{100, 79, 58, 37}, true, true, true},
		"21, one month rose":    {[4]float64{80, 60, 62, 59}, false, false, true},
		"a rise":                {[4]float64{40, 50, 60, 70}, false, false, false},
	} {
		for mode, want := range map[string]bool{policy.FallCumulative: c.cumulative, policy.FallEachMonth: c.each, policy.FallWindow: c.window} {
			s := standing.Assess(rated(c.scores), standing.By(book(t, oneInput(mode)), standing.File{}), july)
			red := slices.ContainsFunc(s.RedWhy, func(r catalogue.Signal) bool { return r.Rule == catalogue.RedHealthFall })
			if red != want || want && (!s.Red || s.Lifecycle != catalogue.LifecycleChurnRisk) {
				t.Errorf("%s, %s: red %t, want %t (%v)", name, mode, red, want, s.Months)
			}
			for i, m := range s.Months {
				if float64(m.Health) != c.scores[i] || m.Version != "general.1" {
					t.Fatalf("%s: month ends %v, want %v", name, s.Months, c.scores)
				}
			}
		}
	}
	young := history(order(instant.Of(time.Date(2026, 5, 5, 2, 0, 0, 0, time.UTC)), 1))
	if s := standing.Assess(young, standing.By(book(t, oneInput(policy.FallCumulative)), standing.File{}), july); s.Red || len(s.Months) != 2 {
		t.Errorf("known for two month ends only: %v", s.Months)
	}
}

// R-101, C-06: two proactive contacts in a row without an answer within the reply
// window of three working days make a potential churn customer; exactly at its end,
// not a moment before. Any word or order begins anew, a log-in does not.
func TestTwoUnansweredContacts(t *testing.T) {
	v := book(t)
	first, second := instant.Of(time.Date(2026, 5, 20, 2, 0, 0, 0, time.UTC)), instant.Of(time.Date(2026, 5, 22, 2, 0, 0, 0, time.UTC)) // Wednesday, Friday
	due := v.After(second, policy.D("3wd"))
	if want := instant.Of(time.Date(2026, 5, 27, 2, 0, 0, 0, time.UTC)); due != want { // Wednesday: the weekend does not count
		t.Fatalf("due %s, want %s", due, want)
	}
	call := of(catalogue.EntryCall, catalogue.Outbound)
	base := func() []catalogue.TimelineEntry {
		return []catalogue.TimelineEntry{order(ago(60), 1), call(first), call(second)}
	}
	for name, c := range map[string]struct {
		more []catalogue.TimelineEntry
		at   instant.Time
		want bool
	}{
		"a moment before":           {nil, due - 1, false},
		"exactly then":              {nil, due, true},
		"an answer within":          {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(second.Add(time.Hour))}, due, false},
		"a late answer":             {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(due.Add(time.Hour))}, due.Add(2 * time.Hour), false},
		"an answer between the two": {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(first.Add(time.Hour))}, due, false},
		"an order":                  {[]catalogue.TimelineEntry{order(second.Add(time.Hour), 1)}, due, false},
		"only a log-in":             {[]catalogue.TimelineEntry{of(catalogue.EntryLogin, catalogue.Inbound)(second.Add(time.Hour))}, due, true},
		"a survey is no contact":    {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(first.Add(time.Hour)), of(catalogue.EntrySurvey, catalogue.Outbound)(first.Add(2 * time.Hour))}, due, false},
	} {
		h := history(append(base(), c.more...)...)
		s := standing.Assess(h, standing.By(v, standing.File{}), c.at)
		red := slices.ContainsFunc(s.RedWhy, func(r catalogue.Signal) bool { return r.Rule == catalogue.RedUnanswered && len(r.Evidence) == 2 })
		if red != c.want || s.Red != c.want {
			t.Errorf("%s: red %t, want %t", name, red, c.want)
		}
		if name == "a moment before" && s.NextCheckAt != due {
			t.Errorf("next check at %s, want %s", s.NextCheckAt, due)
		}
	}
}

// an existing customer without an order for more than 90 days: exactly 90
// days are not more. Who never ordered is not an existing customer; a cancelled
// order is none.
func TestNoOrderForNinetyDays(t *testing.T) {
	in := func(h *standing.History, at instant.Time) bool {
		s := assess(t, h, at)
		if member := slices.Contains(s.Groups, catalogue.GroupNoOrder); member != slices.Contains(s.Tags, catalogue.KeyFollowUp) {
			t.Errorf("member %t, tags %v (R-109)", member, s.Tags)
		}
		return slices.Contains(s.Groups, catalogue.GroupNoOrder)
	}
	last := ago(200)
	h := history(order(last, 1))
	for at, want := range map[instant.Time]bool{last.Add(90 * day): false, last.Add(90*day) + 1: true, last.Add(91 * day): true, last.Add(89 * day): false} {
		if got := in(h, at); got != want {
			t.Errorf("%s after: %t, want %t", at.Sub(last), got, want)
		}
	}
	if in(history(entry(catalogue.EntryInquiry, ago(300), catalogue.Inbound)), now) {
		t.Error("who never ordered")
	}
	cancelled := order(ago(10), 1)
	gone := entry(catalogue.EntryOrder, ago(9), catalogue.Neither)
	gone.Data, gone.Ref = map[string]string{"status": catalogue.OrderCancelled}, &catalogue.Subject{Kind: catalogue.KindOrder, ID: "erp:7"}
	cancelled.Ref = gone.Ref
	if !in(history(order(last, 1), gone, cancelled), now) || in(history(order(last, 1), cancelled), now) {
		t.Error("a cancelled order counts, or one that was not does not")
	}
}

// the last two service ratings are low, below 70; 70 is not.
func TestTwoLowRatings(t *testing.T) {
	for name, c := range map[string]struct {
		scores []float64
		want   bool
	}{"two low": {[]float64{90, 69, 40}, true}, "exactly 70": {[]float64{69, 70}, false}, "one only": {[]float64{20}, false}, "the last is good": {[]float64{20, 30, 80}, false}} {
		h := history(buyer())
		for i, v := range c.scores {
			h.Add(rating(ago(float64(50-i)), v))
		}
		if got := slices.Contains(assess(t, h, now).Groups, catalogue.GroupLowRatings); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// who presses the price again and again and sends no order; a customer to
// be can be one as well.
func TestHaggling(t *testing.T) {
	press := of(catalogue.EntryCall, catalogue.Inbound, data("objections", "feature,price"))
	for name, c := range map[string]struct {
		entries []catalogue.TimelineEntry
		want    bool
	}{
		"twice, a month ago":                  {[]catalogue.TimelineEntry{press(ago(60)), press(ago(30))}, true},
		"twice, a moment less":                {[]catalogue.TimelineEntry{press(ago(60)), press(ago(30 - 1e-6))}, false},
		"once":                                {[]catalogue.TimelineEntry{press(ago(60))}, false},
		"ordered since":                       {[]catalogue.TimelineEntry{press(ago(60)), press(ago(50)), order(ago(40), 1)}, false},
		"ordered in between":                  {[]catalogue.TimelineEntry{press(ago(60)), order(ago(55), 1), press(ago(50))}, false},
		"ordered before, pressed twice since": {[]catalogue.TimelineEntry{order(ago(80), 1), press(ago(60)), press(ago(50))}, true},
	} {
		if got := slices.Contains(assess(t, history(c.entries...), now).Groups, catalogue.GroupHaggling); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
