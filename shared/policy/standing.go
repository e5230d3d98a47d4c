package policy

import (
	"liuke.dev/shared/lang"
)

// Standing rules how a customer's life cycle, early signs of churn and risk
// groups are judged.
type Standing struct {
	Lifecycle  Lifecycle    `json:"lifecycle" doc:"When a customer is in which state (R-076, C-08, C-09)"`
	Signals    []SignalRule `json:"signals" doc:"Early signs of churn (R-082 to R-096, C-14); a rule that is not listed is off"`
	Groups     RiskGroups   `json:"groups" doc:"Risk groups (R-106 to R-108)"`
	RedWhen    []string     `json:"red_when" doc:"What makes a potential churn customer, shown in red: health_fall (R-100), unanswered (R-101), low_score, or a risk group (R-102)"`
	RootCauses []RootCause  `json:"root_causes" doc:"Root-cause model: how each row is recognised and answered (R-097)"`
	Watch      []Watch      `json:"watch" doc:"Who watches a customer at risk personally: the first row that fits (R-110, C-11)" minItems:"1"`
	Proactive  []string     `json:"proactive" doc:"Kinds of timeline entries that are proactive contacts when outbound (R-101)" minItems:"1"`
	Low        int          `json:"low" doc:"A rating below this is low, of 100 (C-07)" minimum:"1" maximum:"100"`
}

// Lifecycle rules the states (C-09: silent after 60 days is a proposal of ours).
type Lifecycle struct {
	NewFor         Duration `json:"new_for" doc:"A customer is new for this long after the first order, contract or win"`
	SilentAfter    Duration `json:"silent_after" doc:"Time without anything inbound and without an order that makes a customer silent (C-09)"`
	WonBackFor     Duration `json:"won_back_for" doc:"A lost customer that came back is won back for this long"`
	ChurnRiskWhen  []string `json:"churn_risk_when" doc:"What makes the state churn risk: health_fall, unanswered, low_score, or a risk group (C-09)"`
	OverrideAtMost Duration `json:"override_at_most" doc:"A state set by hand holds no longer than this (R-078)"`
}

// How often a rule looks: windows move at the beginning of the week or month.
const (
	CheckWeekly  = "weekly"
	CheckMonthly = "monthly"
)

// The rules of early signs. What their numbers mean: see SignalRule.
const (
	SignalContactFall     = "contact_frequency_fall"
	SignalContactChange   = "contact_change"
	SignalColdNeed        = "cold_need"
	SignalAmountFall      = "amount_fall"
	SignalCooperationFall = "cooperation_fall"
	SignalActivityFall    = "activity_fall"
	SignalSatisfaction    = "satisfaction_fall"
	SignalUsageFall       = "usage_fall"
	SignalSlowResponse    = "slow_response"
	SignalOrderFall       = "order_frequency_fall"
	SignalRevisitFall     = "revisit_fall"
	SignalComplaints      = "complaints_up"
	SignalRemarks         = "repeated_remarks"
	SignalContactChanges  = "frequent_contact_change"
	SignalRenewal         = "renewal_unsettled"
	SignalComparison      = "price_comparison"
)

// SignalNames lists the rules of early signs.
var SignalNames = []string{SignalOrderFall, SignalRevisitFall, SignalContactFall, SignalContactChange, SignalColdNeed, SignalAmountFall, SignalCooperationFall, SignalActivityFall,
	SignalSatisfaction, SignalUsageFall, SignalSlowResponse, SignalComplaints, SignalRemarks, SignalContactChanges, SignalRenewal, SignalComparison}

// falls are rules that compare a window with the customer's own baseline; below
// are those whose bounds are undercut; the rest are exceeded or reached.
var (
	signalFalls = []string{SignalOrderFall, SignalRevisitFall, SignalContactFall, SignalAmountFall, SignalCooperationFall, SignalActivityFall}
	signalBelow = []string{SignalSatisfaction, SignalUsageFall}
)

// SignalRule is one early sign. For the falls, warning and severe are percent of
// the customer's own baseline that were lost; for satisfaction_fall and
// usage_fall they are bounds of 100 that are undercut; for slow_response hours,
// for renewal_unsettled days before the end; for the others numbers of cases.
type SignalRule struct {
	Rule     string    `json:"rule" enum:"order_frequency_fall,revisit_fall,contact_frequency_fall,contact_change,cold_need,amount_fall,cooperation_fall,activity_fall,satisfaction_fall,usage_fall,slow_response,complaints_up,repeated_remarks,frequent_contact_change,renewal_unsettled,price_comparison"`
	Check    string    `json:"check" enum:"weekly,monthly" doc:"When the windows move on; a new fact is judged at once"`
	Window   Duration  `json:"window" doc:"What is looked at"`
	Baseline Duration  `json:"baseline,omitempty" doc:"What it is compared with: the customer's own time before the window"`
	Least    int       `json:"least,omitempty" doc:"Cases that the baseline must hold, so that there is something to fall from" minimum:"0" maximum:"1000"`
	Within   Duration  `json:"within,omitempty" doc:"Time that is waited: for an answer to a quote, for the successor of a contact"`
	Warning  int       `json:"warning" minimum:"0" maximum:"10000"`
	Severe   int       `json:"severe" doc:"0: never severe" minimum:"0" maximum:"10000"`
	Action   string    `json:"action" doc:"Name of what is to be done, for processes" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Does     lang.Text `json:"does" doc:"What is to be done, in words"`
}

// RiskGroups rules who is in which group.
type RiskGroups struct {
	NoOrderFor  Duration `json:"no_order_for" doc:"An existing customer without an order for longer than this is in group no_order (R-106)"`
	LowRatings  int      `json:"low_ratings" doc:"So many last service ratings, all low, make group low_ratings (R-107)" minimum:"1" maximum:"20"`
	RatingsOf   Duration `json:"ratings_of" doc:"Ratings older than this are not looked at"`
	Presses     int      `json:"presses" doc:"So often the price was pressed without an order since make group haggling (R-108)" minimum:"1" maximum:"50"`
	PressesOf   Duration `json:"presses_of" doc:"Time in which the price was pressed"`
	OrderWithin Duration `json:"order_within" doc:"Time after the last press in which an order is waited for"`
	ReviewEvery Duration `json:"review_every" doc:"Rhythm in which management goes through the list (R-111)"`
}

// RootCause is a row of the root-cause model.
type RootCause struct {
	ID      string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name    lang.Text `json:"name"`
	Signals []string  `json:"signals" doc:"Rules of early signs, and risk groups, that point to it"`
	Seen    lang.Text `json:"seen" doc:"How it is recognised"`
	Answer  lang.Text `json:"answer" doc:"What answers it"`
}

// Watch names by role who watches.
type Watch struct {
	Tiers  []string `json:"tiers,omitempty" doc:"Tiers it is for; empty: every tier"`
	Groups []string `json:"groups,omitempty" doc:"Risk groups it is for; empty: any, and red without a group"`
	Role   string   `json:"role" enum:"salesperson,sales_manager,sales_director,service,account_manager,customer_success,owner,owners_supervisor" doc:"Who watches; owner and owners_supervisor are the first-responsible person and whom they report to"`
	Then   []string `json:"then,omitempty" doc:"Who does if there is no such person, in turn; the chain must end at a supervisor"`
}

// WatchRoles are those that can watch; supervisors end a chain.
var (
	WatchRoles = []string{"salesperson", "sales_manager", "sales_director", "service", "account_manager", "customer_success", "owner", "owners_supervisor"}
	watchEnds  = []string{"sales_manager", "sales_director", "owners_supervisor"}
)
