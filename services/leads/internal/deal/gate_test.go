package deal_test

import (
	"slices"
	"testing"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

// a mandatory question without an answer keeps the deal in its stage;
// the refusal names the rule and the questions in both languages.
func TestGateQuestions(t *testing.T) {
	r := rules(t)
	for _, c := range []struct {
		pipeline, from, to string
		asks               []string
	}{
		{"p7", "need_confirmed", "proposed", []string{"need_clear"}},
		{"p7", "need_confirmed", "quoted", []string{"need_clear", "budget_clear"}}, // leaves a stage out
		{"p7", "proposed", "quoted", []string{"need_clear", "budget_clear"}},
		{"p7", "quoted", "won", []string{"decision_maker_reached"}},
		{"p5", "need_confirmation", "solution", []string{"need_clear", "budget_clear"}},
		{"p5", "solution", "negotiation", []string{"need_clear", "budget_clear", "decision_maker_reached"}},
	} {
		n := full(c.pipeline)
		n.Answers = nil
		d := open(t, n, r)
		d.Stage = c.from
		_, err := deal.AdvanceStage(d, r, c.to, deal.Loss{}, start)
		p := refused(t, err)
		if p.Rule != "R-055" || len(p.Fields) != len(c.asks) {
			t.Fatalf("%s: %v", c.from, p)
		}
		for i, f := range p.Fields {
			if f.Field != "answers."+c.asks[i] || f.Text.Zh == "" || f.Text.En == "" {
				t.Errorf("%s: field %+v", c.from, f)
			}
		}
		// The question asked is the question answered: a no opens the gate as well.
		var answers []deal.Answered
		for _, q := range c.asks {
			answers = append(answers, deal.Answered{Question: q, Yes: false, Remark: "not yet"})
		}
		a, err := deal.AnswerQuestions(d, r, answers, "p1", start)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := deal.AdvanceStage(a.Deal, r, c.to, deal.Loss{}, start); err != nil {
			t.Errorf("%s after answers: %v", c.from, err)
		}
	}
}

// going back and losing do not pass the gate.
func TestGateDoesNotHoldBack(t *testing.T) {
	r := rules(t)
	n := full("p7")
	n.Answers = nil
	d := open(t, n, r)
	d.Stage = "proposed"
	for _, to := range []string{"need_confirmed", "lost"} {
		if _, err := deal.AdvanceStage(d, r, to, deal.Loss{Reason: "other"}, start); err != nil {
			t.Errorf("%s: %v", to, err)
		}
	}
}

// the entered stage requires its fields.
func TestRequiredFields(t *testing.T) {
	r := rules(t)
	for _, c := range []struct {
		pipeline, from, to string
		clear              func(*catalogue.Deal)
		rule, field        string
	}{
		{"p7", "quoted", "negotiating", func(d *catalogue.Deal) { d.Objections = nil }, "R-057", "objections"},
		{"p7", "quoted", "negotiating", func(d *catalogue.Deal) { d.Competitors = nil }, "R-057", "competitors"},
		{"p7", "quoted", "to_sign", func(d *catalogue.Deal) { d.DecisionMaker = "" }, "R-058", "decision_maker"},
		{"p7", "negotiating", "to_sign", func(d *catalogue.Deal) { d.ProcurementNode = "" }, "R-058", "procurement_node"},
		{"p7", "to_sign", "won", func(d *catalogue.Deal) { d.Amount = nil }, "required", "amount"},
		{"p5", "solution", "negotiation", func(d *catalogue.Deal) { d.Objections = nil }, "R-057", "objections"},
		{"p5", "negotiation", "decision", func(d *catalogue.Deal) { d.DecisionMaker = "" }, "R-058", "decision_maker"},
	} {
		d := open(t, full(c.pipeline), r)
		d.Stage = c.from
		c.clear(&d)
		_, err := deal.AdvanceStage(d, r, c.to, deal.Loss{}, start)
		p := refused(t, err)
		if p.Rule != c.rule || len(p.Fields) != 1 || p.Fields[0].Field != c.field {
			t.Errorf("%s to %s: %v", c.from, c.to, p)
		}
	}
	d := open(t, full("p7"), r)
	if p := refused(t, second(deal.AdvanceStage(d, r, "lost", deal.Loss{}, start))); p.Rule != "R-066" { // by drag and drop
		t.Errorf("lost without reason: %v", p)
	}
	if p := refused(t, second(deal.Lose(d, r, deal.Loss{}, start))); p.Fields[0].Rule != "R-066" {
		t.Errorf("lost without reason: %v", p)
	}
	if p := refused(t, second(deal.Lose(d, r, deal.Loss{Reason: "bad_weather"}, start))); p.Code != problem.Invalid {
		t.Errorf("a reason that is no option: %v", p)
	}
}

func second(_ deal.Change, err error) error { return err }

// what the gate asked for cannot be taken away again afterwards.
func TestEditKeepsWhatTheStageRequires(t *testing.T) {
	r := rules(t)
	d := open(t, full("p7"), r)
	d.Stage = "to_sign"
	p := refused(t, second(deal.Edit(d, r, deal.Fields{DecisionMaker: ptr(" ")})))
	if p.Fields[0].Rule != "R-058" {
		t.Errorf("%v", p)
	}
	c, err := deal.Edit(d, r, deal.Fields{Need: ptr("two lines"), Title: ptr("Acme line 3")})
	if err != nil || !slices.Equal(c.Facts[0].(*catalogue.DealChanged).Changed, []string{"need"}) {
		t.Errorf("%v %v", c.Facts, err)
	}
	if c, err := deal.Edit(d, r, deal.Fields{Need: ptr("a line")}); err != nil || !c.Empty() {
		t.Errorf("an edit that changes nothing records %d facts, %v", len(c.Facts), err)
	}
}

// a deal that begins further on has passed the gates before.
func TestOpenFurtherOn(t *testing.T) {
	r := rules(t)
	n := full("p7")
	n.Stage = "quoted"
	if d := open(t, n, r); d.Stage != "quoted" || d.PipelineVersion != 1 {
		t.Errorf("%+v", d)
	}
	n.Answers = n.Answers[:1]
	if p := refused(t, second(deal.Open(n, r, "p1", start))); p.Rule != "R-055" || p.Fields[0].Field != "answers.budget_clear" {
		t.Errorf("%v", p)
	}
	for _, end := range []string{"won", "lost", "nowhere"} {
		n.Stage = end
		if p := refused(t, second(deal.Open(n, r, "p1", start))); p.Code != problem.Invalid {
			t.Errorf("%s: %v", end, p)
		}
	}
}
