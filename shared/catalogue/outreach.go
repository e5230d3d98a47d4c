package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// States of an outreach.
const (
	OutreachPlanned   = "planned"   // accepted, its time has not come
	OutreachDeferred  = "deferred"  // over the contact budget or in quiet hours: it waits for the earliest free instant
	OutreachRefused   = "refused"   // a rule forbids it; it is never sent
	OutreachSent      = "sent"      // handed to its channel
	OutreachDelivered = "delivered" // the channel took it
	OutreachFailed    = "failed"    // the channel did not take it; it can be tried again
	OutreachWithdrawn = "withdrawn" // taken back before it was sent
)

// Outreach is one contact that we make with a customer (R-112, D-9). Nothing is
// sent to a customer that is not one.
type Outreach struct {
	ID         string       `json:"id"`
	Customer   string       `json:"customer"`
	Contact    string       `json:"contact,omitempty" doc:"Id of the contact it goes to; empty: the customer's own address"`
	Channel    string       `json:"channel" doc:"Of the policy's outreach.channels"`
	Address    string       `json:"address,omitempty" doc:"Where it went; known once it is sent"`
	Purpose    string       `json:"purpose" doc:"What it is for: care, survey, wake_up, intervention, contract, case, answer, …"`
	Department string       `json:"department" doc:"Who asked for it: sales, service, product, operations, …"`
	Subject    lang.Text    `json:"subject"`
	Text       lang.Text    `json:"text"`
	Language   string       `json:"language,omitempty" doc:"In which of the two it is sent: zh or en"`
	Uses       []string     `json:"uses,omitempty" doc:"Ids of this customer's facts, or names of fields, that it rests on (R-113)"`
	Urgent     bool         `json:"urgent,omitempty"`
	For        *Subject     `json:"for,omitempty" doc:"What it belongs to, by which it is withdrawn"`
	Status     string       `json:"status" enum:"planned,deferred,refused,sent,delivered,failed,withdrawn"`
	NotBefore  instant.Time `json:"not_before,omitempty"`
	Until      instant.Time `json:"until,omitempty" doc:"Pointless after this; refused rather than deferred past it"`
	SendAt     instant.Time `json:"send_at,omitempty" doc:"When it is to leave, or left"`
	Rule       string       `json:"rule,omitempty" doc:"Which rule defers or refuses it: outreach.per_day, outreach.per_week, outreach.quiet_hours, outreach.consent, …"`
	Reason     lang.Text    `json:"reason,omitzero" doc:"The rule in words, or why it was withdrawn"`
	Counted    bool         `json:"counted,omitempty" doc:"Takes from the contact budget"`
	By         string       `json:"by,omitempty" doc:"Person or process that asked for it"`
	PlannedAt  instant.Time `json:"planned_at"`
	SentAt     instant.Time `json:"sent_at,omitempty"`
	Zone       string       `json:"zone,omitempty" doc:"Time zone whose quiet hours hold; known once it is sent"`
	AnyHour    bool         `json:"any_hour,omitempty" doc:"May arrive in quiet hours"`
	EndedAt    instant.Time `json:"ended_at,omitempty"`
	Error      string       `json:"error,omitempty" doc:"Why its channel did not take it"`
}

// OutreachStepped is recorded with every step of an outreach.
type OutreachStepped struct {
	Head
	Change string   `json:"change" enum:"planned,deferred,moved,refused,sent,delivered,failed,withdrawn"`
	After  Outreach `json:"after"`
}

// Kind names the fact.
func (*OutreachStepped) Kind() Kind {
	return Kind{"liuke.accounts.outreach_stepped.v1", TopicAccounts, "A contact that we make with a customer was planned, deferred, refused, sent, delivered, or withdrawn."}
}

func outreach() []Data { return []Data{&OutreachStepped{}} }
