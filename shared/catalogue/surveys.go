package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// States of a survey.
const (
	SurveyOpen   = "sent" // and not answered yet
	SurveyDone   = "answered"
	SurveyPassed = "skipped" // the customer was asked enough lately, or may not be reached
)

// Survey is one asking of one customer.
type Survey struct {
	ID       string         `json:"id"`
	Customer string         `json:"customer"`
	Contact  string         `json:"contact,omitempty"`
	Template string         `json:"template"`
	Kind     string         `json:"kind" enum:"nps,csat,rating,needs"`
	Name     lang.Text      `json:"name"`
	Occasion string         `json:"occasion,omitempty" doc:"Turning point that sent it (R-148)"`
	Link     string         `json:"link,omitempty" doc:"Life-cycle link it belongs to (R-148)"`
	Ref      *Subject       `json:"ref,omitempty" doc:"Case, contract … that it is about"`
	Tier     string         `json:"tier,omitempty" doc:"The customer's when it was sent"`
	Policy   int64          `json:"policy" doc:"Version of the policy book that holds its questions"`
	Status   string         `json:"status" enum:"sent,answered,skipped"`
	Why      string         `json:"why,omitempty" doc:"Rule that skipped it"`
	Reason   lang.Text      `json:"reason,omitzero" doc:"This rule in words"`
	SentAt   instant.Time   `json:"sent_at"`
	Expires  instant.Time   `json:"expires_at,omitempty"`
	SentBy   string         `json:"sent_by,omitempty"`
	Answered instant.Time   `json:"answered_at,omitempty"`
	Answers  []SurveyAnswer `json:"answers,omitempty"`
	Raw      *ScaleAnswer   `json:"raw,omitempty" doc:"The score as it was given, with its scale (C-07)"`
	Score    *int           `json:"score,omitempty" doc:"Satisfaction from 0 to 100; never of an NPS (C-07)"`
	NPS      string         `json:"nps,omitempty" enum:"promoter,passive,detractor" doc:"Of an NPS (C-07)"`
	Low      bool           `json:"low,omitempty" doc:"Too low to wait (R-149)"`
}

// ScaleAnswer is a point on a scale.
type ScaleAnswer struct {
	Value int `json:"value"`
	Min   int `json:"min"`
	Max   int `json:"max"`
}

// SurveyAnswer is the answer to a question of a survey.
type SurveyAnswer struct {
	Question string       `json:"question"`
	Asked    lang.Text    `json:"asked"`
	Scale    *ScaleAnswer `json:"scale,omitempty"`
	Choice   string       `json:"choice,omitempty"`
	Text     string       `json:"text,omitempty"`
}

// SurveySent is recorded when a survey is sent.
type SurveySent struct {
	Head
	After Survey `json:"after"`
}

// SurveySkipped is recorded when a survey is not sent because the customer was asked enough lately.
type SurveySkipped struct {
	Head
	After Survey `json:"after"`
}

// SurveyAnswered is recorded when a customer answers a survey.
type SurveyAnswered struct {
	Head
	After Survey `json:"after"`
}

// Kind names the fact.
func (*SurveySent) Kind() Kind {
	return Kind{"liuke.accounts.survey_sent.v1", TopicAccounts, "A customer was sent a survey."}
}

// Kind names the fact.
func (*SurveySkipped) Kind() Kind {
	return Kind{"liuke.accounts.survey_skipped.v1", TopicAccounts, "A survey was not sent, because the customer was asked enough lately or may not be reached."}
}

// Kind names the fact.
func (*SurveyAnswered) Kind() Kind {
	return Kind{"liuke.accounts.survey_answered.v1", TopicAccounts, "A customer answered a survey."}
}

func surveys() []Data {
	return []Data{&SurveySent{}, &SurveySkipped{}, &SurveyAnswered{}}
}
