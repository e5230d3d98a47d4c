package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

// Outcomes of a deal.
const (
	DealOpen = "open"
	DealWon  = "won"
	DealLost = "lost"
)

// Deal is a deal as facts show it.
type Deal struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Customer string `json:"customer,omitempty"`
	// Origins are the customers that it belonged to before merges moved it.
	Origins []string `json:"origins,omitempty" doc:"Customers it belonged to before merges moved it, oldest first"`
	Company string   `json:"company,omitempty"`
	Lead    string   `json:"lead,omitempty"`
	Owner   string   `json:"owner,omitempty"`
	Pooled  bool     `json:"pooled,omitempty"`
	Source  string   `json:"source,omitempty"`

	Pipeline        string       `json:"pipeline"`
	PipelineVersion int64        `json:"pipeline_version" doc:"Policy version whose pipeline it runs on (R-054)"`
	Stage           string       `json:"stage"`
	StageType       string       `json:"stage_type"`
	StageSince      instant.Time `json:"stage_since"`
	// Dwell is the time spent in stages that were left, in milliseconds.
	Dwell         []StageDwell `json:"dwell,omitempty"`
	Outcome       string       `json:"outcome" enum:"open,won,lost"`
	LostReason    string       `json:"lost_reason,omitempty"`
	LostRemark    string       `json:"lost_remark,omitempty"`
	OpenedAt      instant.Time `json:"opened_at"`
	ClosedAt      instant.Time `json:"closed_at,omitempty"`
	ExpectedClose instant.Time `json:"expected_close,omitempty"`

	Amount          *money.Amount `json:"amount,omitempty"`
	Product         string        `json:"product,omitempty"`
	Need            string        `json:"need,omitempty"`
	CustomerType    string        `json:"customer_type,omitempty"`
	BudgetBand      string        `json:"budget_band,omitempty"`
	KeyPerson       string        `json:"key_person,omitempty"`
	KeyNeed         string        `json:"key_need,omitempty"`
	DecisionMaker   string        `json:"decision_maker,omitempty"`
	ProcurementNode string        `json:"procurement_node,omitempty"`
	Competitors     []string      `json:"competitors,omitempty"`
	Objections      []string      `json:"objections,omitempty"`
	Answers         []Answer      `json:"answers,omitempty" doc:"Answers to gate questions"`
	Quotes          []Quote       `json:"quotes,omitempty"`

	FollowOnContact string   `json:"follow_on_contact,omitempty" doc:"Whom service speaks to after the win (后续联系人, R-069)"`
	ServiceNodes    []string `json:"service_nodes,omitempty" doc:"Service nodes agreed (服务节点, R-069), of the policy book"`
	RevisitCadence  *Cadence `json:"revisit_cadence,omitempty" doc:"Revisit cadence agreed (回访节奏, R-069)"`

	LastContactAt instant.Time `json:"last_contact_at,omitempty"`
	NextTouchAt   instant.Time `json:"next_touch_at,omitempty"`
	NextAction    string       `json:"next_action,omitempty"`
	LastResult    string       `json:"last_result,omitempty"`
	FollowUps     int          `json:"follow_ups"`
	// LastProgressAt is when it was opened, last moved forward or was taken up again.
	LastProgressAt instant.Time `json:"last_progress_at,omitempty"`
	// StageFollowUps counts recorded follow-ups since the stage was entered.
	StageFollowUps int          `json:"stage_follow_ups"`
	Done           bool         `json:"done"`
	Missing        []string     `json:"missing,omitempty"`
	Marks          []Mark       `json:"marks,omitempty"`
	ClocksFrom     instant.Time `json:"clocks_from"`
	Imported       bool         `json:"imported,omitempty"`
	External       string       `json:"external,omitempty" doc:"Id in the system it was imported from"`
}

// StageDwell is the time one visit of a stage lasted.
type StageDwell struct {
	Stage   string       `json:"stage"`
	Entered instant.Time `json:"entered"`
	Left    instant.Time `json:"left"`
	MS      int64        `json:"ms"`
}

// Answer to a gate question.
type Answer struct {
	Question string       `json:"question"`
	Yes      bool         `json:"yes"`
	Remark   string       `json:"remark,omitempty"`
	By       string       `json:"by"`
	At       instant.Time `json:"at"`
}

// Quote sent to a customer.
type Quote struct {
	ID          string       `json:"id"`
	Amount      money.Amount `json:"amount"`
	SentAt      instant.Time `json:"sent_at"`
	By          string       `json:"by"`
	Remark      string       `json:"remark,omitempty"`
	ConfirmedAt instant.Time `json:"confirmed_at,omitempty" doc:"When the customer confirmed receipt and understanding"`
}

// DealOpened is recorded when a deal begins or is imported while open.
type DealOpened struct {
	Head
	After Deal `json:"after"`
}

// DealImported is recorded for a deal that was closed before it was imported; no clock runs for it.
type DealImported struct {
	Head
	After Deal `json:"after"`
}

// DealChanged is recorded when a deal's fields are edited.
type DealChanged struct {
	Head
	Before  Deal     `json:"before"`
	After   Deal     `json:"after"`
	Changed []string `json:"changed"`
}

// StageChanged is recorded when a deal moves to another stage.
type StageChanged struct {
	Head
	Deal     string       `json:"deal"`
	Pipeline string       `json:"pipeline"`
	Before   string       `json:"before"`
	After    string       `json:"after"`
	At       instant.Time `json:"at"`
	DwellMS  int64        `json:"dwell_ms" doc:"Time in the stage that was left, milliseconds (R-065)"`
	Forward  bool         `json:"forward" doc:"Whether this is progress"`
	State    Deal         `json:"state" doc:"The deal after the change"`
}

// QuoteSent is recorded when a quote is sent.
type QuoteSent struct {
	Head
	Deal  string `json:"deal"`
	Quote Quote  `json:"quote"`
	Owner string `json:"owner"`
}

// QuoteConfirmed is recorded when the customer confirmed receipt and understanding of a quote.
type QuoteConfirmed struct {
	Head
	Deal  string       `json:"deal"`
	Quote string       `json:"quote"`
	At    instant.Time `json:"at"`
}

// DealClosed is recorded when a deal is won or lost.
type DealClosed struct {
	Head
	Deal    string `json:"deal"`
	Outcome string `json:"outcome" enum:"won,lost"`
	Reason  string `json:"reason,omitempty"`
	State   Deal   `json:"state"`
}

// DealReopened is recorded when a lost deal is taken up again.
type DealReopened struct {
	Head
	Deal  string `json:"deal"`
	State Deal   `json:"state"`
}

// DealAssigned is recorded when a deal gets another owner.
type DealAssigned struct {
	Head
	Deal   string `json:"deal"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty" doc:"Empty: in the public pool"`
	Reason string `json:"reason" enum:"intake,rotation,claim,transfer,owner_left,customer_owner,escalation,recycle,manual,undo"`
	// ClocksFrom is from when the owner's clocks count where an undo gives them back.
	ClocksFrom instant.Time `json:"clocks_from,omitempty" doc:"After an undo: from when the owner's clocks count"`
}

// DealIntervened is recorded when a manager steps in where a deal is stuck.
type DealIntervened struct {
	Head
	Deal   string `json:"deal"`
	By     string `json:"by"`
	Note   string `json:"note"`
	Action string `json:"action" enum:"comment,reassign"`
	Before string `json:"before,omitempty" doc:"Owner before, where it was reassigned"`
	After  string `json:"after,omitempty" doc:"Owner after, where it was reassigned"`
}

// DealLinked is recorded when the customer of a deal becomes known.
type DealLinked struct {
	Head
	Deal   string `json:"deal"`
	Before string `json:"before,omitempty" doc:"The customer whose it was, where a merge or its undoing moved it"`
	State  Deal   `json:"state"`
}

func (*DealOpened) Kind() Kind {
	return Kind{"liuke.deals.deal_opened.v1", TopicLeads, "A deal began."}
}
func (*DealImported) Kind() Kind {
	return Kind{"liuke.deals.deal_imported.v1", TopicLeads, "A deal that was closed earlier was imported as history."}
}
func (*DealChanged) Kind() Kind {
	return Kind{"liuke.deals.deal_changed.v1", TopicLeads, "A deal's fields were edited."}
}
func (*StageChanged) Kind() Kind {
	return Kind{"liuke.deals.stage_changed.v1", TopicLeads, "A deal moved to another stage."}
}
func (*QuoteSent) Kind() Kind {
	return Kind{"liuke.deals.quote_sent.v1", TopicLeads, "A quote was sent."}
}
func (*QuoteConfirmed) Kind() Kind {
	return Kind{"liuke.deals.quote_confirmed.v1", TopicLeads, "The customer confirmed a quote."}
}
func (*DealClosed) Kind() Kind {
	return Kind{"liuke.deals.deal_closed.v1", TopicLeads, "A deal was won or lost."}
}
func (*DealReopened) Kind() Kind {
	return Kind{"liuke.deals.deal_reopened.v1", TopicLeads, "A lost deal was taken up again."}
}
func (*DealAssigned) Kind() Kind {
	return Kind{"liuke.deals.deal_assigned.v1", TopicLeads, "A deal got another owner."}
}
func (*DealLinked) Kind() Kind {
	return Kind{"liuke.deals.deal_linked.v1", TopicLeads, "The customer of a deal became known."}
}

func (*DealIntervened) Kind() Kind {
	return Kind{"liuke.deals.deal_intervened.v1", TopicLeads, "A manager stepped in where a deal was stuck."}
}

func deals() []Data {
	return []Data{&DealOpened{}, &DealImported{}, &DealChanged{}, &StageChanged{}, &QuoteSent{}, &QuoteConfirmed{}, &DealClosed{}, &DealReopened{},
		&DealAssigned{}, &DealLinked{}, &DealIntervened{}}
}
