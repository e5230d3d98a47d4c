package maintenance_test

import (
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// confirmed gives a customer whose hand-over all three parties have confirmed; its
// transfer was asked for.
func confirmed(t *testing.T, change ...func(*policy.Sections)) *house {
	t.Helper()
	s := won(t, at(t), append(change, only())...)
	s.m.HandOver = &catalogue.HandOver{AskedAt: at(t), From: "zhang", To: "su", ConfirmedAt: at(t) + hour}
	s.tell(at(t)+hour, "confirmed", nil)
	return s
}

func (s *house) refuse(when instant.Time, status, remark string) {
	h := *s.m.HandOver
	h.RefusedAt, h.Refusals, h.Refused = when, h.Refusals+1, &catalogue.Refusal{Transfer: "t", Status: status, Remark: remark}
	s.m.HandOver = &h
	s.to(when - ms)
	s.tell(when, "hand_over", nil)
}

func (s *house) transfers() int {
	return asked(s, journey.RequestTransfer, func(r effects.RequestTransfer) bool { return r.Customer == "c1" && r.To == "su" })
}

// a transfer that was refused or that nobody acted on is escalated at once and
// asked for again three working days later, each time, until the window has moved.
func TestARefusedHandOverIsAskedForAgain(t *testing.T) {
	s := confirmed(t)
	if s.transfers() != 1 {
		t.Fatalf("%d transfers", s.transfers())
	}
	for n, how := range []struct{ status, remark, says string }{{catalogue.TransferRejected, "客户不同意", "was refused (客户不同意)"}, {catalogue.TransferCancelled, "expired", "nobody acted"},
		{catalogue.TransferAccepted, "", "somebody else"}} {
		when := at(t) + instant.Time(7*(n+1))*day // Mondays
		s.refuse(when, how.status, how.remark)
		s.Told("hand_over_refused", catalogue.LevelEscalate, "zhang")
		if r := s.Told("hand_over_refused", catalogue.LevelEscalate, "zhang"); !strings.Contains(r.Text.En, how.says) {
			t.Errorf("%s: %s", how.status, r.Text.En)
		}
		if asked(s, journey.Remind, func(r effects.Remind) bool { return r.Owner == "su" && r.Level == catalogue.LevelInform }) != n+1 {
			t.Error("who was to become the window does not hear of it")
		}
		s.Boundary("hand_over", when+3*day)
		if s.transfers() != n+2 {
			t.Errorf("%d transfers after %d refusals", s.transfers(), n+1)
		}
	}
	s.m.Owner = "su"
	s.m.HandOver.MovedAt = at(t) + 30*day
	s.tell(at(t)+30*day, "owner", nil)
	if s.to(at(t) + 90*day); s.transfers() != 4 || s.Count("hand_over_refused") != 3 {
		t.Errorf("%d transfers, told %d times", s.transfers(), s.Count("hand_over_refused"))
	}
}

// where the book does not ask again people are told, and see to it.
func TestARefusedHandOverIsLeftToPeople(t *testing.T) {
	s := confirmed(t, func(p *policy.Sections) { p.Maintenance.HandOverAgain = policy.Duration{} })
	s.refuse(at(t)+7*day, catalogue.TransferRejected, "")
	s.to(at(t) + 60*day)
	if s.transfers() != 1 || s.Count("hand_over_refused") != 1 {
		t.Errorf("%d transfers, told %d times", s.transfers(), s.Count("hand_over_refused"))
	}
}

// a win that came with a merge, or came back with its undoing, begins nothing
// that a win begins; a new one does.
func TestAWinThatMovedBeginsNothing(t *testing.T) {
	s := won(t, at(t), only("implementation"))
	begun := began(s, "implementation")
	s.m.Wins, s.m.Won = 2, append(s.m.Won, catalogue.WonDeal{Deal: "d9", No: 2, At: at(t), Moved: true})
	s.tell(at(t)+hour, "won", nil)
	s.to(at(t) + 2*hour)
	if n := began(s, "implementation"); n != begun {
		t.Errorf("began %d times", n)
	}
}
