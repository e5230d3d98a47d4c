package outbox_test

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
)

func at(s string) instant.Time {
	t, err := instant.Parse(s)
	if err != nil {
		panic(err)
	}
	return t
}

func view(t *testing.T, change func(*policy.Notifications)) *policy.View {
	t.Helper()
	return policytest.View(t, func(s *policy.Sections) { change(&s.Notifications) })
}

// Quiet hours are the reader's: at their very begin and end, over midnight, in
// other zones, where clocks change.
func TestRelease(t *testing.T) {
	shanghai, berlin := catalogue.Person{Zone: "Asia/Shanghai"}, catalogue.Person{Zone: "Europe/Berlin"}
	night := view(t, func(n *policy.Notifications) { n.QuietFrom, n.QuietTo = "21:00", "08:00" })
	siesta := view(t, func(n *policy.Notifications) { n.QuietFrom, n.QuietTo = "12:00", "14:00" })
	none := view(t, func(n *policy.Notifications) { n.QuietFrom, n.QuietTo = "08:00", "08:00" })
	work := view(t, func(n *policy.Notifications) { n.WorkingTimeOnly = true })
	for _, c := range []struct {
		name      string
		v         *policy.View
		p         catalogue.Person
		level     string
		now, want string
	}{
		{"day", night, shanghai, "remind", "2026-03-04T12:00:00+08:00", "2026-03-04T12:00:00+08:00"},
		{"one ms before", night, shanghai, "remind", "2026-03-04T20:59:59.999+08:00", "2026-03-04T20:59:59.999+08:00"},
		{"begin", night, shanghai, "remind", "2026-03-04T21:00:00+08:00", "2026-03-05T08:00:00+08:00"},
		{"after midnight", night, shanghai, "warn", "2026-03-05T03:00:00+08:00", "2026-03-05T08:00:00+08:00"},
		{"one ms before the end", night, shanghai, "inform", "2026-03-05T07:59:59.999+08:00", "2026-03-05T08:00:00+08:00"},
		{"end", night, shanghai, "remind", "2026-03-05T08:00:00+08:00", "2026-03-05T08:00:00+08:00"},
		{"urgent", night, shanghai, "escalate", "2026-03-05T03:00:00+08:00", "2026-03-05T03:00:00+08:00"},
		{"no zone is home", night, catalogue.Person{}, "remind", "2026-03-05T03:00:00+08:00", "2026-03-05T08:00:00+08:00"},
		{"another zone", night, berlin, "remind", "2026-03-05T09:00:00+08:00", "2026-03-05T08:00:00+01:00"},
		{"clocks change", night, berlin, "remind", "2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"},
		{"within a day", siesta, shanghai, "remind", "2026-03-04T13:00:00+08:00", "2026-03-04T14:00:00+08:00"},
		{"switched off", none, shanghai, "remind", "2026-03-05T03:00:00+08:00", "2026-03-05T03:00:00+08:00"},
		{"weekend", work, shanghai, "remind", "2026-03-07T12:00:00+08:00", "2026-03-09T09:00:00+08:00"},
		{"weekend, urgent", work, shanghai, "escalate", "2026-03-07T12:00:00+08:00", "2026-03-07T12:00:00+08:00"},
	} {
		if got := outbox.Release(c.v, c.p, c.level, at(c.now)); got != at(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, at(c.want))
		}
	}
}

func TestDigestTimes(t *testing.T) {
	v, p := view(t, func(n *policy.Notifications) { n.DigestAt = "08:30" }), catalogue.Person{Zone: "Asia/Shanghai"}
	for now, want := range map[string]string{"2026-03-04T08:30:00+08:00": "2026-03-04T08:30:00+08:00", "2026-03-04T08:29:59+08:00": "2026-03-04T08:30:00+08:00",
		"2026-03-04T08:30:00.001+08:00": "2026-03-05T08:30:00+08:00"} {
		if got := outbox.NextDigest(v, p, at(now)); got != at(want) {
			t.Errorf("next after %s: %v", now, got)
		}
	}
	last, day := outbox.LastDigest(v, p, at("2026-03-04T08:29:59+08:00"))
	if last != at("2026-03-03T08:30:00+08:00") || day != "2026-03-03" {
		t.Errorf("last: %v %s", last, day)
	}
	if outbox.NextDigest(view(t, func(n *policy.Notifications) { n.DigestAt = "" }), p, at("2026-03-04T08:30:00+08:00")) != 0 {
		t.Error("no digest where there is none")
	}
}

// levels reach whom they name, never twice, never nobody.
func TestRecipients(t *testing.T) {
	now := at("2026-03-04T12:00:00+08:00")
	away := func(delegate string) []catalogue.Absence {
		return []catalogue.Absence{{From: now - 1, To: now + 1, Delegate: delegate}}
	}
	people := directory.Of(
		catalogue.Person{ID: "wang", Active: true, Supervisor: "boss"}, catalogue.Person{ID: "zhao", Active: true, Supervisor: "wang"},
		catalogue.Person{ID: "boss", Active: true, Supervisor: "top"}, catalogue.Person{ID: "top", Active: true, Roles: []string{"sales_director"}},
		catalogue.Person{ID: "ill", Active: true, Supervisor: "boss", Absences: away("wang")}, catalogue.Person{ID: "with boss", Active: true, Supervisor: "boss", Absences: away("boss")},
		catalogue.Person{ID: "gone", Successor: "zhao", Supervisor: "boss"})
	for _, c := range []struct {
		level, owner string
		want         []string
	}{
		{"remind", "wang", []string{"wang"}}, {"warn", "wang", []string{"boss", "wang"}}, {"escalate", "wang", []string{"boss"}}, {"inform", "wang", []string{"wang"}},
		{"warn", "ill", []string{"boss", "wang"}}, {"warn", "with boss", []string{"boss"}}, {"remind", "gone", []string{"zhao"}}, {"escalate", "top", []string{"top"}},
		{"remind", "unknown", []string{"top"}},
	} {
		if got := outbox.Recipients(people, c.level, c.owner, now); !slices.Equal(got, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.level, c.owner, got, c.want)
		}
	}
}

func TestPauses(t *testing.T) {
	a := outbox.Attempts{First: time.Second, Last: 10 * time.Second}
	for made, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 50: 10 * time.Second} {
		if got := a.Pause(made); got != want {
			t.Errorf("after %d: %v", made, got)
		}
	}
}
