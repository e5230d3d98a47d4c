package budget_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

func rules(t testing.TB, zone string, change ...func(*policy.Sections)) budget.Rules {
	t.Helper()
	return budget.RulesOf(policytest.View(t, change...), zone)
}

// at reads local time in Shanghai.
func at(t testing.TB, text string) instant.Time {
	t.Helper()
	v, err := instant.Parse(text[:10] + "T" + text[11:] + ":00+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ask(id, department string) budget.Slot { return budget.Slot{ID: id, Department: department} }

// D-9: one contact a day and three in any seven days; the next waits for the
// earliest free instant, which is when the customer's day begins and is awake.
func TestDayAndWeek(t *testing.T) {
	r := rules(t, "")
	b := budget.Budget{Customer: "c"}
	now := at(t, "2026-03-02 10:00") // Monday
	for i, want := range []struct{ at, rule string }{
		{"2026-03-02 10:00", ""}, {"2026-03-03 09:00", budget.PerDay}, {"2026-03-04 09:00", budget.PerDay},
		{"2026-03-09 09:00", budget.PerWeek}, {"2026-03-10 09:00", budget.PerWeek},
	} {
		if got := b.Take(ask(fmt.Sprint("a", i), "sales"), false, now, r); !got.Granted || got.At != at(t, want.at) || got.Rule != want.rule {
			t.Errorf("%d: %+v (%s), want %v", i, got, r.Local(got.At), want)
		}
	}
	if got := b.Take(ask("a0", "sales"), false, now.Add(time.Hour), r); got.At != now {
		t.Errorf("asked again it moved: %+v", got)
	}
	if got := b.Take(ask("b", "service"), true, now, r); got.Granted || got.Rule != budget.PerWeek && got.Rule != budget.PerDay {
		t.Errorf("what is not to be deferred: %+v", got)
	}
	if d, w := b.Used(now, r); d != 1 || w != 3 {
		t.Errorf("used %d, %d", d, w)
	}
}

// D-9: quiet hours are the customer's: at 21:00 it is night, one millisecond
// before it is not; at 9:00 it is day. Elsewhere it is another time.
func TestQuietHours(t *testing.T) {
	night, morning := at(t, "2026-03-02 21:00"), at(t, "2026-03-03 09:00")
	for name, c := range map[string]struct {
		zone      string
		now, want instant.Time
		anyHour   bool
	}{
		"one before night":      {"", night - ms, night - ms, false},
		"night":                 {"", night, morning, false},
		"after midnight":        {"", night + 5*hour, morning, false},
		"one before day":        {"", morning - ms, morning, false},
		"day":                   {"", morning, morning, false},
		"urgent":                {"", night, night, true},
		"it is noon in London":  {"Europe/London", night, night, false},
		"it is night in London": {"Europe/London", morning, at(t, "2026-03-03 17:00"), false},
		"no zone there is":      {"Mars/Olympus", night, morning, false},
		"clocks leap ahead":     {"America/New_York", at(t, "2026-03-08 15:30"), at(t, "2026-03-08 21:00"), false}, // 02:30 EST
	} {
		t.Run(name, func(t *testing.T) {
			b := budget.Budget{}
			s := ask("a", "sales")
			s.AnyHour = c.anyHour
			if got := b.Take(s, false, c.now, rules(t, c.zone)); got.At != c.want {
				t.Errorf("leaves at %s, want %s", got.At, c.want)
			}
		})
	}
}

// D-9: a department's first comes before another's second; who waits keeps the
// order in which it asked, and a place that is given back lets the others move up.
func TestFairBetweenDepartments(t *testing.T) {
	r := rules(t, "", func(s *policy.Sections) { s.Outreach.PerWeek = 7 })
	b := budget.Budget{}
	now := at(t, "2026-03-02 10:00")
	for i := range 4 {
		b.Take(ask(fmt.Sprint("sales", i), "sales"), false, now+instant.Time(i), r)
	}
	b.Spend(now+10*ms, r)
	b.Take(ask("service0", "service"), false, now+20*ms, r)
	order := func() []string {
		waiting := slices.Clone(b.Slots)
		waiting = slices.DeleteFunc(waiting, func(s budget.Slot) bool { return s.State != budget.Waiting })
		slices.SortFunc(waiting, func(x, y budget.Slot) int { return int((x.At - y.At) / hour) })
		var ids []string
		for _, s := range waiting {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if got := order(); !slices.Equal(got, []string{"sales1", "service0", "sales2", "sales3"}) {
		t.Errorf("order %v", got)
	}
	if !slices.Contains(b.Untold, "sales2") {
		t.Errorf("who moved is to be told: %v", b.Untold)
	}
	b.Release("sales1", now+30*ms, r)
	if got := order(); !slices.Equal(got, []string{"sales2", "service0", "sales3"}) {
		t.Errorf("order %v", got)
	}
	if s, _ := b.Find("sales2"); s.At != at(t, "2026-03-03 09:00") {
		t.Errorf("it did not move up: %s", r.Local(s.At))
	}
}

// D-9: nobody who has a place in time loses it to one who asks later.
func TestPlacesAreKept(t *testing.T) {
	r := rules(t, "")
	b := budget.Budget{}
	now := at(t, "2026-03-02 10:00")
	b.Take(ask("a", "sales"), false, now, r)
	second := ask("b", "sales")
	second.Until = at(t, "2026-03-03 12:00")
	if got := b.Take(second, false, now, r); !got.Granted {
		t.Fatal(got)
	}
	b.Spend(now, r)
	b.Take(ask("c", "service"), false, now, r) // b is sales' first by now, and asked before
	third := ask("d", "sales")
	third.Until = at(t, "2026-03-04 12:00")
	got := b.Take(third, false, now, r)
	if got.Granted || got.Rule != budget.PerWeek {
		t.Errorf("beyond its time: %+v", got)
	}
	if s, _ := b.Find("b"); s.At != at(t, "2026-03-03 09:00") {
		t.Errorf("b moved to %s", r.Local(s.At))
	}
}

// D-9: a person who asked before the call has the place; a call that nobody asked
// for counts after the fact, and what waits for that day moves to the next.
func TestPeopleCount(t *testing.T) {
	r := rules(t, "")
	b := budget.Budget{}
	now := at(t, "2026-03-02 10:00")
	hold := ask("h", "sales")
	hold.By = "wang"
	if got := b.Hold(hold, now, r); !got.Granted || got.At != now {
		t.Fatal(got)
	}
	if got := b.Hold(ask("h2", "service"), now, r); got.Granted || got.At != at(t, "2026-03-03 09:00") || got.Rule != budget.PerDay {
		t.Errorf("a second call on the day: %+v", got)
	}
	b.Record(budget.Slot{ID: "call", At: now + hour, By: "wang"}, now+hour, r)
	if d, _ := b.Used(now, r); d != 1 {
		t.Errorf("the reserved call counts %d times", d)
	}
	b.Take(ask("mail", "service"), false, now+2*hour, r) // for Tuesday 9:00
	tuesday := at(t, "2026-03-03 08:00")
	b.Record(budget.Slot{ID: "visit", At: tuesday, By: "li"}, tuesday, r)
	if s, _ := b.Find("mail"); s.At != at(t, "2026-03-04 09:00") || !slices.Contains(b.Untold, "mail") {
		t.Errorf("the mail leaves at %s", r.Local(s.At))
	}
	if b.Record(budget.Slot{ID: "visit", At: tuesday, By: "li"}, tuesday, r) {
		t.Error("counted twice")
	}
}

// A reservation that is not used is free again when it ends, not before.
func TestReservationsEnd(t *testing.T) {
	r := rules(t, "")
	b := budget.Budget{}
	now := at(t, "2026-03-02 10:00")
	b.Hold(ask("h", "sales"), now, r)
	if got := b.Take(ask("m", "service"), true, now+4*hour-ms, r); got.Granted {
		t.Errorf("taken: %+v", got)
	}
	if got := b.Take(ask("m", "service"), true, now+4*hour, r); !got.Granted || got.At != now+4*hour {
		t.Errorf("not free: %+v", got)
	}
}

// What the customer waits for does not count: purposes that are exempt, and
// answers up to 48 hours after the customer's own contact.
func TestAnswersAreFree(t *testing.T) {
	r := rules(t, "")
	now := at(t, "2026-03-02 10:00")
	for name, c := range map[string]struct {
		after instant.Time
		want  int
	}{"at the bound": {48 * hour, 0}, "one after": {48*hour + ms, 1}, "before it": {-ms, 1}} {
		b := budget.Budget{}
		b.Hear(now)
		b.Record(budget.Slot{ID: "call", At: now + c.after, By: "wang"}, now+c.after, r)
		if d, _ := b.Used(now+c.after, r); d != c.want {
			t.Errorf("%s: counts %d", name, d)
		}
	}
	b := budget.Budget{}
	s := ask("contract", "sales")
	s.Free = true
	b.Take(ask("a", "sales"), false, now, r)
	if got := b.Take(s, false, now, r); got.At != now {
		t.Errorf("a contract waits until %s", r.Local(got.At))
	}
}

// A demo lets a day pass in a minute: the budget goes by its days.
func TestAtSpeed(t *testing.T) {
	book := policy.Book{Version: 1, Sections: policy.Defaults()}
	v, err := policy.NewView(&book, 1440)
	if err != nil {
		t.Fatal(err)
	}
	r := budget.RulesOf(v, "")
	b := budget.Budget{}
	now := at(t, "2026-03-02 23:00") // no quiet hours
	first, second := b.Take(ask("a", "sales"), false, now, r), b.Take(ask("b", "service"), false, now, r)
	if first.At != now || second.At <= now || second.At > now+60_000 {
		t.Errorf("%v, %v", first, second)
	}
}
