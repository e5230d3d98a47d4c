package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

// Lead states.
const (
	LeadNew       = "new"       // 未联系
	LeadContacted = "contacted" // 已联系
	LeadNurturing = "nurturing" // 长期培育
	LeadConverted = "converted" // 已转商机
	LeadFolded    = "folded"    // 并入已有线索
	LeadClosed    = "closed"    // 已关闭
)

// Lead is a lead as facts show it.
type Lead struct {
	ID       string `json:"id"`
	Company  string `json:"company"`
	Contact  string `json:"contact"`
	Phone    string `json:"phone,omitempty" doc:"E.164"`
	Email    string `json:"email,omitempty"`
	WeChat   string `json:"wechat,omitempty"`
	Source   string `json:"source"`
	Need     string `json:"need"`
	Status   string `json:"status" enum:"new,contacted,nurturing,converted,folded,closed"`
	Owner    string `json:"owner,omitempty" doc:"First-responsible person; empty only in the public pool"`
	Pooled   bool   `json:"pooled,omitempty" doc:"In the public pool (公共资源)"`
	Customer string `json:"customer,omitempty"`
	// Origins are the customers that it belonged to before merges moved it.
	Origins []string `json:"origins,omitempty" doc:"Customers it belonged to before merges moved it, oldest first"`
	// FoldedInto is the earlier open lead of the same customer with the same need.
	FoldedInto string `json:"folded_into,omitempty"`
	Deal       string `json:"deal,omitempty" doc:"The deal it was converted to"`

	CustomerType string        `json:"customer_type,omitempty"`
	BudgetBand   string        `json:"budget_band,omitempty"`
	Value        *money.Amount `json:"value,omitempty" doc:"Estimated value"`
	KeyPerson    string        `json:"key_person,omitempty"`
	KeyNeed      string        `json:"key_need,omitempty"`
	Objections   []string      `json:"objections,omitempty"`

	ArrivedAt      instant.Time `json:"arrived_at"`
	FirstContactAt instant.Time `json:"first_contact_at,omitempty" doc:"First contact with the customer, before the record"`
	RecordedAt     instant.Time `json:"recorded_at"`
	EntryLatencyMS int64        `json:"entry_latency_ms,omitempty" doc:"First contact to record, milliseconds (R-002)"`
	EntryLate      bool         `json:"entry_late,omitempty"`
	FirstTouchAt   instant.Time `json:"first_touch_at,omitempty"`
	ResponseMS     int64        `json:"response_ms,omitempty" doc:"First response time: arrival to first outbound touch, milliseconds (R-008)"`

	LastContactAt instant.Time `json:"last_contact_at,omitempty" doc:"Newest recorded follow-up (R-019)"`
	NextTouchAt   instant.Time `json:"next_touch_at,omitempty"`
	NextAction    string       `json:"next_action,omitempty"`
	LastResult    string       `json:"last_result,omitempty"`
	FollowUps     int          `json:"follow_ups"`
	Done          bool         `json:"done" doc:"Follow-up done (跟进到位, R-016)"`
	Missing       []string     `json:"missing,omitempty" doc:"What is missing for it to be done"`
	Marks         []Mark       `json:"marks,omitempty"`
	CloseReason   string       `json:"close_reason,omitempty"`
	// ClocksFrom is the instant from which its clocks run: arrival, or the import of an old record.
	ClocksFrom instant.Time `json:"clocks_from"`
	Imported   bool         `json:"imported,omitempty"`
	CreatedBy  string       `json:"created_by,omitempty"`
}

// FollowUp is a recorded follow-up on a lead or deal.
type FollowUp struct {
	ID           string       `json:"id"`
	Subject      Subject      `json:"subject"`
	By           string       `json:"by"`
	OccurredAt   instant.Time `json:"occurred_at"`
	RecordedAt   instant.Time `json:"recorded_at"`
	Late         bool         `json:"late,omitempty" doc:"Recorded later than the policy allows (R-024)"`
	LateByMS     int64        `json:"late_by_ms,omitempty" doc:"By how many milliseconds it was late (R-024)"`
	Channel      string       `json:"channel" enum:"phone,wechat,mail,visit,meeting,other"`
	Direction    string       `json:"direction" enum:"outbound,inbound"`
	KeyPoints    string       `json:"key_points"`
	NextAction   string       `json:"next_action,omitempty"`
	NextTouchAt  instant.Time `json:"next_touch_at,omitempty"`
	Result       string       `json:"result,omitempty"`
	Objections   []string     `json:"objections,omitempty"`
	Question     string       `json:"question,omitempty" doc:"What the customer asked, in words; the same question twice is a leak (R-029)"`
	CustomerType string       `json:"customer_type,omitempty"`
	BudgetBand   string       `json:"budget_band,omitempty"`
	KeyPerson    string       `json:"key_person,omitempty"`
	KeyNeed      string       `json:"key_need,omitempty"`
	// NotOwnerReason is why somebody else than the owner spoke to the customer.
	NotOwnerReason string `json:"not_owner_reason,omitempty"`
	// Counts tells whether it resets clocks: it names a next touch.
	Counts bool `json:"counts"`
	// Captured tells that a telephone or mail system recorded it by itself.
	Captured bool `json:"captured,omitempty"`
	Typed    int  `json:"typed,omitempty" doc:"How many fields a person filled in; none when it was captured, none that the front end had prefilled (C-16)"`
}

// MostTyped is how many fields of a follow-up can be filled in.
const MostTyped = 14

// FirstContactSignalled is recorded when a call, chat, mail or meeting with somebody who is not in the system is signalled.
type FirstContactSignalled struct {
	Head
	ID        string       `json:"id" doc:"The lead recorded later takes this id"`
	Person    string       `json:"person" doc:"Salesperson who had the contact"`
	Channel   string       `json:"channel" enum:"phone,wechat,mail,visit,meeting,other"`
	ContactAt instant.Time `json:"contact_at"`
	Phone     string       `json:"phone,omitempty"`
	Email     string       `json:"email,omitempty"`
}

// IntakeLate is recorded when a first contact has no record in time.
type IntakeLate struct {
	Head
	ID        string       `json:"id"`
	Person    string       `json:"person"`
	ContactAt instant.Time `json:"contact_at"`
}

// LeadRecorded is recorded when a lead enters the system, with its first owner.
type LeadRecorded struct {
	Head
	After Lead `json:"after"`
	// Assigned is how its owner was found.
	Assigned string `json:"assigned,omitempty" enum:"intake,rotation,manual" doc:"How its first owner was found; absent in the public pool"`
}

// LeadChanged is recorded when a lead's fields are edited.
type LeadChanged struct {
	Head
	Before  Lead     `json:"before"`
	After   Lead     `json:"after"`
	Changed []string `json:"changed"`
}

// LeadAssigned is recorded when a lead gets another owner.
type LeadAssigned struct {
	Head
	Lead   string `json:"lead"`
	Before string `json:"before,omitempty"`
	After  string `json:"after"`
	Reason string `json:"reason" enum:"intake,rotation,claim,transfer,owner_left,customer_owner,escalation,manual,undo"`
	// ClocksFrom is from when the owner's clocks count where an undo gives them back.
	ClocksFrom instant.Time `json:"clocks_from,omitempty" doc:"After an undo: from when the owner's clocks count"`
}

// LeadLinked is recorded when the customer of a lead is known.
type LeadLinked struct {
	Head
	Lead  string `json:"lead"`
	After Lead   `json:"after"`
}

// LeadFoldedIn is recorded when a lead turns out to repeat an open lead of the same customer.
type LeadFoldedIn struct {
	Head
	Lead string `json:"lead"`
	Into string `json:"into"`
}

// FollowUpRecorded is recorded with every follow-up on a lead or deal.
type FollowUpRecorded struct {
	Head
	FollowUp FollowUp `json:"follow_up"`
	Owner    string   `json:"owner,omitempty"`
	Done     bool     `json:"done"`
	Missing  []string `json:"missing,omitempty"`
}

// NextTouchPlanned is recorded with a follow-up that names the next one; the task is created from it.
type NextTouchPlanned struct {
	Head
	Subject  Subject      `json:"subject"`
	Task     string       `json:"task" doc:"Id of the task"`
	Assignee string       `json:"assignee"`
	Action   string       `json:"action"`
	Due      instant.Time `json:"due"`
	Company  string       `json:"company,omitempty"`
}

// LeadStatusChanged is recorded when a lead's status changes.
type LeadStatusChanged struct {
	Head
	Lead   string       `json:"lead"`
	Before string       `json:"before"`
	After  string       `json:"after" enum:"new,contacted,nurturing,converted,folded,closed"`
	Reason string       `json:"reason,omitempty"`
	Deal   string       `json:"deal,omitempty"`
	NextAt instant.Time `json:"next_at,omitempty" doc:"Next nurture date (R-026)"`
}

// LeadPooled is recorded when a lead without customer goes to the public pool.
type LeadPooled struct {
	Head
	Lead   string `json:"lead"`
	Before string `json:"before"`
	Reason string `json:"reason"`
}

// MarkSet is recorded when a rule marks a lead or deal.
type MarkSet struct {
	Head
	Subject Subject `json:"subject"`
	Mark    Mark    `json:"mark"`
}

// MarkCleared is recorded when a mark no longer holds.
type MarkCleared struct {
	Head
	Subject Subject `json:"subject"`
	Rule    string  `json:"rule"`
}

func (*FirstContactSignalled) Kind() Kind {
	return Kind{"liuke.leads.first_contact_signalled.v1", TopicLeads, "A contact happened with somebody who is not recorded yet."}
}
func (*IntakeLate) Kind() Kind {
	return Kind{"liuke.leads.intake_late.v1", TopicLeads, "A first contact was not recorded in time."}
}
func (*LeadRecorded) Kind() Kind {
	return Kind{"liuke.leads.lead_recorded.v1", TopicLeads, "A lead entered the system."}
}
func (*LeadChanged) Kind() Kind {
	return Kind{"liuke.leads.lead_changed.v1", TopicLeads, "A lead's fields were edited."}
}
func (*LeadAssigned) Kind() Kind {
	return Kind{"liuke.leads.lead_assigned.v1", TopicLeads, "A lead got another owner."}
}
func (*LeadLinked) Kind() Kind {
	return Kind{"liuke.leads.lead_linked.v1", TopicLeads, "The customer of a lead became known."}
}
func (*LeadFoldedIn) Kind() Kind {
	return Kind{"liuke.leads.lead_folded_in.v1", TopicLeads, "A lead repeats an open lead of the same customer."}
}
func (*FollowUpRecorded) Kind() Kind {
	return Kind{"liuke.leads.follow_up_recorded.v1", TopicLeads, "A follow-up on a lead or deal was recorded."}
}
func (*NextTouchPlanned) Kind() Kind {
	return Kind{"liuke.leads.next_touch_planned.v1", TopicLeads, "A follow-up named the next one; its task is created from this."}
}
func (*LeadStatusChanged) Kind() Kind {
	return Kind{"liuke.leads.lead_status_changed.v1", TopicLeads, "A lead's status changed."}
}
func (*LeadPooled) Kind() Kind {
	return Kind{"liuke.leads.lead_pooled.v1", TopicLeads, "A lead without customer went to the public pool."}
}
func (*MarkSet) Kind() Kind {
	return Kind{"liuke.leads.mark_set.v1", TopicLeads, "A rule marked a lead or deal."}
}
func (*MarkCleared) Kind() Kind {
	return Kind{"liuke.leads.mark_cleared.v1", TopicLeads, "A mark of a rule no longer holds."}
}

func leads() []Data {
	return []Data{&FirstContactSignalled{}, &IntakeLate{}, &LeadRecorded{}, &LeadChanged{}, &LeadAssigned{}, &LeadLinked{}, &LeadFoldedIn{},
		&FollowUpRecorded{}, &NextTouchPlanned{}, &LeadStatusChanged{}, &LeadPooled{}, &MarkSet{}, &MarkCleared{}}
}
