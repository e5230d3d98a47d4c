package httpapi

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// happened is a recorded fact as a history shows it.
type happened struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	At      instant.Time    `json:"at"`
	Version int64           `json:"version"`
	Actor   catalogue.Actor `json:"actor"`
	Cause   string          `json:"cause,omitempty" doc:"Fact or obligation that caused it"`
	Data    any             `json:"data"`
}

// historyOf shows recorded facts in their order.
func historyOf(events []facts.Event) ([]happened, error) {
	out := make([]happened, 0, len(events))
	for _, e := range events {
		head, err := facts.Decode[catalogue.Head](e)
		if err != nil {
			return nil, err
		}
		out = append(out, happened{ID: e.ID, Type: e.Type, At: e.Time, Version: e.Version, Actor: head.Actor, Cause: head.Cause, Data: e.Data})
	}
	return out, nil
}
