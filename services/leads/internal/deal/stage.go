package deal

import (
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Loss says why a deal is lost.
type Loss struct {
	Reason string
	Remark string
}

// AdvanceStage moves the deal to another stage: only along declared exits, and
// only past the gate. Going back is legal where declared, but no progress. A
// stage that ends the deal wins or loses it.
func AdvanceStage(d catalogue.Deal, r Rules, to string, loss Loss, at instant.Time) (Change, error) {
	if err := mustBeOpen(d); err != nil {
		return Change{}, err
	}
	from, target := r.stage(d, d.Stage), r.stage(d, to)
	switch {
	case target == nil:
		return Change{}, problem.InvalidFields(unknownStage(d, r, "stage"))
	case from == nil:
		return Change{}, lostStage(r, d)
	case from.ID == target.ID:
		return Change{}, problem.Refuse("same_stage", "商机已在“"+from.Name.Zh+"”", "The deal is in \""+from.Name.En+"\" already")
	case !slices.Contains(from.Exits, to):
		return Change{}, noExit(d, r, from, target)
	}
	if target.Type == policy.StageLost {
		if err := takeLoss(&d, r, loss); err != nil {
			return Change{}, err
		}
	}
	if err := gateTo(d, r, from, target).refusal(); err != nil {
		return Change{}, err
	}
	if target.Type == policy.StageWon {
		assume(&d, r)
	}
	return enter(d, r, from, target, at), nil
}

// enter leaves one stage and enters another; a stage that ends the deal closes it.
func enter(d catalogue.Deal, r Rules, from, to *policy.Stage, at instant.Time) Change {
	at = atLeast(at, d.StageSince)
	f := &catalogue.StageChanged{Deal: d.ID, Pipeline: d.Pipeline, Before: from.ID, After: to.ID, At: at,
		DwellMS: at.Sub(d.StageSince).Milliseconds(), Forward: forward(d, r, from, to)}
	d.Dwell = append(slices.Clone(d.Dwell), catalogue.StageDwell{Stage: from.ID, Entered: d.StageSince, Left: at, MS: f.DwellMS})
	d.Stage, d.StageType, d.StageSince, d.StageFollowUps = to.ID, string(to.Type), at, 0
	if f.Forward {
		d.LastProgressAt = at
	}
	if !Terminal(to.Type) {
		judge(&d)
		f.State = d
		return changed(d, f)
	}
	d.ClosedAt, d.Outcome = at, catalogue.DealWon
	if to.Type == policy.StageLost {
		d.Outcome = catalogue.DealLost
	}
	judge(&d)
	f.State = d
	return changed(d, f, &catalogue.DealClosed{Deal: d.ID, Outcome: d.Outcome, Reason: d.LostReason, State: d})
}

// takeLoss writes the reason of a loss onto the deal; it must be one of the options.
func takeLoss(d *catalogue.Deal, r Rules, loss Loss) error {
	d.LostReason, d.LostRemark = strings.TrimSpace(loss.Reason), strings.TrimSpace(loss.Remark)
	if d.LostReason == "" {
		return nil // the gate of the lost stage refuses it, with its rule
	}
	var c checks
	c.option("lost_reason", d.LostReason, r.InForce.Sections.Pipelines.Reasons())
	c.text("lost_remark", d.LostRemark, longText)
	return problem.InvalidFields(c...)
}

// Win closes the deal as won, by the gate of the won stage.
func Win(d catalogue.Deal, r Rules, at instant.Time) (Change, error) {
	return close(d, r, policy.StageWon, Loss{}, at)
}

// Lose closes the deal as lost, with its reason.
func Lose(d catalogue.Deal, r Rules, loss Loss, at instant.Time) (Change, error) {
	if strings.TrimSpace(loss.Reason) == "" {
		return Change{}, problem.InvalidFields(problem.FieldError("reason", "R-066", "流失原因必填", "the reason for the loss is required"))
	}
	return close(d, r, policy.StageLost, loss, at)
}

func close(d catalogue.Deal, r Rules, t policy.StageType, loss Loss, at instant.Time) (Change, error) {
	if err := mustBeOpen(d); err != nil {
		return Change{}, err
	}
	to := r.ofType(d, t)
	if to == nil {
		return Change{}, problem.Refuse("R-054", "流程没有此类结束阶段", "The pipeline has no stage that ends a deal this way")
	}
	return AdvanceStage(d, r, to.ID, loss, at)
}

// Reopen takes a lost deal up again for remarketing: in the stage it
// was lost from, or in another one whose required fields it has. Clocks run anew.
func Reopen(d catalogue.Deal, r Rules, stage string, at instant.Time) (Change, error) {
	if d.Outcome != catalogue.DealLost {
		return Change{}, problem.Refuse("R-066", "只有流失的商机可以重启", "Only a lost deal can be taken up again")
	}
	if stage == "" {
		stage = lastOpenStage(d, r)
	}
	from, to := r.stage(d, d.Stage), r.stage(d, stage)
	if to == nil || Terminal(to.Type) {
		return Change{}, problem.InvalidFields(unknownStage(d, r, "stage"))
	}
	if from == nil {
		from = &policy.Stage{ID: d.Stage, Type: policy.StageLost}
	}
	at = atLeast(at, d.StageSince)
	d.Outcome, d.ClosedAt, d.LostReason, d.LostRemark, d.ClocksFrom = catalogue.DealOpen, 0, "", "", at
	d.NextTouchAt, d.NextAction = 0, ""
	if missing := lacking(d, to); len(missing) > 0 {
		return Change{}, Gate{Stage: to.ID, Name: to.Name, Fields: missing}.refusal()
	}
	moved := enter(d, r, from, to, at)
	d = moved.Deal
	d.LastProgressAt = at
	step := moved.Facts[0].(*catalogue.StageChanged)
	step.Forward, step.State = false, d
	return changed(d, &catalogue.DealReopened{Deal: d.ID, State: d}, step), nil
}

// lastOpenStage is the stage that the deal was lost from, or the first one.
func lastOpenStage(d catalogue.Deal, r Rules) string {
	for _, v := range slices.Backward(d.Dwell) {
		if s := r.stage(d, v.Stage); s != nil && !Terminal(s.Type) {
			return v.Stage
		}
	}
	if p := r.Running.Pipeline(d.Pipeline); p != nil {
		return p.Stages[0].ID
	}
	return ""
}

func noExit(d catalogue.Deal, r Rules, from, to *policy.Stage) error {
	var zh, en []string
	for _, id := range from.Exits {
		if s := r.stage(d, id); s != nil {
			zh, en = append(zh, s.Name.Zh), append(en, s.Name.En)
		}
	}
	return &problem.Error{Code: problem.Refused, Rule: "stage_exit", Text: lang.T(
		"不能从“"+from.Name.Zh+"”直接到“"+to.Name.Zh+"”，只能到："+strings.Join(zh, "、"),
		"\""+from.Name.En+"\" does not lead to \""+to.Name.En+"\", only to: "+strings.Join(en, ", "))}
}

func unknownStage(d catalogue.Deal, r Rules, field string) problem.Field {
	var ids []string
	if p := r.Running.Pipeline(d.Pipeline); p != nil {
		for _, s := range p.Stages {
			ids = append(ids, s.ID)
		}
	}
	all := strings.Join(ids, ", ")
	return problem.FieldError(field, "one_of", "只能是："+all, "must be one of "+all)
}
