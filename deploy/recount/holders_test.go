package recount

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
)

// Whoever holds a thing is known from its facts, and how often it went to somebody
// else; what is over is held by nobody.
func TestHolders(t *testing.T) {
	story := []catalogue.Data{
		&catalogue.LeadRecorded{After: catalogue.Lead{ID: "a", Owner: "wang"}}, &catalogue.LeadRecorded{After: catalogue.Lead{ID: "b", Owner: "wang"}},
		&catalogue.LeadRecorded{After: catalogue.Lead{ID: "c", Owner: "wang"}}, &catalogue.LeadRecorded{After: catalogue.Lead{ID: "d", Owner: "wang"}},
		&catalogue.DealOpened{After: catalogue.Deal{ID: "a", Owner: "wang"}}, &catalogue.DealOpened{After: catalogue.Deal{ID: "b", Owner: "wang"}},
		&catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "a", Owner: "wang"}}, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "b", Owner: "wang"}},
		&catalogue.TaskCreated{After: catalogue.Task{ID: "a", Assignee: "wang"}}, &catalogue.TaskCreated{After: catalogue.Task{ID: "b", Assignee: "wang"}},
		&catalogue.TransferStepped{After: catalogue.Transfer{ID: "a", From: "wang", To: "zhao", Status: catalogue.TransferRequested}},
		&catalogue.LeadAssigned{Lead: "a", Before: "wang", After: "li"}, &catalogue.LeadAssigned{Lead: "a", Before: "li", After: "zhao"}, &catalogue.LeadPooled{Lead: "b", Before: "wang"},
		&catalogue.LeadStatusChanged{Lead: "c", After: catalogue.LeadClosed}, &catalogue.LeadStatusChanged{Lead: "d", After: catalogue.LeadContacted},
		&catalogue.DealAssigned{Deal: "a", Before: "wang", After: "li"}, &catalogue.DealClosed{Deal: "b", Outcome: catalogue.DealWon},
		&catalogue.OwnerChanged{After: catalogue.Ownership{Customer: "a", Owner: "wang", Window: "li"}}, &catalogue.CustomerPooled{After: catalogue.Ownership{Customer: "b"}},
		&catalogue.TaskChanged{After: catalogue.Task{ID: "a", Assignee: "li"}}, &catalogue.TaskEnded{After: catalogue.Task{ID: "b", Assignee: "wang"}},
		&catalogue.TransferStepped{After: catalogue.Transfer{ID: "a", From: "li", To: "zhao", Status: catalogue.TransferApproved}},
	}
	h, err := ReadHolders(told(t, story))
	if err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string][]string{"wang": {"customer/a", "lead/d"}, "li": {"deal/a", "task/a", "transfer/a/from"}, "zhao": {"lead/a", "transfer/a/to"}, "": {"customer/b", "lead/b"}} {
		if got := h.By(person); !slices.Equal(got, want) {
			t.Errorf("%q holds %v, want %v", person, got, want)
		}
	}
	for thing, want := range map[string]int{"lead/a": 2, "lead/b": 1, "lead/d": 0, "deal/a": 1, "customer/a": 0, "task/a": 1, "transfer/a/from": 1, "transfer/a/to": 0} {
		if h.Moves[thing] != want {
			t.Errorf("%s went %d times, want %d", thing, h.Moves[thing], want)
		}
	}
	if _, open := h.Tasks["b"]; open || h.Tasks["a"].Assignee != "li" {
		t.Errorf("open tasks %v", h.Tasks)
	}
}
