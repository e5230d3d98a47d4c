package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// KeyAccount is a customer with a manager of its own.
type KeyAccount struct {
	Customer string       `json:"customer"`
	Manager  string       `json:"manager" doc:"Dedicated account manager (专属客户经理)"`
	Success  string       `json:"success,omitempty" doc:"Who of customer success answers for its growth in value (R-158)"`
	Goal     string       `json:"goal,omitempty" doc:"What growth in value is agreed"`
	Since    instant.Time `json:"since"`
	Reason   string       `json:"reason,omitempty"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	// Gaps is the checklist of process gaps that lose key accounts.
	Gaps       []KeyAccountGap       `json:"gaps"`
	Indicators []KeyAccountIndicator `json:"indicators"`
	Plans      []ValuePlan           `json:"plans,omitempty"`
}

// KeyAccountGap is an item of the checklist.
type KeyAccountGap struct {
	ID        string       `json:"id"`
	Name      lang.Text    `json:"name"`
	State     string       `json:"state" enum:"unchecked,closed,open,in_progress"`
	Evidence  string       `json:"evidence,omitempty"`
	Owner     string       `json:"owner,omitempty"`
	Due       instant.Time `json:"due,omitempty"`
	CheckedBy string       `json:"checked_by,omitempty"`
	CheckedAt instant.Time `json:"checked_at,omitempty"`
	AskedAt   instant.Time `json:"asked_at,omitempty" doc:"When the next check was asked for"`
	LateAt    instant.Time `json:"late_at,omitempty" doc:"When that check was late"`
}

// KeyAccountIndicator is a row of the indicator table.
type KeyAccountIndicator struct {
	ID        string       `json:"id"`
	Name      lang.Text    `json:"name"`
	Frequency string       `json:"frequency" doc:"How often it is checked, as a duration of the policy"`
	Threshold int          `json:"threshold" doc:"Below it, or above it, the action is due"`
	When      string       `json:"when,omitempty" enum:"below,above" doc:"On which side of the threshold the action is due; empty: below"`
	Action    lang.Text    `json:"action"`
	Known     bool         `json:"known"`
	Value     int          `json:"value"`
	Evidence  string       `json:"evidence,omitempty"`
	ValueAt   instant.Time `json:"value_at,omitempty"`
	CheckedAt instant.Time `json:"checked_at,omitempty"`
	NextCheck instant.Time `json:"next_check,omitempty"`
	Breached  bool         `json:"breached"`
}

// ValuePlan is an item of the value-add plan.
type ValuePlan struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind" enum:"industry_insight,custom_report,training,workshop,other"`
	Title   string       `json:"title"`
	Owner   string       `json:"owner"`
	Due     instant.Time `json:"due,omitempty"`
	State   string       `json:"state" enum:"planned,delivered,dropped"`
	Outcome string       `json:"outcome,omitempty"`
	At      instant.Time `json:"at"`
}

// KeyAccountNote is what the manager learnt: industry news, a change of need.
type KeyAccountNote struct {
	ID       string       `json:"id"`
	Customer string       `json:"customer"`
	Kind     string       `json:"kind" enum:"industry_news,need_change,other"`
	Title    string       `json:"title"`
	Text     string       `json:"text,omitempty"`
	Source   string       `json:"source,omitempty"`
	By       string       `json:"by"`
	At       instant.Time `json:"at"`
}

// CocreationItem is an item of the space that a customer and the team share.
type CocreationItem struct {
	ID        string              `json:"id"`
	Customer  string              `json:"customer"`
	Kind      string              `json:"kind" enum:"idea,feedback,iteration,seminar,custom_solution"`
	Title     string              `json:"title"`
	Text      string              `json:"text,omitempty"`
	State     string              `json:"state" enum:"proposed,considered,planned,in_progress,done,declined"`
	By        string              `json:"by" doc:"A person's id, or guest:<id>"`
	Name      string              `json:"name" doc:"As the others see it"`
	Guest     bool                `json:"guest,omitempty" doc:"The customer made it"`
	CreatedAt instant.Time        `json:"created_at"`
	Touched   instant.Time        `json:"touched"`
	Comments  []CocreationComment `json:"comments"`
}

// CocreationComment is what somebody says about an item.
type CocreationComment struct {
	ID    string       `json:"id"`
	By    string       `json:"by"`
	Name  string       `json:"name"`
	Guest bool         `json:"guest,omitempty"`
	Text  string       `json:"text"`
	At    instant.Time `json:"at"`
}

// KeyAccountChanged is recorded when a customer becomes a key account, its sheet changes, or it stops being one.
type KeyAccountChanged struct {
	Head
	After   KeyAccount `json:"after"`
	Changed string     `json:"changed" enum:"designated,manager,success,gap,indicator,plan,ended,recheck,recheck_late"`
	ID      string     `json:"id,omitempty" doc:"Of the gap, indicator or plan"`
}

// KeyAccountNoted is recorded when the manager of a key account notes something.
type KeyAccountNoted struct {
	Head
	Note KeyAccountNote `json:"note"`
}

// CocreationChanged is recorded when an item of a co-creation space is new, moves on or is commented.
type CocreationChanged struct {
	Head
	After  CocreationItem `json:"after"`
	What   string         `json:"what" enum:"opened,state,comment"`
	Before string         `json:"before,omitempty" doc:"State before"`
}

// CocreationGuestChanged is recorded when a guest is invited to a space, or the invitation is taken back.
type CocreationGuestChanged struct {
	Head
	Guest    string       `json:"guest"`
	Customer string       `json:"customer"`
	Name     string       `json:"name"`
	Expires  instant.Time `json:"expires"`
	Revoked  bool         `json:"revoked"`
}

func (*KeyAccountChanged) Kind() Kind {
	return Kind{"liuke.accounts.key_account_changed.v1", TopicAccounts, "A key account's sheet changed."}
}
func (*KeyAccountNoted) Kind() Kind {
	return Kind{"liuke.accounts.key_account_noted.v1", TopicAccounts, "The manager of a key account noted something."}
}
func (*CocreationChanged) Kind() Kind {
	return Kind{"liuke.accounts.cocreation_changed.v1", TopicAccounts, "An item of a co-creation space is new, moved on or was commented."}
}
func (*CocreationGuestChanged) Kind() Kind {
	return Kind{"liuke.accounts.cocreation_guest_changed.v1", TopicAccounts, "A guest was invited to a co-creation space, or the invitation taken back."}
}

func keyAccounts() []Data {
	return []Data{&KeyAccountChanged{}, &KeyAccountNoted{}, &CocreationChanged{}, &CocreationGuestChanged{}}
}
