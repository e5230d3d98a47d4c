package deal

import (
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Edit changes fields. It may not take away what the stage the deal stands in
// requires: the gate would have been passed for nothing.
func Edit(d catalogue.Deal, r Rules, f Fields) (Change, error) {
	before := d
	names := f.apply(&d)
	if len(names) == 0 {
		return unchanged(before), nil
	}
	fields := check(d, r.InForce)
	if d.Title == "" {
		fields = append(fields, problem.Required("title"))
	}
	if s := r.stage(d, d.Stage); s != nil {
		for _, n := range lacking(d, s) {
			if has(before, n.Field) {
				fields = append(fields, problem.FieldError(n.Field, n.Rule, "当前阶段要求填写"+n.Name.Zh, n.Name.En+" is required by the stage the deal is in"))
			}
		}
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return Change{}, err
	}
	judge(&d)
	return changed(d, &catalogue.DealChanged{Before: before, After: d, Changed: names}), nil
}

// Answered is an answer to a gate question.
type Answered struct {
	Question string
	Yes      bool
	Remark   string
}

// AnswerQuestions records answers to gate questions; a newer answer
// takes the place of an older one.
func AnswerQuestions(d catalogue.Deal, r Rules, answers []Answered, by string, at instant.Time) (Change, error) {
	if err := mustBeOpen(d); err != nil {
		return Change{}, err
	}
	before := d
	after, fields := answersOf(d, r, answers, by, at)
	if err := problem.InvalidFields(fields...); err != nil {
		return Change{}, err
	}
	if slices.Equal(after, before.Answers) {
		return unchanged(before), nil
	}
	d.Answers = after
	return changed(d, &catalogue.DealChanged{Before: before, After: d, Changed: []string{"answers"}}), nil
}

// answersOf gives a deal's answers with new ones put in.
func answersOf(d catalogue.Deal, r Rules, answers []Answered, by string, at instant.Time) ([]catalogue.Answer, []problem.Field) {
	var c checks
	out := slices.Clone(d.Answers)
	for _, a := range answers {
		remark := strings.TrimSpace(a.Remark)
		c.text("answers."+a.Question+".remark", remark, longText)
		if !asks(d, r, a.Question) {
			c.add("answers."+a.Question, "one_of", "流程中没有这个问题", "is not a question of the pipeline")
			continue
		}
		v := catalogue.Answer{Question: a.Question, Yes: a.Yes, Remark: remark, By: by, At: at}
		i := slices.IndexFunc(out, func(o catalogue.Answer) bool { return o.Question == a.Question })
		switch {
		case i < 0:
			out = append(out, v)
		case out[i].Yes != v.Yes || out[i].Remark != v.Remark:
			out[i] = v
		}
	}
	return out, c
}

func asks(d catalogue.Deal, r Rules, question string) bool {
	p := r.Running.Pipeline(d.Pipeline)
	if p == nil {
		return false
	}
	for _, s := range p.Stages {
		for _, q := range s.Questions {
			if q.ID == question {
				return true
			}
		}
	}
	return false
}
