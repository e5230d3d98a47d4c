package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// States of a case. An open case always has an owner.
const (
	CaseNew      = "new"      // nobody of ours has answered yet
	CaseWorking  = "working"  // answered, not solved
	CaseWaiting  = "waiting"  // for the customer: the clocks stand still
	CaseResolved = "resolved" // solved as we see it; the customer may object
	CaseClosed   = "closed"
)

// Tasks of a case's owner.
const (
	TaskRespond = "case_respond" // 首次响应
	TaskResolve = "case_resolve" // 解决
)

// The clocks of a case.
const (
	ClockResponse = "response"
	ClockSolution = "solution"
)

// Sides of an entry of a case's conversation.
const (
	CaseInbound  = "inbound"  // the customer's word
	CaseOutbound = "outbound" // ours
	CaseNote     = "internal" // not for the customer
)

// CasePause is when a case's clocks stood still.
type CasePause struct {
	From instant.Time `json:"from"`
	To   instant.Time `json:"to,omitempty" doc:"Unset while it lasts"`
}

// CaseClock is a clock of a case as it stands.
type CaseClock struct {
	Within     string       `json:"within" doc:"The policy's duration when the round began, such as 4wh"`
	Due        instant.Time `json:"due,omitempty" doc:"When it runs down; unset while the case waits for the customer"`
	DoneAt     instant.Time `json:"done_at,omitempty"`
	TookMS     int64        `json:"took_ms,omitempty" doc:"Time of the clock's kind that it took, pauses left out, in milliseconds"`
	BreachedAt instant.Time `json:"breached_at,omitempty" doc:"When it ran down before it was done (R-141)"`
}

// Caller is who of the customer's a case is with.
type Caller struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

// CaseOutcome is what became of a suggestion.
type CaseOutcome struct {
	Outcome string       `json:"outcome" doc:"Of the policy's outcomes"`
	Name    lang.Text    `json:"name"`
	Final   bool         `json:"final,omitempty"`
	Reason  string       `json:"reason"`
	By      string       `json:"by"`
	At      instant.Time `json:"at"`
	Told    instant.Time `json:"told_at,omitempty" doc:"When the customer was told"`
}

// Case is a ticket (工单): something that a customer asks, complains of or
// suggests, with an owner, a status and clocks.
type Case struct {
	ID         string       `json:"id"`
	Customer   string       `json:"customer"`
	Name       string       `json:"name,omitempty" doc:"The customer's"`
	Kind       string       `json:"kind" doc:"Of the policy's kinds of cases"`
	KindName   lang.Text    `json:"kind_name"`
	Complaint  bool         `json:"complaint,omitempty" doc:"It is of the policy's kind of complaints"`
	Title      string       `json:"title"`
	Feature    string       `json:"feature,omitempty" doc:"Feature of a product that it asks for or finds faulty: remarks about one again and again are an early sign (R-095)"`
	Channel    string       `json:"channel"`
	Priority   string       `json:"priority" enum:"low,normal,high,urgent"`
	Owner      string       `json:"owner"`
	Status     string       `json:"status" enum:"new,working,waiting,resolved,closed"`
	Caller     Caller       `json:"caller,omitzero"`
	Contact    string       `json:"contact,omitempty" doc:"Id of the customer's contact"`
	Ref        *Subject     `json:"ref,omitempty" doc:"Deal, order, contract, survey … that it is about"`
	Tier       string       `json:"tier,omitempty" doc:"The customer's when it was opened; decides the clocks"`
	Calendar   string       `json:"calendar,omitempty" doc:"Working calendar of the clocks, if not the owner's"`
	ReportedAt instant.Time `json:"reported_at" doc:"When the customer said it; clocks count from it"`
	OpenedAt   instant.Time `json:"opened_at"`
	OpenedBy   string       `json:"opened_by" doc:"Person, or link or survey"`
	Round      int          `json:"round" doc:"1, and one more each time it is opened again"`
	RoundAt    instant.Time `json:"round_at" doc:"When the round began: what its clocks count from"`
	Response   CaseClock    `json:"response"`
	Solution   CaseClock    `json:"solution"`
	Pauses     []CasePause  `json:"pauses,omitempty" doc:"Of this round: waiting for the customer"`
	WaitsSince instant.Time `json:"waits_since,omitempty"`
	Says       string       `json:"resolution,omitempty" doc:"How it was solved"`
	ResolvedAt instant.Time `json:"resolved_at,omitempty"`
	ClosedAt   instant.Time `json:"closed_at,omitempty"`
	CloseWhy   string       `json:"close_reason,omitempty" enum:"solved,agreed,no_answer,withdrawn,duplicate"`
	Outcome    *CaseOutcome `json:"outcome,omitempty" doc:"What became of a suggestion"`
	Entries    int          `json:"entries" doc:"Entries of the conversation so far"`
	LastIn     instant.Time `json:"last_inbound_at,omitempty"`
	LastOut    instant.Time `json:"last_outbound_at,omitempty"`
	Nudged     int          `json:"nudged,omitempty" doc:"Reminders that the customer got while the case waits"`
}

// CaseEntry is an entry of a case's conversation.
type CaseEntry struct {
	N       int          `json:"n" doc:"From 1"`
	Side    string       `json:"side" enum:"inbound,outbound,internal"`
	Channel string       `json:"channel,omitempty"`
	By      string       `json:"by,omitempty" doc:"Person of ours; empty: the customer"`
	Text    string       `json:"text"`
	At      instant.Time `json:"at"`
	Send    bool         `json:"send,omitempty" doc:"It is also sent to the customer"`
}

// CaseOpened is recorded when a case is opened.
type CaseOpened struct {
	Head
	After Case      `json:"after"`
	Entry CaseEntry `json:"entry" doc:"What the customer said"`
}

// CaseEntryAdded is recorded with every entry of a case's conversation.
type CaseEntryAdded struct {
	Head
	Entry CaseEntry `json:"entry"`
	After Case      `json:"after"`
}

// CaseStepped is recorded when a case gets another status, owner, kind, priority or outcome.
type CaseStepped struct {
	Head
	Step   string `json:"step" enum:"assigned,changed,waiting,resumed,resolved,closed,reopened,outcome,told,nudged"`
	Remark string `json:"remark,omitempty"`
	Before Case   `json:"before"`
	After  Case   `json:"after"`
}

// CaseBreached is recorded when a clock of a case ran down before it was done.
type CaseBreached struct {
	Head
	Clock string       `json:"clock" enum:"response,solution"`
	Due   instant.Time `json:"due"`
	After Case         `json:"after"`
}

// Kind names the fact.
func (*CaseOpened) Kind() Kind {
	return Kind{"liuke.accounts.case_opened.v1", TopicAccounts, "A customer asked, complained of or suggested something: a case was opened."}
}

// Kind names the fact.
func (*CaseEntryAdded) Kind() Kind {
	return Kind{"liuke.accounts.case_entry_added.v1", TopicAccounts, "Something was said or noted in a case."}
}

// Kind names the fact.
func (*CaseStepped) Kind() Kind {
	return Kind{"liuke.accounts.case_stepped.v1", TopicAccounts, "A case got another status, owner, kind, priority or outcome."}
}

// Kind names the fact.
func (*CaseBreached) Kind() Kind {
	return Kind{"liuke.accounts.case_breached.v1", TopicAccounts, "A clock of a case ran down."}
}

func cases() []Data {
	return []Data{&CaseOpened{}, &CaseEntryAdded{}, &CaseStepped{}, &CaseBreached{}}
}
