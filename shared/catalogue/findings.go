package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// States of a finding.
const (
	FindingOpen     = "open"
	FindingSettled  = "settled"   // what the system says and what happened agree again
	FindingSetAside = "set_aside" // somebody says that it is right as it is
)

// Finding is a contradiction between what the system says of a customer and what
// the customer did (系统数据与实际行为双向验证, R-042).
type Finding struct {
	ID       string       `json:"id" doc:"<customer>:<rule>:<subject>"`
	Customer string       `json:"customer"`
	Rule     string       `json:"rule" doc:"negotiation_silent, won_without_order, promise_overdue, decider_left, contacted_without_consent, bought_after_loss"`
	Subject  *Subject     `json:"subject,omitempty" doc:"What the system says something doubtful of"`
	Says     lang.Text    `json:"says"`
	Evidence []string     `json:"evidence,omitempty" doc:"Ids of timeline entries or facts"`
	Since    instant.Time `json:"since" doc:"From when on the two contradict one another"`
	Status   string       `json:"status" enum:"open,settled,set_aside"`
	FoundAt  instant.Time `json:"found_at"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	By       string       `json:"by,omitempty" doc:"Who set it aside"`
	Reason   string       `json:"reason,omitempty" doc:"Why it was set aside"`
}

// FindingRaised is recorded when what the system says and what a customer did contradict one another.
type FindingRaised struct {
	Head
	After Finding `json:"after"`
}

// FindingEnded is recorded when a finding no longer holds, or somebody set it aside.
type FindingEnded struct {
	Head
	After Finding `json:"after"`
}

// Kind names the fact.
func (*FindingRaised) Kind() Kind {
	return Kind{"liuke.accounts.finding_raised.v1", TopicAccounts, "What the system says and what a customer did contradict one another (R-042)."}
}

// Kind names the fact.
func (*FindingEnded) Kind() Kind {
	return Kind{"liuke.accounts.finding_ended.v1", TopicAccounts, "A finding no longer holds, or somebody set it aside (R-042)."}
}

func findings() []Data { return []Data{&FindingRaised{}, &FindingEnded{}} }
