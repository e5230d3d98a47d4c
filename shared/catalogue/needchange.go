package catalogue

import "liuke.dev/shared/instant"

// States of a change of need.
const (
	NeedRequested = "requested"
	NeedApproved  = "approved" // and synchronised to the departments, which confirm
	NeedConfirmed = "confirmed"
	NeedRejected  = "rejected"
	NeedCancelled = "cancelled"
)

// Kinds of tasks about a change of need.
const (
	TaskApproveNeed = "approve_need" // 审批需求变更
	TaskConfirmNeed = "confirm_need" // 确认需求变更
)

// NeedChange is a change of what a customer needs: approved, then synchronised
// to every department concerned, each of which confirms.
type NeedChange struct {
	ID          string             `json:"id"`
	Customer    string             `json:"customer"`
	Reason      string             `json:"reason" doc:"What changed, in words"`
	Add         []string           `json:"add,omitempty" doc:"Need tags that now hold"`
	Remove      []string           `json:"remove,omitempty" doc:"Need tags that no longer hold"`
	Status      string             `json:"status" enum:"requested,approved,confirmed,rejected,cancelled"`
	RequestedBy string             `json:"requested_by"`
	Approver    string             `json:"approver" doc:"Who is asked to approve, then who did"`
	Remark      string             `json:"remark,omitempty" doc:"Of whoever approved, rejected or cancelled"`
	Departments []NeedConfirmation `json:"departments" doc:"Who must know"`
	RequestedAt instant.Time       `json:"requested_at"`
	ApprovedAt  instant.Time       `json:"approved_at,omitempty"`
	EndedAt     instant.Time       `json:"ended_at,omitempty"`
}

// NeedConfirmation is what a department has done about a change of need.
type NeedConfirmation struct {
	Department  string       `json:"department" doc:"Role of the department: service, implementation, product …"`
	Person      string       `json:"person" doc:"Who confirms for it"`
	ConfirmedBy string       `json:"confirmed_by,omitempty"`
	ConfirmedAt instant.Time `json:"confirmed_at,omitempty"`
	Note        string       `json:"note,omitempty" doc:"What the department does about it"`
}

// NeedChangeStepped is recorded with every step of a change of need.
type NeedChangeStepped struct {
	Head
	Before *NeedChange `json:"before,omitempty" doc:"Absent for the request"`
	After  NeedChange  `json:"after"`
}

func (*NeedChangeStepped) Kind() Kind {
	return Kind{"liuke.accounts.need_change_stepped.v1", TopicAccounts, "A change of need was requested, approved, confirmed by a department, rejected or cancelled."}
}

func needChanges() []Data { return []Data{&NeedChangeStepped{}} }
