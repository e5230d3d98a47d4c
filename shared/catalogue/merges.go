package catalogue

import "liuke.dev/shared/instant"

// States of a merge.
const (
	MergeBegun   = "begun"
	Merged       = "merged"
	MergeUndoing = "undoing"
	MergeUndone  = "undone"
)

// Thing is something that a customer holds: a subject, or an entry of the timeline.
type Thing struct {
	Kind string `json:"kind" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	ID   string `json:"id"`
}

// Merge makes one customer of two, because a person said that they are one.
// It can be undone: both come back with what has happened since, split by origin.
type Merge struct {
	ID     string       `json:"id"`
	From   string       `json:"from" doc:"The file that was taken in"`
	Into   string       `json:"into" doc:"The file that goes on"`
	Name   string       `json:"name" doc:"Whose name it goes on under: id of either"`
	Reason string       `json:"reason"`
	By     string       `json:"by"`
	At     instant.Time `json:"at"`
	Status string       `json:"status" enum:"begun,merged,undoing,undone"`

	UndoneBy   string       `json:"undone_by,omitempty"`
	UndoneAt   instant.Time `json:"undone_at,omitempty"`
	UndoReason string       `json:"undo_reason,omitempty"`
	// Given are things recorded since the merge that went to the customer who came back.
	Given []Thing `json:"given,omitempty" doc:"What was recorded since the merge and went to the customer that came back"`
}

// CustomersMerged is recorded when a person has merged two customers.
type CustomersMerged struct {
	Head
	After Merge `json:"after"`
	// Winner and Loser are the two files as the merge found them.
	Winner Customer `json:"winner" doc:"The file that goes on, as the merge found it"`
	Loser  Customer `json:"loser" doc:"The file that was taken in, as the merge found it"`
}

// MergeTakenBack is recorded when a merge has been undone.
type MergeTakenBack struct {
	Head
	After Merge `json:"after"`
}

// CustomerUnfolded is recorded when a customer's file that was folded into another one stands by itself again.
type CustomerUnfolded struct {
	Head
	From  string   `json:"from" doc:"The customer that is back"`
	Into  string   `json:"into" doc:"The customer that it was folded into"`
	Merge string   `json:"merge"`
	After Customer `json:"after" doc:"The file that is back"`
	Given []Thing  `json:"given,omitempty" doc:"What was recorded since the merge and is the customer's that is back"`
}

// HoldingMoved is recorded by a thing of a customer that has a journey of its own (a case,
// a contract, an intervention, a churn review, a change of need) when a merge, or its
// undoing, makes it another customer's.
type HoldingMoved struct {
	Head
	Thing Thing  `json:"thing"`
	From  string `json:"from" doc:"The customer whose it was"`
	Into  string `json:"into" doc:"The customer whose it is"`
}

// Kind names the fact.
func (*CustomersMerged) Kind() Kind {
	return Kind{"liuke.accounts.customers_merged.v1", TopicAccounts, "A person made one customer of two."}
}

// Kind names the fact.
func (*MergeTakenBack) Kind() Kind {
	return Kind{"liuke.accounts.merge_undone.v1", TopicAccounts, "A merge of two customers was undone."}
}

// Kind names the fact.
func (*CustomerUnfolded) Kind() Kind {
	return Kind{"liuke.accounts.customer_unfolded.v1", TopicAccounts, "A customer's file that was folded into another one stands by itself again."}
}

// Kind names the fact.
func (*HoldingMoved) Kind() Kind {
	return Kind{"liuke.accounts.holding_moved.v1", TopicAccounts, "A thing of a customer became another customer's by a merge or its undoing."}
}

func merges() []Data {
	return []Data{&CustomersMerged{}, &MergeTakenBack{}, &CustomerUnfolded{}, &HoldingMoved{}}
}
