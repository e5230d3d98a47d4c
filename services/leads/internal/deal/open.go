package deal

import (
	"slices"
	"strings"

	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// New is what a deal begins with.
type New struct {
	ID       string
	Customer string
	Lead     string
	Owner    string
	Pipeline string // empty: the default one
	Stage    string // empty: the first one
	Fields   Fields
	Answers  []Answered
}

// Open begins a deal on the version of its pipeline that is in force.
// A deal that begins further on has passed the gates before: the questions of
// the stages it skips are answered and the fields of its stage are filled.
func Open(n New, r Rules, by string, at instant.Time) (Change, error) {
	d, fields := draft(n, r, by, at)
	if d.Title == "" {
		fields = append(fields, problem.Required("title"))
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return Change{}, err
	}
	stage := r.stage(d, d.Stage)
	if Terminal(stage.Type) {
		return Change{}, problem.InvalidFields(problem.FieldError("stage", "R-055", "商机不能以结束阶段开始", "a deal cannot begin closed"))
	}
	if err := Placement(d, r, stage).refusal(); err != nil {
		return Change{}, err
	}
	judge(&d)
	return changed(d, &catalogue.DealOpened{After: d}), nil
}

// draft makes the deal that New describes and collects what is wrong with it.
func draft(n New, r Rules, by string, at instant.Time) (catalogue.Deal, []problem.Field) {
	d := catalogue.Deal{ID: n.ID, Customer: n.Customer, Lead: n.Lead, Owner: n.Owner, Pipeline: n.Pipeline, Stage: n.Stage,
		PipelineVersion: r.Running.Version, Outcome: catalogue.DealOpen, OpenedAt: at, StageSince: at, ClocksFrom: at, LastProgressAt: at}
	n.Fields.apply(&d)
	if d.Title == "" {
		d.Title = strings.TrimSpace(strings.Join(tidy([]string{d.Company, d.Product}), " "))
	}
	fields := check(d, r.InForce)
	if d.Pipeline == "" {
		d.Pipeline = r.Running.Sections.Pipelines.Default
	}
	p := r.Running.Pipeline(d.Pipeline)
	if p == nil {
		return d, append(fields, unknownPipeline(r.Running))
	}
	if d.Stage == "" {
		d.Stage = p.Stages[0].ID
	}
	s := r.stage(d, d.Stage)
	if s == nil {
		return d, append(fields, unknownStage(d, r, "stage"))
	}
	d.StageType = string(s.Type)
	answers, wrong := answersOf(d, r, n.Answers, by, at)
	d.Answers = answers
	return d, append(fields, wrong...)
}

// Placement is the gate of a deal that begins in a stage: what it would have
// been asked on the way there.
func Placement(d catalogue.Deal, r Rules, to *policy.Stage) Gate {
	g := Gate{Stage: to.ID, Name: to.Name, Forward: true, Fields: lacking(d, to), Questions: unansweredBefore(d, r, to)}
	g.Open = len(g.Questions) == 0 && len(g.Fields) == 0
	return g
}

// judge sets what the follow-up of the deal lacks.
func judge(d *catalogue.Deal) {
	t := followup.TrailOfDeal(*d)
	t.Judge(d.Stage)
	t.IntoDeal(d)
}

func unknownPipeline(v *policy.View) problem.Field {
	var ids []string
	for _, p := range v.Sections.Pipelines.Pipelines {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	all := strings.Join(ids, ", ")
	return problem.FieldError("pipeline", "one_of", "只能是："+all, "must be one of "+all)
}
