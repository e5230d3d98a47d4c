package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Life-cycle states of a customer. They are one thing, risk groups
// another, the post-sale link a third (C-08).
const (
	LifecycleNew       = "new"        // 新客户
	LifecycleActive    = "active"     // 活跃客户
	LifecycleSilent    = "silent"     // 沉默客户
	LifecycleChurnRisk = "churn_risk" // 流失风险客户
	LifecycleChurned   = "churned"    // 确认流失
	LifecycleWonBack   = "won_back"   // 已挽回
)

// Lifecycles lists the states, the best first.
var Lifecycles = []string{LifecycleNew, LifecycleActive, LifecycleWonBack, LifecycleSilent, LifecycleChurnRisk, LifecycleChurned}

// Risk groups.
const (
	GroupNoOrder    = "no_order"    // 超过90天未下单的老客户
	GroupLowRatings = "low_ratings" // 最近两次服务评分偏低
	GroupHaggling   = "haggling"    // 价格压得极低但迟迟不回单
)

// RiskGroups lists the groups.
var RiskGroups = []string{GroupNoOrder, GroupLowRatings, GroupHaggling}

// KeyFollowUp is the tag that members of any risk group carry (重点跟进, R-109).
const KeyFollowUp = "key_follow_up"

// Severities of a signal (C-14).
const (
	SignalWarning = "warning"
	SignalSevere  = "severe"
)

// Rules that make a potential churn customer (潜在流失客户).
const (
	RedHealthFall = "health_fall"
	RedUnanswered = "unanswered"
	RedLowScore   = "low_score"   // C-09
)

// Signal is an early sign of churn with what it was judged by.
type Signal struct {
	Rule     string    `json:"rule" doc:"Rule that gave it, as the policy's standing section names it"`
	Severity string    `json:"severity" enum:"warning,severe"`
	Says     lang.Text `json:"says" doc:"What was found, with the numbers"`
	Action   string    `json:"action" doc:"What is to be done about it, as the policy names it"`
	Cause    string    `json:"cause,omitempty" doc:"Row of the root-cause model (R-097)"`
	// From and To bound what was looked at; the customer's own baseline lies before From.
	From     instant.Time `json:"from,omitempty"`
	To       instant.Time `json:"to,omitempty"`
	Recent   float64      `json:"recent" doc:"What was measured"`
	Baseline float64      `json:"baseline" doc:"What it is compared with: the customer's own past, or the policy's bound"`
	Evidence []string     `json:"evidence" doc:"Ids of timeline entries, the newest first"`
}

// HealthPart is what one input gives to a health score.
type HealthPart struct {
	Input    string    `json:"input" doc:"Input of the model: order_frequency, payment_cycle, …"`
	Name     lang.Text `json:"name"`
	Measured float64   `json:"measured" doc:"What was measured, in the input's unit"`
	Score    int       `json:"score" minimum:"0" maximum:"100" doc:"Of this input alone"`
	Weight   int       `json:"weight" doc:"Of the model"`
	Points   float64   `json:"points" doc:"What it gives to the score of 100"`
	Most     float64   `json:"most" doc:"What it could give at most"`
	Was      *int      `json:"was,omitempty" doc:"Its score when the customer was assessed before, where that differs"`
	Says     lang.Text `json:"says" doc:"Why, in words"`
	Evidence []string  `json:"evidence,omitempty" doc:"Ids of timeline entries, the newest first"`
}

// MonthHealth is the health at the end of a month.
type MonthHealth struct {
	At      instant.Time `json:"at" doc:"First instant of the following month"`
	Health  int          `json:"health" minimum:"0" maximum:"100"`
	Version string       `json:"version" doc:"Model and version that it was computed by"`
}

// Indicator is a figure that is shown of a customer and judged by nobody.
type Indicator struct {
	ID    string       `json:"id"`
	Name  lang.Text    `json:"name"`
	Value float64      `json:"value,omitempty"`
	At    instant.Time `json:"at,omitempty" doc:"For indicators that are an instant"`
	Unit  string       `json:"unit,omitempty"`
	Link  string       `json:"link,omitempty" doc:"Post-sale link that it is of (R-053)"`
	// Product is the product line that it is of.
	Product string `json:"product,omitempty" doc:"Product that it is of (R-093); empty: of all together"`
}

// Watcher says who watches a customer personally, by role (R-110, C-11). The
// person is found when something is to be done.
type Watcher struct {
	Role string    `json:"role" doc:"Role whose holder watches"`
	Then []string  `json:"then,omitempty" doc:"Roles to which it goes if there is no such person; it ends at a supervisor"`
	Why  lang.Text `json:"why"`
}

// LifecycleOverride is what a person set in place of the computed state.
type LifecycleOverride struct {
	State  string       `json:"state" enum:"new,active,silent,churn_risk,churned,won_back"`
	Reason string       `json:"reason"`
	By     string       `json:"by"`
	At     instant.Time `json:"at"`
	Until  instant.Time `json:"until"`
}

// Standing says where a customer stands: life cycle, health, signals and risk groups.
type Standing struct {
	Customer string `json:"customer"`

	Lifecycle      string             `json:"lifecycle" enum:"new,active,silent,churn_risk,churned,won_back"`
	LifecycleSince instant.Time       `json:"lifecycle_since,omitempty" doc:"When it was first seen in this state"`
	LifecycleWhy   lang.Text          `json:"lifecycle_why"`
	Computed       string             `json:"computed" doc:"The state without an override"`
	Override       *LifecycleOverride `json:"override,omitempty"`
	PostSaleLink   string             `json:"post_sale_link,omitempty" doc:"Link of L-4 (R-053, C-08)"`

	Health        int           `json:"health" minimum:"0" maximum:"100"`
	HealthVersion string        `json:"health_version" doc:"Model and version: <model>.<version>"`
	Parts         []HealthPart  `json:"parts" doc:"What each input gave"`
	Months        []MonthHealth `json:"months,omitempty" doc:"Health at the last month ends by this model, the oldest first"`

	Signals    []Signal    `json:"signals"`
	Groups     []string    `json:"groups" doc:"Risk groups: no_order, low_ratings, haggling"`
	Tags       []string    `json:"tags,omitempty" doc:"key_follow_up for members of a group (R-109)"`
	Red        bool        `json:"red" doc:"Potential churn customer, shown in red (R-102)"`
	RedWhy     []Signal    `json:"red_why,omitempty" doc:"Rules that make it one: health_fall, unanswered, low_score"`
	Causes     []string    `json:"causes,omitempty" doc:"Rows of the root-cause model that the signals point to (R-097)"`
	Indicators []Indicator `json:"indicators,omitempty"`
	Watcher    *Watcher    `json:"watcher,omitempty" doc:"Who watches, while somebody has to"`

	AsOf instant.Time `json:"as_of"`
	// NextCheckAt is the instant before which nothing changes by time alone; unset: never.
	NextCheckAt   instant.Time `json:"next_check_at,omitempty"`
	PolicyVersion int64        `json:"policy_version"`
}

// StandingAssessed is recorded when a customer stands differently than before.
type StandingAssessed struct {
	Head
	Before  *Standing `json:"before,omitempty"`
	After   Standing  `json:"after"`
	Changed []string  `json:"changed" doc:"lifecycle, health, health_version, signals, groups, red, watcher, override, next_check_at"`
}

// LifecycleOverridden is recorded when a person sets a life-cycle state by hand, or takes that back.
type LifecycleOverridden struct {
	Head
	Before *LifecycleOverride `json:"before,omitempty"`
	After  *LifecycleOverride `json:"after,omitempty"`
	Reason string             `json:"reason"`
}

// RiskReviewed is recorded when management has gone through the list of customers at risk.
type RiskReviewed struct {
	Head
	After RiskReview `json:"after"`
}

// RiskReview is one review of the list of customers at risk.
type RiskReview struct {
	ID         string           `json:"id"`
	By         string           `json:"by"`
	At         instant.Time     `json:"at"`
	PeriodFrom instant.Time     `json:"period_from,omitempty" doc:"When the list was reviewed before; unset: never"`
	Red        int64            `json:"red" doc:"Customers in red at the time"`
	Groups     map[string]int64 `json:"groups" doc:"Members of each risk group at the time"`
	Customers  []string         `json:"customers" doc:"Those that were gone through"`
	Evidence   string           `json:"evidence" doc:"Minutes, or where they lie"`
	Decisions  []RiskDecision   `json:"decisions,omitempty"`
}

// RiskDecision is what a review decided about a customer.
type RiskDecision struct {
	Customer string `json:"customer"`
	Decision string `json:"decision"`
	Owner    string `json:"owner,omitempty" doc:"Who does it"`
}

// Kind names the fact.
func (*StandingAssessed) Kind() Kind {
	return Kind{"liuke.accounts.standing_assessed.v1", TopicAccounts, "A customer's health, life cycle, signals or risk groups changed (R-076 to R-109)."}
}

// Kind names the fact.
func (*LifecycleOverridden) Kind() Kind {
	return Kind{"liuke.accounts.lifecycle_overridden.v1", TopicAccounts, "A person set a customer's life-cycle state, or took that back (R-078)."}
}

// Kind names the fact.
func (*RiskReviewed) Kind() Kind {
	return Kind{"liuke.accounts.risk_reviewed.v1", TopicAccounts, "Management went through the list of customers at risk (R-111)."}
}

func standings() []Data { return []Data{&StandingAssessed{}, &LifecycleOverridden{}, &RiskReviewed{}} }
