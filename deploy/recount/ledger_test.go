package recount

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// story is a made-up stream with one journey whose promise is kept.
func story() []catalogue.Data {
	promise := catalogue.Obligation{ID: "lead:a:idle.0:1", Rule: "idle.0", Episode: "1", Due: 1000}
	return []catalogue.Data{
		&catalogue.Decided{Journey: "lead/a", Process: "lead", Number: 1, At: 10, Pending: []catalogue.Obligation{promise}},
		&catalogue.Decided{Journey: "lead/a", Process: "lead", Number: 2, At: 1001, Fired: []catalogue.Fired{{Obligation: promise, At: 1001,
			Effects: []catalogue.EffectRef{{ID: "lead:a:idle.0:1:0", Verb: "remind"}, {ID: "lead:a:idle.0:1:1", Verb: "create_task"}}}}},
		&catalogue.ReminderIssued{After: catalogue.Reminder{ID: "lead:a:idle.0:1:0", Why: promise.ID}},
		&catalogue.TaskCreated{After: catalogue.Task{ID: "lead:a:idle.0:1:1", Why: promise.ID}},
		&catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: "f", Subject: catalogue.Subject{Kind: "lead", ID: "a"}, Counts: true}},
		&catalogue.NextTouchPlanned{Task: "f", Subject: catalogue.Subject{Kind: "lead", ID: "a"}},
		&catalogue.TaskCreated{After: catalogue.Task{ID: "f"}},
		&catalogue.TaskCreated{After: catalogue.Task{ID: "own", Why: "person:wang"}},
	}
}

// told gives a story as it comes in the stream.
func told(t *testing.T, story []catalogue.Data) (events []facts.Event) {
	t.Helper()
	for i, d := range story {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, facts.Event{ID: fmt.Sprintf("x/%d/0", i), Type: d.Kind().Type, Data: data})
	}
	return events
}

func broken(t *testing.T, story []catalogue.Data) []string {
	t.Helper()
	l, err := ReadLedger(told(t, story))
	if err != nil {
		t.Fatal(err)
	}
	return l.Broken(instant.Time(10_000), time.Second)
}

// The count that the other tests trust finds each kind of broken promise.
func TestTheLedgerFindsEveryKindOfBrokenPromise(t *testing.T) {
	if found := broken(t, story()); len(found) > 0 {
		t.Fatalf("a story without fault is called broken: %v", found)
	}
	for _, c := range []struct {
		name, want string
		spoil      func(s []catalogue.Data) []catalogue.Data
	}{
		{"a decision is missing", "decision 2 comes where 1 belongs", func(s []catalogue.Data) []catalogue.Data { return s[1:] }},
		{"a decision came twice", "decision 2 comes where 3 belongs", func(s []catalogue.Data) []catalogue.Data { return append(s, s[1]) }},
		{"an obligation fired twice", "fired 2 times", func(s []catalogue.Data) []catalogue.Data {
			again := *s[1].(*catalogue.Decided)
			again.Number = 3
			return append(s, &again)
		}},
		{"an obligation never fired", "never fired", func(s []catalogue.Data) []catalogue.Data { return append(s[:1:1], s[4:]...) }},
		{"an obligation fired too early", "before it was due", func(s []catalogue.Data) []catalogue.Data {
			s[1].(*catalogue.Decided).Fired[0].At = 900
			return s
		}},
		{"an obligation vanished", "vanished", func(s []catalogue.Data) []catalogue.Data {
			return append(append(s[:1:1], &catalogue.Decided{Journey: "lead/a", Number: 2, At: 20}), s[4:]...)
		}},
		{"a reminder is missing", "(remind) happened 0 times", func(s []catalogue.Data) []catalogue.Data { return slices.Delete(s, 2, 3) }},
		{"a task is missing", "(create_task) happened 0 times", func(s []catalogue.Data) []catalogue.Data { return slices.Delete(s, 3, 4) }},
		{"a task came twice", "created 2 times", func(s []catalogue.Data) []catalogue.Data { return append(s, s[3]) }},
		{"a task that nothing asked for", "asked for by no fired obligation", func(s []catalogue.Data) []catalogue.Data {
			return append(s, &catalogue.TaskCreated{After: catalogue.Task{ID: "lead:a:idle.1:1:0"}})
		}},
		{"a reminder that nothing asked for", "asked for by no fired obligation", func(s []catalogue.Data) []catalogue.Data {
			return append(s, &catalogue.ReminderIssued{After: catalogue.Reminder{ID: "lead:a:idle.1:1:0"}})
		}},
		{"a new lead without its first-contact task", "has 0 first-contact tasks", func(s []catalogue.Data) []catalogue.Data {
			return append(s, &catalogue.LeadRecorded{After: catalogue.Lead{ID: "b", Owner: "wang", Status: catalogue.LeadNew}})
		}},
		{"a follow-up without its task", "has 0 tasks", func(s []catalogue.Data) []catalogue.Data { return s[:6] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if found := strings.Join(broken(t, c.spoil(story())), "\n"); !strings.Contains(found, c.want) {
				t.Errorf("found %q, wanted %q", found, c.want)
			}
		})
	}
}
