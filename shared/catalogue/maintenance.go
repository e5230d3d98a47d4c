package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// How a customer's maintenance began.
const (
	BeganByWin        = "win"
	BeganByFirstOrder = "first_order"
	BeganByHand       = "hand"
	BeganByImport     = "import"
)

// States of maintenance.
const (
	MaintenanceRunning = "running"
	MaintenanceStill   = "still" // the file was folded into another customer's: nothing fires until it is unfolded
	MaintenanceEnded   = "ended"
)

// Post-sale links (L-4, R-053).
const (
	LinkSigning        = "signing"
	LinkImplementation = "implementation"
	LinkAfterSales     = "after_sales"
	LinkRepurchase     = "repurchase"
)

// Cadence is a rhythm: every so many of a unit.
type Cadence struct {
	Every int    `json:"every" minimum:"1" maximum:"1000"`
	Unit  string `json:"unit" enum:"day,week,month,quarter,year"`
}

// WonDeal is a deal whose win the maintenance took up, once.
type WonDeal struct {
	Deal     string        `json:"deal"`
	No       int           `json:"no" doc:"Which win of the customer it is, from 1"`
	At       instant.Time  `json:"at"`
	Owner    string        `json:"owner,omitempty" doc:"Who sold it"`
	Product  string        `json:"product,omitempty"`
	Amount   *money.Amount `json:"amount,omitempty"`
	Contact  string        `json:"contact,omitempty" doc:"Follow-on contact (R-069)"`
	Nodes    []string      `json:"nodes,omitempty" doc:"Service nodes (R-069)"`
	Cadence  *Cadence      `json:"cadence,omitempty" doc:"Revisit cadence (R-069)"`
	Imported bool          `json:"imported,omitempty"`
	Moved    bool          `json:"moved,omitempty" doc:"It came with a merge of files or its undoing: what a win begins was begun before"`
}

// Maintenance is how a customer is looked after since the first win: one per
// customer, its id is the customer's.
type Maintenance struct {
	Customer string       `json:"customer"`
	Name     string       `json:"name,omitempty" doc:"The customer's, for tasks"`
	Status   string       `json:"status" enum:"running,still,ended"`
	BeganAt  instant.Time `json:"began_at"`
	BeganBy  string       `json:"began_by" enum:"win,first_order,hand,import"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	// EndReason says why it ended or stands still.
	EndReason string `json:"end_reason,omitempty"`

	Wins int       `json:"wins" doc:"Won deals so far"`
	Won  []WonDeal `json:"won,omitempty" doc:"The newest of them"`

	Contact        string        `json:"contact,omitempty" doc:"Follow-on contact person (后续联系人, R-069)"`
	Nodes          []ServiceNode `json:"nodes,omitempty" doc:"Service nodes (服务节点, R-069)"`
	Cadence        Cadence       `json:"cadence" doc:"Revisit cadence (回访节奏, R-069)"`
	Owner          string        `json:"owner,omitempty" doc:"First-responsible person, as ownership tells"`
	Success        string        `json:"success,omitempty" doc:"Customer-success person (R-158)"`
	Implementation string        `json:"implementation,omitempty" doc:"Who implements"`

	Kind      string           `json:"kind,omitempty" enum:"company,person"`
	Tier      string           `json:"tier,omitempty"`
	Type      string           `json:"type,omitempty"`
	Sector    string           `json:"sector,omitempty"`
	TimeZone  string           `json:"time_zone,omitempty"`
	CareDates []MaintainedDate `json:"care_dates,omitempty" doc:"Days of the customer and of its contacts (R-150)"`

	Link      string       `json:"link" enum:"signing,implementation,after_sales,repurchase" doc:"Post-sale link (L-4, R-053, C-08)"`
	LinkSince instant.Time `json:"link_since,omitempty"`
	Links     []LinkVisit  `json:"links,omitempty" doc:"Links that were left"`

	HandOver *HandOver          `json:"hand_over,omitempty" doc:"Three-party hand-over from sales (R-049, C-12)"`
	Standing MaintainedStanding `json:"standing"`
	Terms    []MaintainedTerm   `json:"terms,omitempty" doc:"Contracts that run"`
	Begun    int                `json:"begun" doc:"Processes begun so far"`
	Running  []ProcessInstance  `json:"running,omitempty" doc:"Processes under way, each with the policy version it began with (R-161)"`
	Bought   Repurchases        `json:"bought"`
	Referred []Referral         `json:"referred,omitempty" doc:"Newest referrals by this customer (R-075)"`
	Refers   int                `json:"refers" doc:"Referrals by this customer so far"`
}

// ServiceNode is a service that was agreed with the customer.
type ServiceNode struct {
	ID   string    `json:"id"`
	Name lang.Text `json:"name"`
}

// MaintainedDate is a yearly day of a customer or one of its contacts.
type MaintainedDate struct {
	ID   string `json:"id"`
	Kind string `json:"kind" enum:"birthday,anniversary,custom"`
	Name string `json:"name,omitempty" doc:"Of the day or of the person"`
	Date Yearly `json:"date"`
}

// LinkVisit is a post-sale link that was left.
type LinkVisit struct {
	Link   string       `json:"link"`
	Since  instant.Time `json:"since"`
	Until  instant.Time `json:"until"`
	By     string       `json:"by,omitempty"`
	Reason string       `json:"reason,omitempty"`
}

// HandOver is the hand-over of a customer from sales, which takes effect once
// sales, implementation and success have confirmed it.
type HandOver struct {
	AskedAt        instant.Time `json:"asked_at"`
	From           string       `json:"from" doc:"External window so far"`
	To             string       `json:"to" doc:"External window to be"`
	Sales          *Confirmed   `json:"sales,omitempty"`
	Implementation *Confirmed   `json:"implementation,omitempty"`
	Success        *Confirmed   `json:"success,omitempty"`
	// ConfirmedAt is when the third party confirmed; only then the window moves.
	ConfirmedAt instant.Time `json:"confirmed_at,omitempty"`
	MovedAt     instant.Time `json:"moved_at,omitempty" doc:"When the customer's owner was the new one"`
	// A transfer that ended otherwise is asked for again.
	RefusedAt instant.Time `json:"refused_at,omitempty" doc:"When the newest transfer that was asked for ended without the window having moved"`
	Refusals  int          `json:"refusals,omitempty" doc:"How often that was"`
	Refused   *Refusal     `json:"refused,omitempty" doc:"How it ended"`
}

// Refusal is how a transfer ended that did not move the external window.
type Refusal struct {
	Transfer string `json:"transfer"`
	Status   string `json:"status" doc:"rejected, cancelled, or accepted by somebody else"`
	Approver string `json:"approver,omitempty" doc:"Who was asked to approve, or did"`
	Remark   string `json:"remark,omitempty" doc:"What was said with it; expired: nobody acted"`
}

// Confirmed says who confirmed, and when.
type Confirmed struct {
	By   string       `json:"by"`
	At   instant.Time `json:"at"`
	Note string       `json:"note,omitempty"`
}

// MaintainedStanding is what maintenance reads of a customer's standing.
type MaintainedStanding struct {
	Lifecycle   string             `json:"lifecycle,omitempty" enum:"new,active,silent,churn_risk,churned,won_back"`
	Since       instant.Time       `json:"since,omitempty" doc:"When the state was entered"`
	Entries     int                `json:"entries,omitempty" doc:"States entered so far"`
	Health      int                `json:"health"`
	Assessed    bool               `json:"assessed,omitempty"`
	Red         bool               `json:"red,omitempty"`
	RedSince    instant.Time       `json:"red_since,omitempty"`
	Groups      []string           `json:"groups,omitempty"`
	Signals     []MaintainedSignal `json:"signals,omitempty"`
	NextCheckAt instant.Time       `json:"next_check_at,omitempty"`
	AsOf        instant.Time       `json:"as_of,omitempty"`
}

// MaintainedSignal is an early sign that holds.
type MaintainedSignal struct {
	ID       string       `json:"id"`
	Since    instant.Time `json:"since"`
	Evidence []string     `json:"evidence,omitempty" doc:"Ids of the entries it rests on"`
}

// MaintainedTerm is a contract that runs.
type MaintainedTerm struct {
	Contract string       `json:"contract"`
	Title    string       `json:"title,omitempty"`
	EndsAt   instant.Time `json:"ends_at"`
}

// Repurchases are the orders after the first one.
type Repurchases struct {
	Orders  int          `json:"orders" doc:"Orders and wins so far"`
	Again   int          `json:"again" doc:"Those after the first"`
	FirstAt instant.Time `json:"first_at,omitempty"`
	LastAt  instant.Time `json:"last_at,omitempty"`
}

// Referral is a lead or customer that this customer brought.
type Referral struct {
	ID       string       `json:"id"`
	Lead     string       `json:"lead,omitempty"`
	Customer string       `json:"customer,omitempty"`
	Name     string       `json:"name,omitempty"`
	At       instant.Time `json:"at"`
	By       string       `json:"by,omitempty"`
}

// States of a process and of its steps.
const (
	TakenWaiting     = "waiting" // for the step before
	TakenOpen        = "open"
	TakenDone        = "done"
	TakenSkipped     = "skipped"
	TakenCancelled   = "cancelled"
	ProcessRunning   = "running"
	ProcessDone      = "done"
	ProcessCancelled = "cancelled"
)

// ProcessInstance is a process under way: what the policy book said when it
// began, with people, due times and outcomes.
type ProcessInstance struct {
	ID       string       `json:"id"`
	No       int          `json:"no" doc:"Which process of the customer it is, from 1"`
	Process  string       `json:"process" doc:"Id in the policy book"`
	Name     lang.Text    `json:"name"`
	Policy   int64        `json:"policy" doc:"Version of the policy book it runs by"`
	Occasion string       `json:"occasion" doc:"What began it: win:<deal>, rhythm, care:<day>, lifecycle:<state>, signal:<id>, contract:<id>, hand"`
	For      instant.Time `json:"for" doc:"The instant it is for: the day of a birthday, the expiry of a contract"`
	BeganAt  instant.Time `json:"began_at"`
	BeganBy  string       `json:"began_by,omitempty" doc:"Person who began it by hand"`
	Status   string       `json:"status" enum:"running,done,cancelled"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	Reason   string       `json:"reason,omitempty" doc:"Why it was cancelled"`
	Steps    []TakenStep  `json:"steps"`
}

// TakenStep is a step of a process under way.
type TakenStep struct {
	ID       string       `json:"id"`
	Name     lang.Text    `json:"name"`
	Action   string       `json:"action" doc:"task, reach_customer, send_survey, open_case, open_intervention, open_churn_review, inform"`
	After    string       `json:"after,omitempty" doc:"Step that must have ended before"`
	Who      string       `json:"who" doc:"Role or relation that the policy names"`
	Assignee string       `json:"assignee,omitempty"`
	Status   string       `json:"status" enum:"waiting,open,done,skipped,cancelled"`
	Within   string       `json:"within" doc:"Time from when it opens, as the policy version says that it runs by"`
	OpenedAt instant.Time `json:"opened_at,omitempty"`
	Due      instant.Time `json:"due,omitempty"`
	Evidence bool         `json:"evidence,omitempty" doc:"It cannot be done without evidence"`
	Proof    []string     `json:"proof,omitempty" doc:"Evidence given: ids of records, links"`
	Outcome  string       `json:"outcome,omitempty"`
	By       string       `json:"by,omitempty"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	Task     string       `json:"task,omitempty" doc:"Task that it moved or ended with"`
	Again    int          `json:"again,omitempty" doc:"How often it was asked for again because evidence was missing or nothing could be sent"`
	Note     *lang.Text   `json:"note,omitempty" doc:"What became of what it sent: deferred until when, or refused, and why"`
	// What an automatic step sends or opens.
	Subject *lang.Text `json:"subject,omitempty"`
	Text    *lang.Text `json:"text,omitempty"`
	Channel string     `json:"channel,omitempty"`
	Detail  string     `json:"detail,omitempty" doc:"Template, case kind or the like, as the action wants it"`
}

// MaintenanceBegan is recorded when a customer is maintained from now on.
type MaintenanceBegan struct {
	Head
	After Maintenance `json:"after"`
}

// MaintenanceChanged is recorded with everything that changes in how a customer is looked after.
type MaintenanceChanged struct {
	Head
	Change  string      `json:"change" doc:"won, hand_over, confirmed, standing, file, owner, process_began, step, process_ended, note, link, contact, referral, bought, term, still, resumed, left, ended"`
	Process string      `json:"process,omitempty" doc:"Instance that changed"`
	Step    string      `json:"step,omitempty" doc:"Step that changed"`
	Reason  string      `json:"reason,omitempty" doc:"Why a person did what is not the rule (R-078)"`
	After   Maintenance `json:"after"`
	// Ended is the process that ended; it is not among the running ones any more.
	Ended *ProcessInstance `json:"ended,omitempty"`
}

func (*MaintenanceBegan) Kind() Kind {
	return Kind{"liuke.accounts.maintenance_began.v1", TopicAccounts, "A customer is maintained from now on (R-068)."}
}
func (*MaintenanceChanged) Kind() Kind {
	return Kind{"liuke.accounts.maintenance_changed.v1", TopicAccounts, "Something changed in how a customer is looked after."}
}

func maintenance() []Data { return []Data{&MaintenanceBegan{}, &MaintenanceChanged{}} }
