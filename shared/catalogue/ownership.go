package catalogue

import "liuke.dev/shared/instant"

// Ownership says who is responsible for a customer; one per customer.
type Ownership struct {
	Customer string       `json:"customer"`
	Owner    string       `json:"owner,omitempty" doc:"First-responsible person (第一责任人); empty only in the public pool"`
	Since    instant.Time `json:"since,omitempty"`
	Window   string       `json:"window,omitempty" doc:"Who the customer turns to (对外窗口)"`
	Decider  string       `json:"decider,omitempty" doc:"Who decides (谁能拍板)"`
	Follower string       `json:"follower,omitempty" doc:"Who follows continuously (谁持续跟)"`
	Pooled   bool         `json:"pooled,omitempty"`
	PooledAt instant.Time `json:"pooled_at,omitempty"`
	Reason   string       `json:"reason,omitempty" doc:"Why it is in the pool"`
	Transfer string       `json:"transfer,omitempty" doc:"Transfer in progress"`
	Previous string       `json:"previous,omitempty" doc:"Owner before the pool"`
}

// Steps of a transfer.
const (
	TransferRequested  = "requested"
	TransferApproved   = "approved"
	TransferHandedOver = "handed_over"
	TransferAccepted   = "accepted"
	TransferRejected   = "rejected"
	TransferCancelled  = "cancelled"
)

// Transfer of a customer from one owner to another.
type Transfer struct {
	ID          string       `json:"id"`
	Customer    string       `json:"customer"`
	From        string       `json:"from"`
	To          string       `json:"to"`
	RequestedBy string       `json:"requested_by"`
	Reason      string       `json:"reason"`
	Status      string       `json:"status" enum:"requested,approved,handed_over,accepted,rejected,cancelled"`
	Approver    string       `json:"approver,omitempty" doc:"Who is asked to approve, then who did"`
	Note        string       `json:"note,omitempty" doc:"Hand-over note"`
	Remark      string       `json:"remark,omitempty"`
	RequestedAt instant.Time `json:"requested_at"`
	ApprovedAt  instant.Time `json:"approved_at,omitempty"`
	HandedAt    instant.Time `json:"handed_over_at,omitempty"`
	EndedAt     instant.Time `json:"ended_at,omitempty"`
}

// OwnerChanged is recorded when a customer gets another owner.
type OwnerChanged struct {
	Head
	Before Ownership `json:"before"`
	After  Ownership `json:"after"`
	Reason string    `json:"reason" enum:"intake,rotation,claim,transfer,owner_left,customer_owner,escalation,recycle,manual,undo"`
	Remark string    `json:"remark,omitempty" doc:"What a person said to it"`
}

// CustomerPooled is recorded when a customer goes to the public pool.
type CustomerPooled struct {
	Head
	Before Ownership `json:"before"`
	After  Ownership `json:"after"`
	Reason string    `json:"reason"`
}

// CustomerClaimed is recorded when somebody takes a customer from the pool.
type CustomerClaimed struct {
	Head
	After Ownership `json:"after"`
}

// TransferStepped is recorded with every step of a transfer.
type TransferStepped struct {
	Head
	Before string   `json:"before,omitempty" doc:"Status before, empty for the request"`
	After  Transfer `json:"after"`
}

func (*OwnerChanged) Kind() Kind {
	return Kind{"liuke.ownership.owner_changed.v1", TopicLeads, "A customer got another owner."}
}
func (*CustomerPooled) Kind() Kind {
	return Kind{"liuke.ownership.customer_pooled.v1", TopicLeads, "A customer went to the public pool."}
}
func (*CustomerClaimed) Kind() Kind {
	return Kind{"liuke.ownership.customer_claimed.v1", TopicLeads, "Somebody took a customer from the public pool."}
}
func (*TransferStepped) Kind() Kind {
	return Kind{"liuke.ownership.transfer_stepped.v1", TopicLeads, "A transfer was requested, approved, handed over, accepted, rejected or cancelled."}
}

func ownership() []Data {
	return []Data{&OwnerChanged{}, &CustomerPooled{}, &CustomerClaimed{}, &TransferStepped{}}
}
