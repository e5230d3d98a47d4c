package effects

import "liuke.dev/shared/instant"

// ConfirmChurn is POST /v1/customers/{id}/churn at accounts: somebody says that a customer is lost.
type ConfirmChurn struct {
	ChurnedOn instant.Time `json:"churned_on,omitempty" doc:"When the customer was lost"`
	Evidence  string       `json:"evidence,omitempty" maxLength:"8000" doc:"How it is known"`
	Facts     []string     `json:"facts,omitempty" maxItems:"100" doc:"Ids of facts or timeline entries that show it"`
}

// OpenChurnReview is PUT /v1/churn-reviews/{id} at accounts: a journey found that a
// customer is lost. The answer is the customer's open review, under an id of its own.
type OpenChurnReview struct {
	Customer  string       `json:"customer"`
	ChurnedOn instant.Time `json:"churned_on"`
	Evidence  string       `json:"evidence"`
	Facts     []string     `json:"facts,omitempty" maxItems:"100" doc:"Ids of facts or timeline entries that show it"`
}

// PlanReview is PUT /v1/reviews/{id} at accounts: the occasion of a scheduled
// review, <rhythm>.<date>, is planned; those before it that nobody held are missed.
type PlanReview struct {
	Rhythm string       `json:"rhythm"`
	After  instant.Time `json:"after" doc:"When the occasion before it was due"`
}
