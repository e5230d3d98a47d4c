package effects

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// ReachCustomer is PUT /v1/outreach/{id} at accounts: the only way in which
// anything is sent to a customer (D-9). It takes from the customer's contact
// budget; the answer tells whether it leaves at once, waits for the earliest
// free instant, or is refused (409 with the rule and until when).
type ReachCustomer struct {
	Customer   string    `json:"customer" minLength:"1" maxLength:"200"`
	Contact    string    `json:"contact,omitempty" maxLength:"200" doc:"Id of the contact it goes to; empty: the customer's own address"`
	Channel    string    `json:"channel" minLength:"1" maxLength:"40" doc:"Of the policy's outreach.channels: mail, wechat, wecom, sms, app"`
	Purpose    string    `json:"purpose" minLength:"1" maxLength:"40" doc:"What it is for; the policy's outreach.exempt lists those that the budget does not count"`
	Department string    `json:"department" minLength:"1" maxLength:"40" doc:"Who asks: sales, service, product, operations, …"`
	Subject    lang.Text `json:"subject"`
	Text       lang.Text `json:"text"`
	Uses       []string  `json:"uses,omitempty" maxItems:"50" doc:"Ids of this customer's facts, or names of fields, that it rests on"`
	Urgent     bool      `json:"urgent,omitempty"`
	// For is what it belongs to: withdrawing that subject's outreach takes this one back.
	For       *catalogue.Subject `json:"for,omitempty"`
	NotBefore instant.Time       `json:"not_before,omitempty" doc:"When it is meant to leave; empty: now"`
	Until     instant.Time       `json:"until,omitempty" doc:"Pointless after this: refused rather than deferred past it"`
	// IfFull says what an exhausted budget does: defer (the default) or refuse.
	IfFull string `json:"if_full,omitempty" enum:"defer,refuse"`
}

// Reached answers ReachCustomer.
type Reached struct {
	ID     string       `json:"id"`
	Status string       `json:"status" enum:"planned,deferred,refused,sent,delivered,failed,withdrawn"`
	SendAt instant.Time `json:"send_at,omitempty"`
	Rule   string       `json:"rule,omitempty"`
	Reason lang.Text    `json:"reason,omitzero"`
}

// WithdrawOutreach is PUT /v1/outreach/withdrawals/{id} at accounts: whatever of a
// subject has not been sent is taken back, and nothing of it is sent any more.
type WithdrawOutreach struct {
	For    catalogue.Subject `json:"for"`
	Reason string            `json:"reason" minLength:"1" maxLength:"200"`
}
