package effects

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// OpenCase is PUT /v1/cases/{id} at accounts: a case under the effect's id,
// opened once.
type OpenCase struct {
	Customer string             `json:"customer" minLength:"1" maxLength:"200"`
	Kind     string             `json:"kind" minLength:"1" maxLength:"40" doc:"Of the policy's kinds of cases"`
	Title    string             `json:"title" minLength:"1" maxLength:"200"`
	Text     string             `json:"text" minLength:"1" maxLength:"4000"`
	Channel  string             `json:"channel,omitempty" maxLength:"40" doc:"Of the policy's channels; empty: other"`
	Priority string             `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Owner    string             `json:"owner,omitempty" maxLength:"200" doc:"Empty: by the kind's role"`
	Contact  string             `json:"contact,omitempty" maxLength:"200"`
	Ref      *catalogue.Subject `json:"ref,omitempty"`
}

// BreachCase is PUT /v1/cases/{id}/breaches/{clock} at accounts: the clock ran
// down. It changes nothing where the clock was done or moved meanwhile.
type BreachCase struct {
	Clock string       `json:"clock" enum:"response,solution"`
	Round int          `json:"round" minimum:"1"`
	Due   instant.Time `json:"due"`
}

// CloseCase is POST /v1/cases/{id}/closing at accounts: nobody objected, or the
// customer did not answer. It changes nothing where the case has moved on since.
type CloseCase struct {
	Reason string       `json:"reason" enum:"solved,no_answer"`
	AsOf   instant.Time `json:"as_of" doc:"Since when the case is as the rule knows it"`
}

// NudgeCustomer is PUT /v1/cases/{case}/nudges/{id} at accounts: the customer is
// reminded that a case waits for an answer.
type NudgeCustomer struct {
	AsOf instant.Time `json:"as_of" doc:"Since when the case waits, as the rule knows it"`
}

// SendSurvey is PUT /v1/surveys/{id} at accounts: a survey under the effect's id,
// sent once, or skipped where the customer was asked enough lately.
type SendSurvey struct {
	Customer string             `json:"customer" minLength:"1" maxLength:"200"`
	Template string             `json:"template,omitempty" maxLength:"40" doc:"Of the policy's templates; empty: the occasion's"`
	Occasion string             `json:"occasion,omitempty" maxLength:"40" doc:"Of the policy's occasions"`
	Link     string             `json:"link,omitempty" maxLength:"40" doc:"Life-cycle link; empty: the occasion's"`
	Contact  string             `json:"contact,omitempty" maxLength:"200"`
	Ref      *catalogue.Subject `json:"ref,omitempty"`
}
