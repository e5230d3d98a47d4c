package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Task kinds of interventions.
const (
	TaskIntervene  = "intervene"       // 干预任务
	TaskAttend     = "attend"          // 立即关注
	TaskReviewList = "review_risklist" // 审阅流失风险名单
)

// States of an intervention.
const (
	TeamOpen      = "open"
	TeamRecovered = "recovered" // the customer came back; what is left is to log the outcomes
	TeamClosed    = "closed"
)

// Results of an intervention.
const (
	ResultRecovered = "recovered"
	ResultOngoing   = "ongoing"
	ResultChurned   = "churned"
)

// Scopes of an intervention.
const (
	ScopeTeam      = "team"      // the four roles
	ScopeAttention = "attention" // one person looks at once
)

// Intervention is one case about one endangered customer, for a team of roles
// that each have a task, a due time and an outcome (R-114 to R-119, C-10).
type Intervention struct {
	ID       string           `json:"id" doc:"<customer>-<episode>"`
	Customer string           `json:"customer"`
	Company  string           `json:"company,omitempty"`
	Episode  int64            `json:"episode" doc:"Which intervention of this customer it is, from 1"`
	Scope    string           `json:"scope" enum:"team,attention"`
	Status   string           `json:"status" enum:"open,recovered,closed"`
	Result   string           `json:"result,omitempty" enum:"recovered,ongoing,churned"`
	Reason   string           `json:"reason" doc:"red, score_fell, no_reply, abnormal, manual, …"`
	Says     string           `json:"says,omitempty" doc:"The reason in words"`
	Evidence []string         `json:"evidence,omitempty" doc:"Ids of the facts or timeline entries that it was opened for"`
	OpenedAt instant.Time     `json:"opened_at"`
	OpenedBy string           `json:"opened_by"`
	Lead     string           `json:"lead,omitempty" doc:"Who watches the whole (R-110, C-11)"`
	Due      instant.Time     `json:"due" doc:"By when it is to be closed"`
	Team     []TeamRole       `json:"team"`
	Steps    []PlannedContact `json:"steps,omitempty" doc:"Contacts planned, each sent through the contact budget"`
	Recovery *Recovery        `json:"recovery,omitempty"`
	Note     string           `json:"note,omitempty" doc:"What was concluded"`
	ClosedAt instant.Time     `json:"closed_at,omitempty"`
	ClosedBy string           `json:"closed_by,omitempty"`
}

// TeamRole is one role of an intervention's team.
type TeamRole struct {
	Role    string       `json:"role" doc:"Of the policy: sales, service, product, operations"`
	Person  string       `json:"person"`
	Task    lang.Text    `json:"task"`
	Due     instant.Time `json:"due"`
	Outcome *RoleOutcome `json:"outcome,omitempty"`
}

// RoleOutcome is what a role found and did.
type RoleOutcome struct {
	Says   string       `json:"says"`
	Result string       `json:"result,omitempty" enum:"recovered,ongoing,churned" doc:"How it looks from this role"`
	By     string       `json:"by"`
	At     instant.Time `json:"at"`
}

// PlannedContact is a contact that an intervention plans.
type PlannedContact struct {
	ID        string       `json:"id"`
	Role      string       `json:"role"`
	Channel   string       `json:"channel"`
	Purpose   string       `json:"purpose"`
	Subject   lang.Text    `json:"subject"`
	Text      lang.Text    `json:"text"`
	Uses      []string     `json:"uses,omitempty"`
	At        instant.Time `json:"at"`
	PlannedBy string       `json:"planned_by"`
	Cancelled bool         `json:"cancelled,omitempty"`
}

// Recovery is what brought a customer back.
type Recovery struct {
	Entry string       `json:"entry" doc:"Id of the timeline entry: an order, a reply"`
	Kind  string       `json:"kind"`
	At    instant.Time `json:"at"`
}

// InterventionOpened is recorded when a team is opened for an endangered customer.
type InterventionOpened struct {
	Head
	After Intervention `json:"after"`
}

// InterventionChanged is recorded when a role logs its outcome or changes hands, a contact is planned, a reason is added, or the scope or deadline changes.
type InterventionChanged struct {
	Head
	Change string       `json:"change" enum:"outcome,person,planned,cancelled,reason,scope,due"`
	Role   string       `json:"role,omitempty"`
	Step   string       `json:"step,omitempty" doc:"Id of the planned contact"`
	After  Intervention `json:"after"`
}

// InterventionRecovered is recorded when the customer orders or replies: what is pending is withdrawn.
type InterventionRecovered struct {
	Head
	After Intervention `json:"after"`
}

// InterventionClosed is recorded when an intervention is closed with its result.
type InterventionClosed struct {
	Head
	After Intervention `json:"after"`
}

// Kinds of steps of a wake-up plan.
const (
	WakeUpProduct    = "product_push" // 定制产品推送
	WakeUpLivestream = "livestream"   // 专属直播邀请
	WakeUpCoupon     = "coupon"       // 定向优惠券
)

// States of a wake-up plan.
const (
	WakeUpDraft    = "draft"
	WakeUpApproved = "approved"
	WakeUpRejected = "rejected"
	WakeUpStopped  = "stopped" // the customer came back, or a person stopped it
)

// WakeUpPlan is a personal plan to wake a silent customer, made from what is
// known of this customer.
type WakeUpPlan struct {
	ID        string       `json:"id"`
	Customer  string       `json:"customer"`
	Status    string       `json:"status" enum:"draft,approved,rejected,stopped"`
	Steps     []WakeUpStep `json:"steps"`
	MadeBy    string       `json:"made_by"`
	MadeAt    instant.Time `json:"made_at"`
	DecidedBy string       `json:"decided_by,omitempty"`
	DecidedAt instant.Time `json:"decided_at,omitempty"`
	Reason    string       `json:"reason,omitempty" doc:"Why it was rejected or stopped"`
}

// WakeUpStep is one contact of a wake-up plan.
type WakeUpStep struct {
	Kind    string       `json:"kind" enum:"product_push,livestream,coupon"`
	Channel string       `json:"channel"`
	At      instant.Time `json:"at"`
	Subject lang.Text    `json:"subject"`
	Text    lang.Text    `json:"text"`
	Product string       `json:"product,omitempty"`
	Percent int          `json:"percent,omitempty" doc:"What a coupon is worth in percent of the customer's usual amount"`
	// Coupon are the terms of the coupon that a step gives; {coupon}, {value} and {until} in its words are filled in when it is sent.
	Coupon  *CouponTerms `json:"coupon,omitempty" doc:"Of a coupon, and only of one"`
	Event   *EventTerms  `json:"event,omitempty" doc:"Of a livestream, and only of one; a draft may lack it, an approved plan does not"`
	Uses    []string     `json:"uses" maxItems:"50" doc:"Facts of this customer that it rests on: ids of timeline entries and orders, preference:<topic>"`
	Because []lang.Text  `json:"because,omitempty" maxItems:"20" doc:"What these facts say"`
}

// CouponTerms are what a coupon is good for.
type CouponTerms struct {
	Value      money.Amount  `json:"value" doc:"What it takes off one order"`
	From       *money.Amount `json:"from,omitempty" doc:"Orders from this amount on; empty: any"`
	ValidUntil instant.Time  `json:"valid_until" doc:"Good until before this"`
}

// EventTerms are when and where a livestream or event takes place.
type EventTerms struct {
	StartsAt instant.Time `json:"starts_at"`
	Link     string       `json:"link" maxLength:"1000" doc:"Address at which it is watched: https"`
}

// States of what a wake-up plan offers a customer.
const (
	OfferIssued   = "issued"
	OfferVoid     = "void" // it never reached the customer: refused, or taken back before it was sent
	OfferRedeemed = "redeemed"
	OfferAccepted = "accepted"
	OfferDeclined = "declined"
)

// WakeUpOffer is what a step of an approved plan gives this one customer: a coupon,
// which is good for one order, or an invitation, which is answered.
type WakeUpOffer struct {
	ID       string        `json:"id" doc:"<plan>.<step>"`
	Customer string        `json:"customer"`
	Plan     string        `json:"plan"`
	Kind     string        `json:"kind" enum:"coupon,livestream"`
	Name     lang.Text     `json:"name"`
	Status   string        `json:"status" enum:"issued,void,redeemed,accepted,declined"`
	Code     string        `json:"code,omitempty" doc:"Of a coupon"`
	Coupon   *CouponTerms  `json:"coupon,omitempty"`
	Event    *EventTerms   `json:"event,omitempty"`
	IssuedAt instant.Time  `json:"issued_at"`
	Outreach string        `json:"outreach" doc:"Contact by which the customer hears of it"`
	Why      lang.Text     `json:"why,omitzero" doc:"Why it is void"`
	AnswerAt instant.Time  `json:"answer_at,omitempty" doc:"When it was redeemed, accepted or declined"`
	By       string        `json:"by,omitempty" doc:"Who recorded the redemption"`
	Order    string        `json:"order,omitempty" doc:"Order that it was redeemed for"`
	OrderSum *money.Amount `json:"order_amount,omitempty"`
}

// WakeUpOfferStepped is recorded when an offer of a wake-up plan is issued, redeemed, answered, or turns out not to reach the customer.
type WakeUpOfferStepped struct {
	Head
	Change string      `json:"change" enum:"issued,void,redeemed,accepted,declined"`
	After  WakeUpOffer `json:"after"`
}

// Kind names the fact.
func (*WakeUpOfferStepped) Kind() Kind {
	return Kind{"liuke.accounts.wakeup_offer_stepped.v1", TopicAccounts, "A coupon or an invitation of a wake-up plan was issued, redeemed, answered, or did not reach the customer (R-112)."}
}

// WakeUpPlanStepped is recorded when a wake-up plan is drafted, decided about or stopped.
type WakeUpPlanStepped struct {
	Head
	Change string     `json:"change" enum:"drafted,edited,approved,rejected,stopped"`
	After  WakeUpPlan `json:"after"`
}

// WarningGroup is the standing group that owns the list of endangered customers (R-120, C-10).
type WarningGroup struct {
	ID       string       `json:"id"`
	Members  []string     `json:"members" doc:"By the policy, of whom is present"`
	Since    instant.Time `json:"since"`
	MetAt    instant.Time `json:"met_at,omitempty"`
	Meetings int64        `json:"meetings"`
}

// GroupMeeting is one meeting of the warning group over the list.
type GroupMeeting struct {
	ID        string          `json:"id"`
	N         int64           `json:"n" doc:"Which meeting it is, from 1"`
	At        instant.Time    `json:"at"`
	By        string          `json:"by"`
	Present   []string        `json:"present"`
	Open      int             `json:"open" doc:"Interventions that were open"`
	Analysis  string          `json:"analysis,omitempty"`
	Decisions []GroupDecision `json:"decisions"`
}

// GroupDecision is how the group steers.
type GroupDecision struct {
	Action       string       `json:"action" enum:"open,hand_over,extend,keep,other" doc:"open: an intervention; hand_over: a role; extend: the deadline"`
	Customer     string       `json:"customer,omitempty"`
	Intervention string       `json:"intervention,omitempty"`
	Role         string       `json:"role,omitempty"`
	Person       string       `json:"person,omitempty"`
	Due          instant.Time `json:"due,omitempty"`
	Says         string       `json:"says"`
}

// WarningGroupFormed is recorded when the standing group begins or its members change.
type WarningGroupFormed struct {
	Head
	After WarningGroup `json:"after"`
}

// WarningGroupMet is recorded when the standing group has met over the list.
type WarningGroupMet struct {
	Head
	After   WarningGroup `json:"after"`
	Meeting GroupMeeting `json:"meeting"`
}

func (*InterventionOpened) Kind() Kind {
	return Kind{"liuke.accounts.intervention_opened.v1", TopicAccounts, "An intervention team was opened for an endangered customer (R-114)."}
}
func (*InterventionChanged) Kind() Kind {
	return Kind{"liuke.accounts.intervention_changed.v1", TopicAccounts, "A role of an intervention logged its outcome or changed hands, or a contact was planned."}
}
func (*InterventionRecovered) Kind() Kind {
	return Kind{"liuke.accounts.intervention_recovered.v1", TopicAccounts, "An endangered customer ordered or replied; what was pending is withdrawn."}
}
func (*InterventionClosed) Kind() Kind {
	return Kind{"liuke.accounts.intervention_closed.v1", TopicAccounts, "An intervention was closed with all outcomes and a result (R-119)."}
}
func (*WakeUpPlanStepped) Kind() Kind {
	return Kind{"liuke.accounts.wakeup_plan_stepped.v1", TopicAccounts, "A wake-up plan for a silent customer was drafted, decided about or stopped (R-112)."}
}
func (*WarningGroupFormed) Kind() Kind {
	return Kind{"liuke.accounts.warning_group_formed.v1", TopicAccounts, "The standing churn-warning group began or has other members (R-120)."}
}
func (*WarningGroupMet) Kind() Kind {
	return Kind{"liuke.accounts.warning_group_met.v1", TopicAccounts, "The standing churn-warning group met over its list and decided (R-120)."}
}

func interventions() []Data {
	return []Data{&InterventionOpened{}, &InterventionChanged{}, &InterventionRecovered{}, &InterventionClosed{}, &WakeUpPlanStepped{}, &WakeUpOfferStepped{}, &WarningGroupFormed{}, &WarningGroupMet{}}
}
