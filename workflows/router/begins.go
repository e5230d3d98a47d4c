package router

import (
	"encoding/json"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/journey"
)

// begins tells what a journey shows that starts with the fact, nil if it starts
// with another. That its next promise is due today is a guess, and right for most
// leads; a wrong one is corrected by the first decision.
func begins(e journey.Event, now instant.Time) *host.Shown {
	lead, deal := (*catalogue.LeadRecorded)(nil).Kind().Type, (*catalogue.DealOpened)(nil).Kind().Type
	if e.Type != lead && e.Type != deal {
		return nil
	}
	var d struct {
		After struct {
			Status   string `json:"status"` // of a lead
			Stage    string `json:"stage"`  // of a deal
			Owner    string `json:"owner"`
			Customer string `json:"customer"`
		} `json:"after"`
	}
	if json.Unmarshal(e.Data, &d) != nil {
		return nil
	}
	return &host.Shown{Stage: d.After.Status + d.After.Stage, Owner: d.After.Owner, Customer: d.After.Customer, NextDue: now}
}
