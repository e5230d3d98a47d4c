package deal_test

import (
	"testing"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey/journeytest"
)

// shop adds the calendar of people who work on Saturday and Sunday only, and lets
// a stage's idle ladder run on working days.
func shop(s *policy.Sections) {
	c := s.Calendars.Calendars[0]
	c.ID, c.Days, c.Week = "shop", nil, [7][]calendar.Interval{5: {{From: "09:00", To: "18:00"}}, 6: {{From: "09:00", To: "18:00"}}}
	s.Calendars.Calendars = append(s.Calendars.Calendars, c)
	s.Pipelines.Pipelines[0].Stages[0].Idle = []policy.Step{{After: policy.D("2wd"), Action: policy.ActRemind}}
}

// R-060, C-06, R-165: a person's obligations run on the working calendar of that
// person; the next holder's run on theirs, whoever stands in during an absence.
func TestWorkingTimeIsThatOfTheHolder(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	for name, c := range map[string]struct {
		calendars         map[string]string
		idle, unanswered  string
		idleAfterTransfer string
	}{
		"the default":            {nil, "2026-03-04 10:00", "2026-03-05 10:00", "2026-03-04 10:00"},
		"the holder's":           {map[string]string{"zhang": "shop"}, "2026-03-14 09:00", "2026-03-15 09:00", "2026-03-04 10:00"},
		"the next holder's":      {map[string]string{"li": "shop"}, "2026-03-04 10:00", "2026-03-05 10:00", "2026-03-14 09:00"},
		"of somebody else":       {map[string]string{"wang": "shop"}, "2026-03-04 10:00", "2026-03-05 10:00", "2026-03-04 10:00"},
		"one that the book lost": {map[string]string{"zhang": "moon"}, "2026-03-04 10:00", "2026-03-05 10:00", "2026-03-04 10:00"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, journeytest.View(t, shop))
			s.Calendars = c.calendars
			s.tell(monday+hour, follow(monday+hour, outbound))
			if got, want := s.Due("idle.0"), journeytest.At(t, c.idle); got != want {
				t.Errorf("idle due %s, want %s", got, want)
			}
			if got, want := s.Due("unanswered"), journeytest.At(t, c.unanswered); got != want {
				t.Errorf("unanswered due %s, want %s", got, want)
			}
			if got := s.Last.Calendar; got != c.calendars["zhang"] {
				t.Errorf("decided by the calendar %q", got)
			}
			s.tell(monday+2*hour, &catalogue.DealAssigned{Deal: "d1", Before: "zhang", After: "li", Reason: "transfer"})
			if got, want := s.Due("idle.0"), journeytest.At(t, c.idleAfterTransfer); got != want {
				t.Errorf("after the transfer idle due %s, want %s", got, want)
			}
		})
	}
}

// What a demo's speed shortens runs on no calendar, and nobody's.
func TestSpeedKnowsNoCalendar(t *testing.T) {
	v, err := policy.NewView(journeytest.View(t, shop).Book, 100)
	if err != nil {
		t.Fatal(err)
	}
	at := journeytest.At(t, "2026-03-02 09:00")
	if a, b := v.After(at, policy.D("2wd")), v.On("shop").After(at, policy.D("2wd")); a != b || a != at+2*day/100 {
		t.Errorf("%s and %s", a, b)
	}
}
