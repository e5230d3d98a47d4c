package task_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
)

const now = instant.Time(1_800_000_000_000)

// who does a task, at the very begin and end of an absence.
func TestPlace(t *testing.T) {
	hour := time.Hour
	people := directory.Of(
		catalogue.Person{ID: "wang", Active: true, Supervisor: "boss", Absences: []catalogue.Absence{{From: now.Add(hour), To: now.Add(3 * hour), Delegate: "zhao"}}},
		catalogue.Person{ID: "zhao", Active: true, Supervisor: "boss"}, catalogue.Person{ID: "boss", Active: true},
		catalogue.Person{ID: "gone", Successor: "also gone"}, catalogue.Person{ID: "also gone", Successor: "wang"}, catalogue.Person{ID: "lost", Supervisor: "boss"})
	for _, c := range []struct {
		name, owner string
		due, now    instant.Time
		assignee    string
		for_, owns  string
	}{
		{"before the absence", "wang", now.Add(hour) - 1, now, "wang", "", "wang"},
		{"at its begin", "wang", now.Add(hour), now, "zhao", "wang", "wang"},
		{"just before its end", "wang", now.Add(3*hour) - 1, now, "zhao", "wang", "wang"},
		{"at its end", "wang", now.Add(3 * hour), now, "wang", "", "wang"},
		{"overdue while away", "wang", now, now.Add(2 * hour), "zhao", "wang", "wang"},
		{"overdue when back", "wang", now.Add(hour), now.Add(4 * hour), "wang", "", "wang"},
		{"left", "gone", now, now, "wang", "", "wang"},
		{"left, successor away", "gone", now.Add(2 * hour), now, "zhao", "wang", "wang"},
		{"left without a successor", "lost", now, now, "boss", "", "boss"},
	} {
		x := task.Task{Owner: c.owner, Task: catalogue.Task{Due: c.due}}
		x.Place(people, c.now)
		if x.Assignee != c.assignee || x.OnBehalfOf != c.for_ || x.Owner != c.owns {
			t.Errorf("%s: %s for %q of %s", c.name, x.Assignee, x.OnBehalfOf, x.Owner)
		}
		if x.Place(people, c.now) {
			t.Errorf("%s: placing again changes it", c.name)
		}
	}
}

// Whoever leaves or is away: no task is with somebody inactive or absent at the
// time it is to be done, as long as anybody is there.
func TestNoTaskStaysWithSomebodyWhoCannotDoIt(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		var people []catalogue.Person
		for _, id := range ids {
			p := catalogue.Person{ID: id, Active: rapid.Bool().Draw(t, "active"), Supervisor: rapid.SampledFrom(ids).Draw(t, "supervisor"),
				Successor: rapid.SampledFrom(append(ids, "")).Draw(t, "successor")}
			if rapid.Bool().Draw(t, "away") {
				p.Absences = []catalogue.Absence{{From: now - 10, To: now + 10, Delegate: rapid.SampledFrom(ids).Draw(t, "delegate")}}
			}
			people = append(people, p)
		}
		people = append(people, catalogue.Person{ID: "last", Active: true, Roles: []string{"management"}})
		d := directory.Of(people...)
		x := task.Task{Owner: rapid.SampledFrom(ids).Draw(t, "owner"), Task: catalogue.Task{Due: now + instant.Time(rapid.IntRange(-20, 20).Draw(t, "due"))}}
		x.Place(d, now)
		if !d.Available(x.Assignee, max(x.Due, now)) {
			t.Fatalf("%s cannot do it", x.Assignee)
		}
		if p, _ := d.Person(x.Owner); !p.Active {
			t.Fatalf("%s answers for it and left", x.Owner)
		}
	})
}

func TestPostpone(t *testing.T) {
	for name, c := range map[string]struct {
		due instant.Time
		ok  bool
	}{"now": {now, false}, "past": {now - 1, false}, "earlier than due": {now + 50, false}, "same": {now + 100, false}, "later": {now + 101, true},
		"latest": {now + 1000, true}, "too late": {now + 1001, false}} {
		x := task.Task{Task: catalogue.Task{Status: catalogue.TaskOpen, Due: now + 100}}
		if err := x.Postpone(c.due, now, now+1000); (err == nil) != c.ok || (err == nil) != (x.Due == c.due && c.due != now+100) {
			t.Errorf("%s: %v, due %v", name, err, x.Due)
		}
	}
}

// what only a record ends cannot be completed by hand.
func TestMayComplete(t *testing.T) {
	for kind, ok := range map[string]bool{catalogue.TaskFirstTouch: false, catalogue.TaskNextTouch: false, catalogue.TaskSecondTouch: false, catalogue.TaskQuoteConfirm: false,
		catalogue.TaskRevisit: false, catalogue.TaskNurture: false, catalogue.TaskApprove: false, catalogue.TaskHandOver: false, catalogue.TaskAccept: false,
		catalogue.TaskComplete: true, catalogue.TaskRecord: true, task.Manual: true} {
		x := task.Task{Task: catalogue.Task{Kind: kind, Status: catalogue.TaskOpen}}
		if err := x.MayComplete(); (err == nil) != ok {
			t.Errorf("%s: %v", kind, err)
		}
		x.Status = catalogue.TaskDone
		if x.MayComplete() == nil {
			t.Errorf("%s: ended twice", kind)
		}
	}
}
