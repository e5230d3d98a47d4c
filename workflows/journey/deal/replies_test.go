package deal_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// no reply for the stage's three days makes a second-touch task; a reply resets it.
func TestNoReply(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, follow(s.at+hour, outbound))
	s.Boundary("no_reply", s.at+hour+3*day)
	var task effects.CreateTask
	if s.Effect("no_reply", journey.CreateTask, &task); task.Kind != catalogue.TaskSecondTouch {
		t.Errorf("task %+v", task)
	}
	s = begin(t, journeytest.View(t))
	s.tell(s.at+hour, follow(s.at+hour, outbound))
	s.tell(s.at+2*day, follow(s.at+2*day, uncounted)) // the customer called; any word counts
	if s.Due("no_reply") != 0 || s.Due("unanswered") != 0 {
		t.Error("pending although the customer replied")
	}
}

// C-06: an outbound contact is unanswered after three working days; it is another
// rule than no reply, and any inbound resets the count.
func TestUnansweredRunsOnWorkingDays(t *testing.T) {
	s := begin(t, journeytest.View(t))
	at := journeytest.At(t, "2026-03-05 10:00") // Thursday: three working days later is Tuesday
	s.tell(at, follow(at, outbound))
	s.Boundary("unanswered", journeytest.At(t, "2026-03-10 10:00"))
}
