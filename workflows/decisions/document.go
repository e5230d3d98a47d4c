// Package decisions keeps what journeys decided: one document per journey with
// its newest state, and a fact for every decision, both in one commit.
//
// The document is the journey's memory. A run of the workflow that starts
// without any (a new fact after the end, a restored Temporal) reads on from it.
package decisions

import (
	"encoding/json"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
	"liuke.dev/workflows/journey"
)

// Spec declares the documents. A document's id is <kind>:<id>, so that its
// aggregate reads journey/<kind>:<id>.
var Spec = store.Spec{Name: "journey", Indexes: []store.Index{
	{Name: "policy", Equal: []string{"kind", "ended"}, Order: "policy"},               // which open journeys decided by an old policy
	{Name: "due", Equal: []string{"kind", "ended"}, Order: "next_due"},                // which open journeys are overdue
	{Name: "calendar", Equal: []string{"kind", "ended", "holder"}, Order: "calendar"}, // which open journeys of a person decided by another calendar
	{Name: "troubled", Equal: []string{"kind", "troubled"}, Order: "at"},
}}

// DocumentID gives the id of a journey's document.
func DocumentID(kind, id string) string { return kind + ":" + id }

// Document is the newest decision of a journey.
type Document struct {
	Kind   string       `json:"kind"`
	ID     string       `json:"id"`
	Number int64        `json:"number"` // of the newest decision that was published, without gaps
	At     instant.Time `json:"at"`
	Policy int64        `json:"policy"`
	// Holder is whose obligations they are, Calendar what the holder's working time
	// ran on, with a sign before it: the default is empty, and ranges find no empty values.
	Holder   string `json:"holder,omitempty"`
	Calendar string `json:"calendar"`
	Ended    bool   `json:"ended,omitempty"`
	// Troubled tells that an effect failed for good, or that the rules fail.
	Troubled bool                   `json:"troubled,omitempty"`
	Fault    *Fault                 `json:"fault,omitempty"`
	NextDue  instant.Time           `json:"next_due,omitempty"`
	State    json.RawMessage        `json:"state"`
	Show     Show                   `json:"show"`
	Says     lang.Text              `json:"says"`
	Pending  []catalogue.Obligation `json:"pending,omitempty"`
	Fired    []catalogue.Fired      `json:"fired,omitempty"` // the newest, latest last
	Effects  []Effect               `json:"effects,omitempty"`
	// Key is the request that was answered last; Handed are the effects it was given.
	Key    string   `json:"key"`
	Handed []string `json:"handed,omitempty"`
	// Armed are the traces of pending obligations, where one is recorded.
	Armed []Armed `json:"armed,omitempty"`
}

// ranOn is how a document names a calendar.
func ranOn(calendar string) string { return "=" + calendar }

// Show is what search attributes show.
type Show struct {
	Stage     string    `json:"stage,omitempty"`
	StageName lang.Text `json:"stage_name,omitzero"`
	Owner     string    `json:"owner,omitempty"`
	Customer  string    `json:"customer,omitempty"`
	Risk      string    `json:"risk,omitempty"`
	Late      bool      `json:"late,omitempty"`
}

// How far an effect is.
const (
	InHand  = "in_hand" // given to the host, which reports with its next decision
	Refused = "refused" // the service's state forbids it: nothing to do
	Failed  = "failed"  // final error; a person can have it tried again
)

// Effect is an effect that is not done.
type Effect struct {
	journey.Effect
	Decision int64        `json:"decision"`
	Status   string       `json:"status" enum:"in_hand,refused,failed"`
	Error    string       `json:"error,omitempty"`
	At       instant.Time `json:"at"`
}

// Outcome is how an effect ended.
type Outcome struct {
	ID     string `json:"id"`
	Status string `json:"status,omitempty"` // empty: done
	Error  string `json:"error,omitempty"`
}

// Request asks for a decision.
type Request struct {
	Kind     string          `json:"kind"`
	ID       string          `json:"id"`
	Key      string          `json:"key"` // of this request, see Key: a repeated one is handed the same effects
	Now      instant.Time    `json:"now"`
	Events   []journey.Event `json:"events,omitempty"`
	Outcomes []Outcome       `json:"outcomes,omitempty"`
	Retry    []string        `json:"retry,omitempty"` // effects that a person wants tried again
	// Fresh is the first request of a run: it is handed every effect that is not done.
	Fresh bool `json:"fresh,omitempty"`
}

// Answer is what the host needs of a decision; the rest stays in the document.
type Answer struct {
	Number  int64            `json:"number"`
	Policy  int64            `json:"policy"`
	Read    int              `json:"read,omitempty"`  // facts that changed something
	Fired   []string         `json:"fired,omitempty"` // rules
	NextDue instant.Time     `json:"next_due,omitempty"`
	Next    lang.Text        `json:"next,omitzero"` // what happens then
	Show    Show             `json:"show"`
	Details string           `json:"details"`
	Effects []journey.Effect `json:"effects,omitempty"`
	Ended   bool             `json:"ended,omitempty"`
}
