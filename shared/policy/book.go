// Package policy holds the policy book: every threshold, ladder, stage, gate,
// weight and calendar that a company can change without a developer, as typed
// sections with defaults, schemas and validation.
//
// services/organization owns the book and publishes each version; every other
// process holds the published versions (Holder) and decides by the one that is
// in force at the instant of the decision.
package policy

import (
	"liuke.dev/shared/calendar"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Book is one version of the whole policy.
type Book struct {
	Version       int64        `json:"version"`
	EffectiveFrom instant.Time `json:"effective_from"`
	Author        string       `json:"author"`
	Reason        string       `json:"reason"`
	PublishedAt   instant.Time `json:"published_at"`
	Sections      Sections     `json:"sections"`
}

// Sections are the parts of the book, each edited and validated by itself.
type Sections struct {
	Intake        Intake        `json:"intake"`
	FollowUp      FollowUp      `json:"follow_up"`
	LeadCare      LeadCare      `json:"lead_care"`
	Pipelines     Pipelines     `json:"pipelines"`
	Risk          Risk          `json:"risk"`
	Ownership     Ownership     `json:"ownership"`
	Tasks         Tasks         `json:"tasks"`
	Notifications Notifications `json:"notifications"`
	Priority      Priority      `json:"priority"`
	Chain         Chain         `json:"chain"`
	Calendars     Calendars     `json:"calendars"`
	Customers     Customers     `json:"customers"`
	Maintenance   Maintenance   `json:"maintenance"`
	Processes     Processes     `json:"processes"`
	Undo          Undo          `json:"undo"`
	Timeline      Timeline      `json:"timeline"`
	DataTrust     DataTrust     `json:"data_trust"`
	PublicLinks   PublicLinks   `json:"public_links"`
	Cases         Cases         `json:"cases"`
	Surveys       Surveys       `json:"surveys"`
	Reviews       Reviews       `json:"reviews"`
	Outreach      Outreach      `json:"outreach"`
	Intervention  Intervention  `json:"intervention"`
	Contracts     Contracts     `json:"contracts"`
	Prices        Prices        `json:"prices"`
	KeyAccounts   KeyAccounts   `json:"key_accounts"`
	Standing      Standing      `json:"standing"`
	Health        HealthScore   `json:"health"`
}

// Option is an entry of a configurable option list.
type Option struct {
	ID   string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name lang.Text `json:"name"`
}

// Intake rules how leads come in.
type Intake struct {
	Sources          []Option `json:"sources" doc:"Where leads come from (R-005)" minItems:"1"`
	EntryWithin      Duration `json:"entry_within" doc:"First contact to record (R-002, C-03)"`
	FirstTouchWithin Duration `json:"first_touch_within" doc:"Arrival to first touch due (R-007)"`
	ResponseBandFrom Duration `json:"response_band_from" doc:"Target band of the first response time, from (R-008)"`
	ResponseBandTo   Duration `json:"response_band_to" doc:"Target band of the first response time, to (R-008)"`
	WebFormPerMinute int      `json:"web_form_per_minute" doc:"Submissions a minute and address that a web form takes" minimum:"1" maximum:"10000"`
	// DefaultAssignees take leads without an owner in turn; empty: all active salespeople.
	DefaultAssignees []string `json:"default_assignees,omitempty" doc:"People who take leads without an owner in turn; empty: every active salesperson"`
}

// FollowUp rules what a follow-up record holds.
type FollowUp struct {
	Results         []Option `json:"results" doc:"Follow-up results (R-017)" minItems:"1"`
	Objections      []Option `json:"objections" doc:"Objection tags (R-018)" minItems:"1"`
	CustomerTypes   []Option `json:"customer_types" doc:"Customer types (R-004)" minItems:"1"`
	BudgetBands     []Option `json:"budget_bands" doc:"Budget bands (R-004)" minItems:"1"`
	RecordWithin    Duration `json:"record_within" doc:"A record written later is flagged late (R-024)"`
	LatestNextTouch Duration `json:"latest_next_touch" doc:"A next touch further away is refused"`
}

// Step is one rung of a ladder: what happens when nobody has acted for a while.
type Step struct {
	After  Duration `json:"after"`
	Action string   `json:"action" enum:"remind,warn,escalate,mark_risk,reassign,recycle" doc:"remind: the owner; warn: owner and supervisor; escalate: the supervisor; mark_risk: mark at risk; reassign: to someone else; recycle: to the public pool"`
}

// The actions of a Step.
const (
	ActRemind   = "remind"
	ActWarn     = "warn"
	ActEscalate = "escalate"
	ActMarkRisk = "mark_risk"
	ActReassign = "reassign"
	ActRecycle  = "recycle"
)

// LeadCare rules what happens to leads that nobody follows up.
type LeadCare struct {
	FirstTouch   []Step   `json:"first_touch" doc:"Ladder after the first touch is due and was not made (R-007, R-020, R-027)"`
	Idle         []Step   `json:"idle" doc:"Ladder of days without recorded follow-up (R-023)"`
	NoReplyAfter Duration `json:"no_reply_after" doc:"Unanswered outbound contact makes a second-touch task (R-022)"`
	NurtureEvery Duration `json:"nurture_every" doc:"Rhythm of long-term nurture (R-026)"`
}

// Pipelines are the versioned pipeline templates (R-051, R-052, R-054, C-01).
type Pipelines struct {
	Default   string     `json:"default" doc:"Pipeline of a deal that names none"`
	Pipelines []Pipeline `json:"pipelines" minItems:"1"`
	// LostReasons are why deals are lost; empty: those shipped.
	LostReasons []Option `json:"lost_reasons,omitempty" doc:"Why deals are lost (R-066); empty: those shipped"`
}

// Pipeline is an ordered set of stages.
type Pipeline struct {
	ID     string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name   lang.Text `json:"name"`
	Stages []Stage   `json:"stages" minItems:"2"`
}

// StageType says what a stage is for, so that rules and cross-team reports can
// name it whatever a company calls it.
type StageType string

// The stage types.
const (
	StageContact     StageType = "contact"
	StageNeed        StageType = "need"
	StageSolution    StageType = "solution"
	StageQuoted      StageType = "quoted"
	StageNegotiation StageType = "negotiation"
	StageDecision    StageType = "decision"
	StageWon         StageType = "won"
	StageLost        StageType = "lost"
)

// Stage of a pipeline: its gate, its clocks, and where it leads.
type Stage struct {
	ID   string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name lang.Text `json:"name"`
	Type StageType `json:"type" enum:"contact,need,solution,quoted,negotiation,decision,won,lost"`
	// Maps gives the stage of P-7 that this one counts as in cross-team reports (C-01).
	Maps string `json:"maps,omitempty"`
	// Exits are the stages that may follow.
	Exits []string `json:"exits"`
	// Questions must be answered before the stage is left.
	Questions []Question `json:"questions,omitempty"`
	// Requires are the deal's fields that must be filled before the stage is entered.
	Requires []string `json:"requires,omitempty" doc:"objections, competitors, decision_maker, procurement_node, amount, quote, lost_reason, need"`
	// RevisitWithin makes a revisit task on entry.
	RevisitWithin Duration `json:"revisit_within,omitempty"`
	// Idle is the ladder of time without recorded follow-up.
	Idle []Step `json:"idle,omitempty"`
	// Dwell is the ladder of time in the stage.
	Dwell []Step `json:"dwell,omitempty"`
	// DwellClock says what the dwell ladder counts: in_stage or without_follow_up (C-02).
	DwellClock string `json:"dwell_clock,omitempty" enum:"in_stage,without_follow_up"`
	// NoReplyAfter makes a second-touch task.
	NoReplyAfter Duration `json:"no_reply_after,omitempty"`
}

// The clocks of a dwell ladder.
const (
	ClockInStage         = "in_stage"
	ClockWithoutFollowUp = "without_follow_up"
)

// Question of a gate.
type Question struct {
	ID        string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Text      lang.Text `json:"text"`
	Mandatory bool      `json:"mandatory"`
}

// Risk rules when a deal is marked at risk and what counts as a leak.
type Risk struct {
	TouchesWithoutProgress int        `json:"touches_without_progress" doc:"Follow-ups in one stage without progress that mark a deal at risk (R-062)" minimum:"1" maximum:"100"`
	ReplyWindow            Duration   `json:"reply_window" doc:"An outbound contact without inbound in this window is unanswered (C-06)"`
	UnansweredContacts     int        `json:"unanswered_contacts" doc:"Unanswered outbound contacts in a row that remind the owner; 0: none do (C-06)" minimum:"0" maximum:"10"`
	QuoteConfirmedWithin   Duration   `json:"quote_confirmed_within" doc:"Sent quote without confirmation is a leak (R-028)"`
	WonRevisitWithin       Duration   `json:"won_revisit_within" doc:"Won deal without a planned revisit is a leak (R-031)"`
	Leaks                  []string   `json:"leaks" doc:"Leak detectors that are on: first_inquiry, unconfirmed_quote, unrecorded_objection, missing_decision_node, won_without_revisit (R-027 to R-031)"`
	HealthFall             HealthFall `json:"health_fall" doc:"Fall of the health score that makes a potential churn customer (R-100, C-05)"`
}

// Ownership rules who holds a customer, for how long, and how it changes hands.
type Ownership struct {
	RecycleAfter    Duration   `json:"recycle_after" doc:"Time without recorded follow-up after which a customer goes to the public pool; empty: never (R-045)"`
	WarnBefore      []Duration `json:"warn_before" doc:"Warnings before recycling (R-045)"`
	HoldLimit       int        `json:"hold_limit" doc:"Open customers that one person may hold by claiming" minimum:"1" maximum:"100000"`
	ClaimsPerDay    int        `json:"claims_per_day" doc:"Claims from the pool per person and day" minimum:"1" maximum:"10000"`
	ApproveWithin   Duration   `json:"approve_within" doc:"Clock of the approval of a transfer (R-046)"`
	HandOverWithin  Duration   `json:"hand_over_within" doc:"Clock of the hand-over note (R-046)"`
	AcceptWithin    Duration   `json:"accept_within" doc:"Clock of the acceptance (R-046)"`
	TransferExpires Duration   `json:"transfer_expires" doc:"A step of a transfer that stands still this long cancels it"`
}

// Tasks rules the clocks of tasks.
type Tasks struct {
	Overdue []Step `json:"overdue" doc:"Ladder after a task's due time (R-020)"`
	// QuoteConfirmWithin serves stages that set no revisit_within of their own.
	QuoteConfirmWithin Duration `json:"quote_confirm_within,omitempty" doc:"Sent quote to its confirmation task's due time (R-021)"`
}

// Notifications rules how people are reached.
type Notifications struct {
	QuietFrom       string   `json:"quiet_from" doc:"Local time from which nothing but urgent is sent" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	QuietTo         string   `json:"quiet_to" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	DigestAt        string   `json:"digest_at" doc:"Local time of the daily digest; empty: none" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$"`
	Channels        []string `json:"channels" doc:"in_app, email, webhook, robot"`
	RobotHosts      []string `json:"robot_hosts" doc:"Hosts at which people may have robots of their own told; empty: none"`
	WorkingTimeOnly bool     `json:"working_time_only" doc:"Outside working time only escalations leave by e-mail and webhook"`
}

// Priority weighs the work queue.
type Priority struct {
	ValueWeight    int            `json:"value_weight" minimum:"0" maximum:"1000"`
	ValueUnit      int64          `json:"value_unit" doc:"Minor units of money that count one value point, on a logarithmic scale" minimum:"1"`
	StageWeights   map[string]int `json:"stage_weights" doc:"Points per stage type or lead status"`
	OverdueWeight  int            `json:"overdue_weight" doc:"Points per day overdue" minimum:"0" maximum:"1000"`
	OverdueMax     int            `json:"overdue_max" minimum:"0" maximum:"100000"`
	DueTodayPoints int            `json:"due_today_points" minimum:"0" maximum:"1000"`
}

// Chain is the one chain of links that every lead flows through.
type Chain struct {
	Links []Link `json:"links" minItems:"1"`
}

// Link of the chain with the trigger that starts the next one.
type Link struct {
	ID      string    `json:"id"`
	Name    lang.Text `json:"name"`
	Trigger string    `json:"trigger" doc:"Fact type or rule that starts this link; a link without one is an error (R-011)"`
}

// Calendars are the working calendars; people name theirs, Default serves the rest.
type Calendars struct {
	Default   string              `json:"default"`
	Calendars []calendar.Calendar `json:"calendars" minItems:"1"`
}
