package effects

import "liuke.dev/shared/instant"

// OpenIntervention is PUT /v1/interventions/{id} at accounts: a team for an
// endangered customer. {id} is the effect's id, under which repeating
// changes nothing; the intervention's own id is made from the customer, so that
// at most one is open: if one is, the reason is added to it and it is the answer.
type OpenIntervention struct {
	Customer string   `json:"customer" minLength:"1" maxLength:"200"`
	Reason   string   `json:"reason" minLength:"1" maxLength:"60" doc:"red, score_fell, no_reply, abnormal, manual, …"`
	Says     string   `json:"says,omitempty" maxLength:"1000" doc:"The reason in words"`
	Evidence []string `json:"evidence,omitempty" maxItems:"50" doc:"Ids of the facts or timeline entries it rests on"`
	// Scope is team (the four roles; the default) or attention (one person looks at once, R-095).
	Scope string `json:"scope,omitempty" enum:"team,attention"`
	// AsOf is the instant up to which the rule knew the customer; nothing is opened for one who came back since. Empty: not checked.
	AsOf instant.Time `json:"as_of,omitempty"`
}

// OpenedIntervention answers OpenIntervention.
type OpenedIntervention struct {
	ID      string `json:"id"`
	Opened  bool   `json:"opened" doc:"False: one was open already"`
	Episode int64  `json:"episode"`
}
