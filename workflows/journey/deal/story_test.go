package deal_test

import (
	"fmt"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

// story is a deal with its history, decided on as the host would.
type story struct {
	*journeytest.Journey
	h  *journeytest.History
	at instant.Time // opening
}

func stage(id, kind string) func(*catalogue.Deal) {
	return func(d *catalogue.Deal) { d.Stage, d.StageType = id, kind }
}

func begin(t *testing.T, view *policy.View, change ...func(*catalogue.Deal)) *story {
	t.Helper()
	at := journeytest.At(t, "2026-03-02 09:00")
	s := &story{Journey: journeytest.Start(t, journey.Of(deal.Rules), "d1", view), h: journeytest.New(t), at: at}
	s.tell(at, &catalogue.DealOpened{After: s.deal(change...)})
	return s
}

func (s *story) deal(change ...func(*catalogue.Deal)) catalogue.Deal {
	d := catalogue.Deal{ID: "d1", Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageType: "contact", StageSince: s.at, ClocksFrom: s.at,
		Outcome: catalogue.DealOpen}
	for _, c := range change {
		c(&d)
	}
	return d
}

// tell lets time pass to an instant and brings facts then.
func (s *story) tell(at instant.Time, data ...catalogue.Data) {
	s.Until(at - ms)
	n := len(s.h.Events)
	s.h.Tell("deal/d1", at, data...)
	s.Decide(at, s.h.Events[n:]...)
}

func follow(at instant.Time, change ...func(*catalogue.FollowUp)) *catalogue.FollowUpRecorded {
	u := catalogue.FollowUp{ID: fmt.Sprint("f", at), Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, By: "zhang", OccurredAt: at, Direction: "inbound", NextTouchAt: at + 100*day, Counts: true}
	for _, c := range change {
		c(&u)
	}
	return &catalogue.FollowUpRecorded{FollowUp: u}
}

func outbound(u *catalogue.FollowUp)  { u.Direction = "outbound" }
func uncounted(u *catalogue.FollowUp) { u.Counts, u.NextTouchAt = false, 0 }

func moved(s *story, at instant.Time, before, after, kind string, forward bool, change ...func(*catalogue.Deal)) *catalogue.StageChanged {
	change = append([]func(*catalogue.Deal){stage(after, kind)}, change...)
	return &catalogue.StageChanged{Deal: "d1", Before: before, After: after, At: at, Forward: forward, State: s.deal(change...)}
}

func quote(id string, at instant.Time) *catalogue.QuoteSent {
	return &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: id, SentAt: at}, Owner: "zhang"}
}

func count(s *story, rule string) int {
	n := 0
	for _, r := range s.Rules() {
		if r == rule {
			n++
		}
	}
	return n
}
