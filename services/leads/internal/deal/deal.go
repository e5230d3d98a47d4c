// Package deal holds the rules of a deal at work: how it begins, moves through
// the stages of its pipeline past their gates, is quoted, won, lost and taken
// up again. It is pure: it takes a deal and gives the deal after the command
// with the facts that tell what changed. No clock, no store.
package deal

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Rules are the versions of the policy book that a command decides by.
type Rules struct {
	// InForce gives option lists and thresholds.
	InForce *policy.View
	// Running is the version whose pipeline the deal runs on.
	Running *policy.View
}

// Change is what a command makes of a deal. Without facts nothing changed.
type Change struct {
	Deal  catalogue.Deal
	Facts []catalogue.Data
}

// Empty tells whether nothing changed.
func (c Change) Empty() bool { return len(c.Facts) == 0 }

// Then carries out a second command on what the first one made; the facts of
// both belong to one commit.
func (c Change) Then(next func(catalogue.Deal) (Change, error)) (Change, error) {
	n, err := next(c.Deal)
	if err != nil {
		return Change{}, err
	}
	return Change{Deal: n.Deal, Facts: append(slices.Clip(c.Facts), n.Facts...)}, nil
}

// Subject names the deal in facts.
func Subject(d catalogue.Deal) catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindDeal, ID: d.ID}
}

func unchanged(d catalogue.Deal) Change { return Change{Deal: d} }

func changed(d catalogue.Deal, facts ...catalogue.Data) Change {
	return Change{Deal: d, Facts: facts}
}

// stage gives a stage of the pipeline that the deal runs on.
func (r Rules) stage(d catalogue.Deal, id string) *policy.Stage {
	return r.Running.Stage(d.Pipeline, id)
}

// ofType gives the stage of a type in the deal's pipeline.
func (r Rules) ofType(d catalogue.Deal, t policy.StageType) *policy.Stage {
	p := r.Running.Pipeline(d.Pipeline)
	if p == nil {
		return nil
	}
	for i := range p.Stages {
		if p.Stages[i].Type == t {
			return &p.Stages[i]
		}
	}
	return nil
}

// order gives the place of a stage in the deal's pipeline, -1 if it has none.
func (r Rules) order(d catalogue.Deal, id string) int {
	p := r.Running.Pipeline(d.Pipeline)
	if p == nil {
		return -1
	}
	return slices.IndexFunc(p.Stages, func(s policy.Stage) bool { return s.ID == id })
}

// Terminal tells whether a stage ends a deal.
func Terminal(t policy.StageType) bool { return t == policy.StageWon || t == policy.StageLost }

func mustBeOpen(d catalogue.Deal) error {
	if d.Outcome == catalogue.DealOpen {
		return nil
	}
	return problem.Refuse("deal_closed", "商机已结束（"+d.Outcome+"）", "The deal is closed ("+d.Outcome+")")
}

func lostStage(r Rules, d catalogue.Deal) error {
	return problem.Refuse("R-054", "流程版本中没有阶段 "+d.Stage, "The pipeline version that the deal runs on has no stage "+d.Stage)
}

func atLeast(at, floor instant.Time) instant.Time { return max(at, floor) }
