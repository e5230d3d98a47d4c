package host

import (
	"fmt"
	"strings"

	sdk "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey"
)

// TaskQueue that workers of journeys serve.
const TaskQueue = "journeys"

// Signals of a journey.
const (
	SignalFacts      = "facts"      // Facts
	SignalReconsider = "reconsider" // Reconsider
)

// Types are the workflow types by kind.
var Types = map[string]string{"lead": "LeadJourney", "deal": "DealJourney", "transfer": "TransferJourney",
	"maintenance": "MaintenanceJourney", "case": "CaseJourney", "contract": "ContractJourney", "intervention": "InterventionJourney",
	"churn_review": "ChurnReviewJourney", "need_change": "NeedChangeJourney", "review": "ReviewJourney"}

// WorkflowID gives the id of a journey.
func WorkflowID(kind, id string) string { return kind + "/" + id }

// ParseID reads a journey's id.
func ParseID(workflowID string) (kind, id string, err error) {
	kind, id, ok := strings.Cut(workflowID, "/")
	if !ok || Types[kind] == "" || id == "" {
		return "", "", fmt.Errorf("%q is no journey", workflowID)
	}
	return kind, id, nil
}

// Facts is the signal that brings facts.
type Facts struct {
	Events []journey.Event `json:"events"`
}

// Reconsider is the signal that asks for a new decision without a fact.
type Reconsider struct {
	Retry []string `json:"retry,omitempty"` // effects that a person wants tried again
	Why   string   `json:"why,omitempty"`
}

// Input of a run.
type Input struct {
	Kind     string              `json:"kind"`
	ID       string              `json:"id"`
	Version  int                 `json:"version"`            // of the host that started the run
	Events   []journey.Event     `json:"events,omitempty"`   // carried over
	Outcomes []decisions.Outcome `json:"outcomes,omitempty"` // carried over
	Retry    []string            `json:"retry,omitempty"`    // carried over
	Shown    *Shown              `json:"shown,omitempty"`    // by the search attributes it was started with
}

// Register adds the workflow types and their activities to a worker.
func Register(w worker.Registry, d *decisions.Decider, a *activity.Activities) {
	for _, name := range Types {
		w.RegisterWorkflowWithOptions(Journey, workflow.RegisterOptions{Name: name})
	}
	w.RegisterActivity(d.Decide)
	w.RegisterActivity(a)
	RegisterAtOnce(w, a)
}

// RegisterAtOnce adds the local activities.
func RegisterAtOnce(w worker.ActivityRegistry, a *activity.Activities) {
	for _, name := range activityOf {
		w.RegisterActivityWithOptions(activity.AtOnce(a, name), sdk.RegisterOptions{Name: activity.AtOnceName(name)})
	}
}
