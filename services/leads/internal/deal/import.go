package deal

import (
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

// Import takes over a deal of another system as it stands there. The gates hold
// for it as for any other: an open one has passed those on the way to its
// stage, a closed one meets what its end requires. A closed one is history: no
// clock runs for it.
func Import(d catalogue.Deal, r Rules) (Change, error) {
	fields := check(d, r.InForce)
	stage := r.stage(d, d.Stage)
	if stage == nil {
		return Change{}, problem.InvalidFields(append(fields, unknownStage(d, r, "stage"))...)
	}
	var c checks
	c.option("lost_reason", d.LostReason, r.InForce.Sections.Pipelines.Reasons())
	fields = append(fields, c...)
	d.StageType, d.Imported = string(stage.Type), true
	gate := Gate{Stage: stage.ID, Name: stage.Name, Fields: lacking(d, stage)}
	if !Terminal(stage.Type) {
		gate = Placement(d, r, stage)
	}
	gate.Open = len(gate.Questions)+len(gate.Fields) == 0
	var refused *problem.Error
	if errors.As(gate.refusal(), &refused) {
		fields = append(fields, refused.Fields...)
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return Change{}, err
	}
	judge(&d)
	if Terminal(stage.Type) {
		return changed(d, &catalogue.DealImported{After: d}), nil
	}
	return changed(d, &catalogue.DealOpened{After: d}), nil
}
