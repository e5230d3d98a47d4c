// Package effects is the contract between journeys and the services that carry
// their effects out: the bodies of the HTTP calls, used by the caller and by
// the handler alike.
//
// Every call carries the header Idempotency-Key with the effect's id, which is
// stored with what it changes: repeating it changes nothing and answers the
// same. The header Liuke-Cause names the obligation; the service puts it into
// the facts it records.
package effects

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// HeaderCause names the obligation or fact that causes a call.
const HeaderCause = "Liuke-Cause"

// HeaderKey carries the effect's id.
const HeaderKey = "Idempotency-Key"

// CreateTask is PUT /v1/tasks/{id} at notifications.
type CreateTask struct {
	Kind     string            `json:"kind"`
	Subject  catalogue.Subject `json:"subject"`
	Customer string            `json:"customer,omitempty"`
	Company  string            `json:"company,omitempty"`
	Title    lang.Text         `json:"title"`
	Assignee string            `json:"assignee" doc:"Person; a delegate stands in during absence"`
	Due      instant.Time      `json:"due"`
	Rule     string            `json:"rule"`
}

// FirstTouchTask names the first-contact task of a lead that was recorded with
// this version of it. Notifications opens it from the fact itself, so that it is
// there at once however busy the journeys are; the journey asks for the same
// task, and whoever comes second changes nothing.
func FirstTouchTask(lead string, version int64) string {
	return "lead:" + lead + ":first_touch_task:" + strconv.FormatInt(version, 10) + ":0"
}

// CancelTasks is POST /v1/tasks/cancellations at notifications: open tasks of a subject that became pointless.
type CancelTasks struct {
	Subject catalogue.Subject `json:"subject"`
	Kinds   []string          `json:"kinds,omitempty" maxItems:"100" doc:"Empty: all kinds"`
	Rules   []string          `json:"rules,omitempty" maxItems:"100" doc:"Only those asked for by one of these rules; empty: all"`
	Reason  string            `json:"reason"`
}

// Remind is PUT /v1/reminders/{id} at notifications.
type Remind struct {
	Level    string            `json:"level" enum:"remind,warn,escalate,inform"`
	Rule     string            `json:"rule"`
	Subject  catalogue.Subject `json:"subject"`
	Customer string            `json:"customer,omitempty"`
	Owner    string            `json:"owner" doc:"The responsible person; warn adds, escalate means, their supervisor"`
	Text     lang.Text         `json:"text"`
	Due      instant.Time      `json:"due"`
	Late     bool              `json:"late,omitempty"`
}

// MatchCustomer is PUT /v1/customers/matches/{lead or deal id} at accounts.
type MatchCustomer struct {
	Kind    string `json:"kind,omitempty" enum:"company,person" default:"company"`
	Name    string `json:"name"`
	Contact string `json:"contact,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
	TaxID   string `json:"tax_id,omitempty"`
}

// Matched answers MatchCustomer.
type Matched struct {
	Customer string   `json:"customer"`
	Created  bool     `json:"created"`
	By       []string `json:"by,omitempty"`
}

// LinkCustomer is PUT /v1/leads/{id}/customer and PUT /v1/deals/{id}/customer at leads.
type LinkCustomer struct {
	Customer string `json:"customer"`
}

// Reassign is POST /v1/leads/{id}/reassignment at leads: to the next available person.
type Reassign struct {
	Reason string `json:"reason" enum:"rotation,owner_left,escalation"`
	// From is who held it when the rule decided; if somebody else holds it by now, nothing changes.
	From string `json:"from"`
}

// Recycle is POST /v1/leads/{id}/recycling, POST /v1/deals/{id}/recycling at leads: back to the public pool,
// with the customer if there is one.
type Recycle struct {
	Reason string `json:"reason"`
	From   string `json:"from"`
	// LastFollowUp is the newest follow-up that the rule knew; a newer one makes the recycling void.
	LastFollowUp instant.Time `json:"last_follow_up,omitempty"`
}

// SetMark is PUT /v1/{leads|deals}/{id}/marks/{rule} at leads; DELETE of the same path clears it.
type SetMark struct {
	Evidence []string `json:"evidence,omitempty" maxItems:"100"`
}

// Nurture is POST /v1/leads/{id}/nurture at leads: to long-term nurture with a next date.
type Nurture struct {
	NextAt instant.Time `json:"next_at"`
	Reason string       `json:"reason"`
}

// ReportLate is POST /v1/first-contacts/{id}/lateness at leads: the 24-hour entry rule was broken.
type ReportLate struct {
	Due instant.Time `json:"due"`
}

// CancelTransfer is POST /v1/transfers/{id}/cancellation at leads, when a step stood still too long.
type CancelTransfer struct {
	Reason string `json:"reason"`
}
