package policy

// Undo rules how long what went wrong can be taken back.
type Undo struct {
	OwnerWithin Duration `json:"owner_within" doc:"A transfer, recycling, claim or reassignment can be undone this long; empty: never"`
	MergeWithin Duration `json:"merge_within" doc:"A merge of two customers can be undone this long; empty: never"`
}

func defaultUndo() Undo { return Undo{OwnerWithin: D("14d"), MergeWithin: D("90d")} }
