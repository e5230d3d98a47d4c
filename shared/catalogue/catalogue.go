// Package catalogue is the event catalogue: the data of every fact that Liuke
// publishes, as Go types from which JSON Schemas, the AsyncAPI document and
// docs/events are generated.
//
// Whoever records a fact and whoever reads it use the same type. Types only
// grow: a field may be added, never removed, renamed or given another meaning.
package catalogue

import "liuke.dev/shared/instant"

// Topics, one per service, and operations, to which all publish; the partition key is the aggregate, except that
// policy is compacted and keyed by version.
const (
	TopicLeads         = "liuke.leads"
	TopicAccounts      = "liuke.accounts"
	TopicNotifications = "liuke.notifications"
	TopicOrganization  = "liuke.organization"
	TopicPolicy        = "liuke.policy"
	TopicJourneys      = "liuke.journeys"
	TopicOperations    = "liuke.operations"
	TopicDeadLetters   = "liuke.dead-letters"

	// TopicTimelineInbox is where others' systems tell what happened with customers.
	TopicTimelineInbox = "liuke.timeline.inbox"
)

// Actor is who did what a fact tells.
type Actor struct {
	ID   string `json:"id"`
	Kind string `json:"kind" enum:"person,journey,import,public,process"`
}

// The kinds of actors.
const (
	ActorPerson  = "person"  // somebody signed in
	ActorJourney = "journey" // an effect of a journey
	ActorImport  = "import"
	ActorPublic  = "public"  // somebody who is not signed in: by a web form, or by a link of their own
	ActorProcess = "process" // a service reacting to another service's fact
)

// Head is what the data of every fact begins with.
type Head struct {
	AggregateVersion int64  `json:"aggregate_version" doc:"Version of the aggregate after this fact"`
	Actor            Actor  `json:"actor"`
	Cause            string `json:"cause,omitempty" doc:"Id of the fact or obligation that caused this one; empty where a person decided"`
	PolicyVersion    int64  `json:"policy_version,omitempty" doc:"Version of the policy book it was decided by"`
	Customer         string `json:"customer,omitempty" doc:"Id of the customer, once known"`
}

// SetHead fills the head in; facts.Record calls it.
func (h *Head) SetHead(v Head) { *h = v }

// GetHead gives the head.
func (h *Head) GetHead() Head { return *h }

// Data is the data of a fact: a pointer to one of this package's structs.
type Data interface {
	Kind() Kind
	SetHead(Head)
	GetHead() Head
}

// Kind names a fact type and where it is published.
type Kind struct {
	Type  string // liuke.<domain>.<thing>_<past participle>.v1
	Topic string
	Doc   string // one sentence: when it is recorded
}

// Subject names a thing that people work on.
type Subject struct {
	Kind string `json:"kind" enum:"lead,deal,customer,transfer,task,person,case,contract,intervention,churn_review,need_change,survey,order,review,process_step"`
	ID   string `json:"id"`
}

// The kinds of subjects.
const (
	KindLead     = "lead"
	KindDeal     = "deal"
	KindCustomer = "customer"
	KindTransfer = "transfer"
	KindTask     = "task"
	KindPerson   = "person"

	KindCase         = "case"
	KindContract     = "contract"
	KindIntervention = "intervention"
	KindChurnReview  = "churn_review"
	KindNeedChange   = "need_change"
	KindSurvey       = "survey"
	KindOrder        = "order"
	KindReview       = "review"
	KindStep         = "process_step" // of a service process: <instance>/<step>
)

// Mark is a standing remark of a rule on a lead or deal: at risk, a leak, a data gap.
type Mark struct {
	Rule  string       `json:"rule"`
	Since instant.Time `json:"since"`
	Cause string       `json:"cause" doc:"Id of the obligation that set it"`
	// Evidence are ids of the facts that the rule judged by.
	Evidence []string `json:"evidence,omitempty"`
}

// All gives one empty value of every fact type, in the order of the catalogue.
func All() []Data {
	var all []Data
	for _, part := range [][]Data{leads(), deals(), ownership(), accounts(), merges(), tasks(), organization(), journeys(), operations(), cases(), surveys(), care(), file(), needChanges(), timeline(), orders(), findings(), maintenance(), contracts(), keyAccounts(), standings(), churn(), outreach(), interventions()} {
		all = append(all, part...)
	}
	return all
}
