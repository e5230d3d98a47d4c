// Package router brings facts to the journeys they are about: it groups what one
// fetch gave by journey and signals each once, starting those that do not run.
package router

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/workflows/journey"
)

// Address names a journey.
type Address struct{ Kind, ID string }

// Types are the fact types that journeys read.
var Types = typesOf(
	&catalogue.FirstContactSignalled{}, &catalogue.LeadRecorded{}, &catalogue.LeadChanged{}, &catalogue.LeadAssigned{}, &catalogue.LeadLinked{},
	&catalogue.LeadFoldedIn{}, &catalogue.LeadStatusChanged{}, &catalogue.LeadPooled{}, &catalogue.FollowUpRecorded{},
	&catalogue.DealOpened{}, &catalogue.DealChanged{}, &catalogue.StageChanged{}, &catalogue.QuoteSent{}, &catalogue.QuoteConfirmed{},
	&catalogue.DealClosed{}, &catalogue.DealReopened{}, &catalogue.DealAssigned{}, &catalogue.DealLinked{},
	&catalogue.HoldingMoved{}, &catalogue.TransferStepped{}, &catalogue.NeedChangeStepped{}, &catalogue.MaintenanceBegan{}, &catalogue.MaintenanceChanged{},
	&catalogue.CaseOpened{}, &catalogue.CaseEntryAdded{}, &catalogue.CaseStepped{}, &catalogue.CaseBreached{},
	&catalogue.ContractDrafted{}, &catalogue.ContractChanged{}, &catalogue.ContractSubmitted{}, &catalogue.ContractStepDecided{}, &catalogue.ContractApprovedFact{},
	&catalogue.ContractSentFact{}, &catalogue.ContractUrged{}, &catalogue.ContractSignedFact{}, &catalogue.ContractActivated{},
	&catalogue.ContractRenewalIntentRecorded{}, &catalogue.ContractEnded{}, &catalogue.ContractPaid{}, &catalogue.ContractMarked{},
	&catalogue.ChurnConfirmed{}, &catalogue.ChurnReviewOpened{}, &catalogue.ChurnReviewChanged{}, &catalogue.ChurnReviewClosed{}, &catalogue.ChurnWithdrew{},
	&catalogue.CustomerWonBack{}, &catalogue.ReviewStepped{},
	&catalogue.InterventionOpened{}, &catalogue.InterventionChanged{}, &catalogue.InterventionRecovered{}, &catalogue.InterventionClosed{},
	&catalogue.WarningGroupFormed{}, &catalogue.WarningGroupMet{},
	&catalogue.TaskCreated{}, &catalogue.TaskChanged{}, &catalogue.TaskEnded{},
)

func typesOf(data ...catalogue.Data) []string {
	out := make([]string, len(data))
	for i, d := range data {
		out[i] = d.Kind().Type
	}
	return out
}

// Route tells which journey a fact is for; ok is false where none reads it.
//
// A journey knows its own tasks from what it decided and next touches from
// follow-ups, so of tasks only what a person did is news to it.
func Route(e facts.Event) (to Address, ok bool, err error) {
	aggregate, id, found := strings.Cut(e.Aggregate, "/")
	if !found {
		return Address{}, false, nil
	}
	switch aggregate {
	case "first_contact":
		return Address{"lead", id}, true, nil
	case "transfer", "case", "need_change", "contract":
		return Address{aggregate, id}, true, nil
	case "warning_group":
		return Address{"intervention", id}, true, nil
	case "churn_review", "review", "intervention":
		return Address{aggregate, id}, true, nil
	case "task":
		return routeTask(e)
	case "lead", "deal", "maintenance":
		return Address{aggregate, id}, true, nil
	}
	// Follow-ups may be aggregates of their own.
	if e.Type == (&catalogue.FollowUpRecorded{}).Kind().Type {
		d, err := facts.Decode[catalogue.FollowUpRecorded](e)
		s := d.FollowUp.Subject
		return Address{s.Kind, s.ID}, s.Kind == "lead" || s.Kind == "deal", err
	}
	return Address{}, false, nil
}

func routeTask(e facts.Event) (Address, bool, error) {
	d, err := facts.Decode[struct {
		catalogue.Head
		Before *catalogue.Task `json:"before"`
		After  catalogue.Task  `json:"after"`
	}](e)
	if err != nil {
		return Address{}, false, err
	}
	moved := d.Before != nil && d.Before.Due != d.After.Due
	byPerson := d.Actor.Kind == catalogue.ActorPerson && (d.Before == nil || moved)
	s := d.After.Subject
	return Address{s.Kind, s.ID}, (byPerson || moved) && (s.Kind == "lead" || s.Kind == "deal"), nil
}

func event(e facts.Event) journey.Event {
	return journey.Event{ID: e.ID, Type: e.Type, Subject: e.Aggregate, Time: e.Time, Version: e.Version, Data: e.Data, Trace: e.Trace}
}
