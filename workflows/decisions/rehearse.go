package decisions

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Rehearsed is what a policy would do at once to the open journeys of a kind.
type Rehearsed struct {
	Kind    string         `json:"kind" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	Running int64          `json:"running" doc:"Journeys that decide by it once it is in force"`
	Asked   int            `json:"asked" doc:"Of these, how many were asked: those that decided by the oldest policies first"`
	Firing  int            `json:"firing" doc:"Of those asked, how many fire something at once"`
	Rules   map[string]int `json:"rules" doc:"Obligations that fire at once, by rule"`
	Failing int            `json:"failing" doc:"Of those asked, for how many the rules fail under it"`
}

// rehearsePage is how many journeys are read at once.
const rehearsePage = 200

// Rehearse asks up to most open journeys of a kind what they would do at an
// instant under a policy that nobody has published. It changes nothing.
func (d *Decider) Rehearse(ctx context.Context, name string, v *policy.View, at instant.Time, most int) (Rehearsed, error) {
	out := Rehearsed{Kind: name, Rules: map[string]int{}}
	kind, ok := d.kinds[name]
	if !ok {
		return out, fmt.Errorf("journeys: no kind %q", name)
	}
	var err error
	if out.Running, err = d.Count(ctx, Running(name)); err != nil {
		return out, err
	}
	calendars := d.calendars()
	for after := ""; out.Asked < most; {
		docs, next, err := d.Page(ctx, Running(name), min(rehearsePage, most-out.Asked), after)
		if err != nil {
			return out, err
		}
		for _, doc := range docs {
			out.Asked++
			dec, err := think(kind, journey.Input{ID: doc.ID, State: doc.State, Now: at, View: v, Calendars: calendars})
			var fault *RuleError
			switch {
			case errors.As(err, &fault):
				out.Failing++
			case err != nil:
				return out, err
			case len(dec.Fired) > 0:
				out.Firing++
				for _, f := range dec.Fired {
					out.Rules[f.Obligation.Rule]++
				}
			}
		}
		if after = next; after == "" {
			break
		}
	}
	return out, nil
}
