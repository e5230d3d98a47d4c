package deal

import (
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Gate says what stands between a deal and a stage: questions of the stages that
// it leaves behind and fields of the stage it enters.
type Gate struct {
	Stage     string    `json:"stage"`
	Name      lang.Text `json:"name"`
	Forward   bool      `json:"forward" doc:"Whether going there is progress"`
	Open      bool      `json:"open" doc:"Nothing is missing"`
	Questions []Asked   `json:"questions,omitempty" doc:"Mandatory questions without an answer (R-055)"`
	Fields    []Needed  `json:"fields,omitempty" doc:"Fields that the stage requires and the deal lacks"`
}

// Asked is a question that waits for its answer.
type Asked struct {
	ID   string    `json:"id"`
	Text lang.Text `json:"text"`
}

// Needed is a field that waits for its value.
type Needed struct {
	Field string    `json:"field"`
	Rule  string    `json:"rule"`
	Name  lang.Text `json:"name"`
}

// Gates gives the gate of every stage that the deal may go to from here.
func Gates(d catalogue.Deal, r Rules) []Gate {
	from := r.stage(d, d.Stage)
	if from == nil || d.Outcome != catalogue.DealOpen {
		return nil
	}
	var gates []Gate
	for _, id := range from.Exits {
		if to := r.stage(d, id); to != nil {
			gates = append(gates, gateTo(d, r, from, to))
		}
	}
	return gates
}

// gateTo judges one step. Questions are asked of who goes on; a deal that goes
// back or is lost has not passed the gate and need not answer. Who leaves stages
// out answers theirs too, as a deal does that begins further on; a deal that is
// won on the spot answers those of the stage that it is won from.
func gateTo(d catalogue.Deal, r Rules, from, to *policy.Stage) Gate {
	if to.Type == policy.StageWon {
		assume(&d, r)
	}
	g := Gate{Stage: to.ID, Name: to.Name, Forward: forward(d, r, from, to), Fields: lacking(d, to)}
	if to.Type == policy.StageWon {
		g.Fields = append(g.Fields, afterWin(d, r)...)
	}
	switch {
	case g.Forward && Terminal(to.Type):
		g.Questions = unanswered(d, from)
	case g.Forward:
		g.Questions = unansweredBefore(d, r, to)
	}
	g.Open = len(g.Questions) == 0 && len(g.Fields) == 0
	return g
}

// forward tells whether a step is progress: further on in the pipeline, and not to lost.
func forward(d catalogue.Deal, r Rules, from, to *policy.Stage) bool {
	return to.Type != policy.StageLost && r.order(d, to.ID) > r.order(d, from.ID)
}

// unanswered gives the mandatory questions of a stage without an answer. An
// answer may be no: what the gate refuses is not to have asked.
func unanswered(d catalogue.Deal, s *policy.Stage) []Asked {
	var open []Asked
	for _, q := range s.Questions {
		answered := slices.ContainsFunc(d.Answers, func(a catalogue.Answer) bool { return a.Question == q.ID })
		if q.Mandatory && !answered {
			open = append(open, Asked{ID: q.ID, Text: q.Text})
		}
	}
	return open
}

// unansweredBefore gives those of all stages that come before one.
func unansweredBefore(d catalogue.Deal, r Rules, to *policy.Stage) []Asked {
	var open []Asked
	for _, s := range r.Running.Pipeline(d.Pipeline).Stages[:r.order(d, to.ID)] {
		open = append(open, unanswered(d, &s)...)
	}
	return open
}

// lacking gives the fields that a stage requires and the deal does not have.
func lacking(d catalogue.Deal, s *policy.Stage) []Needed {
	var missing []Needed
	for _, f := range s.Requires {
		if !has(d, f) {
			missing = append(missing, Needed{Field: f, Rule: ruleOf(f), Name: FieldName(f)})
		}
	}
	return missing
}

func has(d catalogue.Deal, field string) bool {
	switch field {
	case "amount":
		return d.Amount != nil
	case "quote":
		return len(d.Quotes) > 0
	case "objections":
		return len(d.Objections) > 0
	case "competitors":
		return len(d.Competitors) > 0
	case "service_nodes":
		return len(d.ServiceNodes) > 0
	case "revisit_cadence":
		return d.RevisitCadence != nil
	case "expected_close":
		return !d.ExpectedClose.IsZero()
	}
	texts := map[string]string{"decision_maker": d.DecisionMaker, "procurement_node": d.ProcurementNode, "lost_reason": d.LostReason, "need": d.Need,
		"product": d.Product, "key_person": d.KeyPerson, "key_need": d.KeyNeed, "customer": d.Customer, "customer_type": d.CustomerType,
		"budget_band": d.BudgetBand, "follow_on_contact": d.FollowOnContact}
	return texts[field] != ""
}

// ruleOf names the requirement that asks for a field.
func ruleOf(field string) string {
	switch field {
	case "objections", "competitors":
		return "R-057"
	case "decision_maker", "procurement_node":
		return "R-058"
	case "lost_reason":
		return "R-066"
	case "quote":
		return "R-021"
	case "follow_on_contact", "service_nodes", "revisit_cadence":
		return "R-069"
	}
	return "required"
}

// refusal is the error of a closed gate: it names the rule and everything that
// is missing, in both languages.
func (g Gate) refusal() error {
	if g.Open {
		return nil
	}
	e := &problem.Error{Code: problem.Refused}
	var zh, en []string
	for _, q := range g.Questions {
		e.Rule = "R-055"
		e.Fields = append(e.Fields, problem.Field{Field: "answers." + q.ID, Rule: "R-055", Text: q.Text})
		zh, en = append(zh, q.Text.Zh), append(en, q.Text.En)
	}
	for _, f := range g.Fields {
		if e.Rule == "" {
			e.Rule = f.Rule
		}
		e.Fields = append(e.Fields, problem.FieldError(f.Field, f.Rule, f.Name.Zh+"必填", f.Name.En+" is required"))
		zh, en = append(zh, f.Name.Zh), append(en, f.Name.En)
	}
	e.Text = lang.T("进入“"+g.Name.Zh+"”之前还缺："+strings.Join(zh, "、"), "Before \""+g.Name.En+"\" this is missing: "+strings.Join(en, "; "))
	return e
}
