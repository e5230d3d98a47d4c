package recount

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

func ledger(t *testing.T, story []catalogue.Data) *Ledger {
	t.Helper()
	l := NewLedger()
	for i, d := range story { // bit by bit, as facts come
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Take([]facts.Event{{ID: fmt.Sprintf("x/%d/0", i), Type: d.Kind().Type, Data: data}}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// What is not done yet is named, and what came due later is not.
func TestUndoneNamesWhatWasDueAndWhatWasAcknowledged(t *testing.T) {
	j := NewJournal()
	j.lead("a", "company")
	j.followUp("f", "/v1/leads/a")
	whole := story()
	if undone := ledger(t, whole).Undone(j, 10_000); len(undone) > 0 {
		t.Errorf("everything was done: %v", undone)
	}
	if undone := ledger(t, whole[:1]).Undone(NewJournal(), 900); len(undone) > 0 {
		t.Errorf("nothing was due: %v", undone)
	}
	for want, told := range map[string][]catalogue.Data{
		"has not fired":               whole[:1],
		"(remind) has not happened":   append(append([]catalogue.Data{}, whole[:2]...), whole[3:]...),
		"no fact of follow-up f":      whole[:4],
		"no decision on lead a":       nil,
		"no task for the next touch":  whole[:6],
		"no first-contact task":       append(append([]catalogue.Data{}, whole...), &catalogue.LeadRecorded{After: catalogue.Lead{ID: "b", Owner: "wang", Status: catalogue.LeadNew}}),
		"(create_task) has not happe": append(append([]catalogue.Data{}, whole[:3]...), whole[4:]...),
	} {
		if undone := strings.Join(ledger(t, told).Undone(j, 10_000), "\n"); !strings.Contains(undone, want) {
			t.Errorf("wanted %q, found %q", want, undone)
		}
	}
}

func TestDoubledFindsWhatHappenedTwice(t *testing.T) {
	whole := story()
	if doubled := ledger(t, whole).Doubled(); len(doubled) > 0 {
		t.Errorf("nothing was doubled: %v", doubled)
	}
	again := *whole[1].(*catalogue.Decided)
	again.Number = 3
	for want, told := range map[string]catalogue.Data{
		"fired 2 times": &again, "decision 2 comes where 3 belongs": whole[1], "was issued 2 times": whole[2], "was created 2 times": whole[3],
	} {
		if doubled := strings.Join(ledger(t, append(append([]catalogue.Data{}, whole...), told)).Doubled(), "\n"); !strings.Contains(doubled, want) {
			t.Errorf("wanted %q, found %q", want, doubled)
		}
	}
}

// Lists that are read while the program works hold at least what had happened
// before, once, and nothing that nothing asked for.
func TestListsAreComparedWithWhatHappenedBeforeAndAfter(t *testing.T) {
	l := ledger(t, story())
	before := l.Happened()
	have := map[string]int{"task lead:a:idle.0:1:1": 1, "task own": 1, "task f": 1, "reminder lead:a:idle.0:1:0": 1}
	if wrong := (Seen{Entries: have}).Between(before, l); len(wrong) > 0 {
		t.Errorf("lists that are right: %v", wrong)
	}
	for want, entries := range map[string]map[string]int{
		"task f: 0 times":       {"task lead:a:idle.0:1:1": 1, "task own": 1, "reminder lead:a:idle.0:1:0": 1},
		"task f: 2 times":       {"task lead:a:idle.0:1:1": 1, "task own": 1, "task f": 2, "reminder lead:a:idle.0:1:0": 1},
		"nothing asked for it":  {"task lead:a:idle.0:1:1": 1, "task own": 1, "task f": 1, "reminder lead:a:idle.0:1:0": 1, "task g": 1},
		"reminder lead:a:idle.": {"task lead:a:idle.0:1:1": 1, "task own": 1, "task f": 1},
	} {
		if wrong := strings.Join(Seen{Entries: entries}.Between(before, l), "\n"); !strings.Contains(wrong, want) {
			t.Errorf("wanted %q, found %q", want, wrong)
		}
	}
}

func TestUndeliveredNamesMailsAndWebhooksThatDidNotCome(t *testing.T) {
	l := ledger(t, []catalogue.Data{&catalogue.ReminderIssued{After: catalogue.Reminder{ID: "r", To: []string{"wang", "nobody"}, Due: instant.Time(5), At: instant.Time(6)}}})
	reachable := map[string]bool{"wang": true}
	if left := l.Undelivered(instant.Time(10), reachable, map[string]int{"r:wang:email": 1}, map[string]int{"r:configured:webhook": 2}); len(left) > 0 {
		t.Errorf("everything came: %v", left)
	}
	if left := l.Undelivered(instant.Time(10), reachable, nil, map[string]int{}); len(left) != 2 {
		t.Errorf("neither came: %v", left)
	}
	if left := l.Undelivered(instant.Time(5), reachable, nil, map[string]int{}); len(left) > 0 {
		t.Errorf("not due then: %v", left)
	}
}

func TestUntouchedLeadsAreKnownFromFactsAlone(t *testing.T) {
	other := &catalogue.Decided{Journey: "lead/b", Process: "lead", Number: 1, At: 10}
	if ids := ledger(t, append(story(), other, &catalogue.Decided{Journey: "deal/d", Process: "deal", Number: 1, At: 10})).Untouched(); len(ids) != 1 || ids[0] != "b" {
		t.Errorf("untouched: %v", ids)
	}
}

func TestALeadIsUnknownUntilItsJourneyDecides(t *testing.T) {
	recorded := append(story(), &catalogue.LeadRecorded{After: catalogue.Lead{ID: "b", Owner: "wang", Status: catalogue.LeadNew}})
	if ids := ledger(t, recorded).Unknown(); len(ids) != 1 || ids[0] != "b" {
		t.Errorf("unknown: %v", ids)
	}
	if ids := ledger(t, append(recorded, &catalogue.Decided{Journey: "lead/b", Process: "lead", Number: 1, At: 10})).Unknown(); len(ids) > 0 {
		t.Errorf("unknown: %v", ids)
	}
}

// Only what still promises something is under way, and only leads and deals are
// brought to an end by people.
func TestUnderWayIsWhatStillPromisesSomething(t *testing.T) {
	pending := []catalogue.Obligation{{ID: "o", Due: 1000}}
	l := ledger(t, []catalogue.Data{
		&catalogue.Decided{Journey: "lead/a", Process: "lead", Number: 1, Pending: pending},
		&catalogue.Decided{Journey: "lead/b", Process: "lead", Number: 1, Pending: pending},
		&catalogue.Decided{Journey: "lead/b", Process: "lead", Number: 2, Ended: true},
		&catalogue.Decided{Journey: "deal/d", Process: "deal", Number: 1, Pending: pending},
		&catalogue.Decided{Journey: "review/r", Process: "review", Number: 1, Pending: pending},
	})
	if paths := l.UnderWay(); !slices.Equal(paths, []string{"/v1/deals/d", "/v1/leads/a"}) {
		t.Errorf("under way: %v", paths)
	}
}

// What is acknowledged after a copy was taken is not in it.
func TestACopyOfAJournalStandsStill(t *testing.T) {
	j := NewJournal()
	j.lead("a", "A")
	c := j.Copy()
	j.lead("b", "B")
	j.closed("/v1/leads/a")
	if c.Size() != 1 || j.Size() != 3 || len(c.undecided(NewLedger())) != 1 {
		t.Errorf("the copy has %d, the journal %d", c.Size(), j.Size())
	}
}
