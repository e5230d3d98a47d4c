package deal_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

var start = instant.Of(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

func rules(t testing.TB, change ...func(*policy.Sections)) deal.Rules {
	t.Helper()
	v := view(t, 1, change...)
	return deal.Rules{InForce: v, Running: v}
}

func view(t testing.TB, version int64, change ...func(*policy.Sections)) *policy.View {
	t.Helper()
	s := policy.Defaults()
	for _, c := range change {
		c(&s)
	}
	v, err := policy.NewView(&policy.Book{Version: version, Sections: s}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ptr[T any](v T) *T { return &v }

// full gives every field and answer that any gate of the templates asks for.
func full(pipeline string) deal.New {
	n := deal.New{ID: "D1", Owner: "p1", Pipeline: pipeline, Fields: deal.Fields{Title: ptr("Acme line 3"), Company: ptr("Acme"),
		Amount: &money.Amount{Minor: 100_00, Currency: "CNY"}, Objections: &[]string{"price"}, Competitors: &[]string{"Globex"},
		DecisionMaker: ptr("Ms Li"), ProcurementNode: ptr("tender"), Need: ptr("a line")}}
	for _, q := range []string{"need_clear", "budget_clear", "decision_maker_reached"} {
		n.Answers = append(n.Answers, deal.Answered{Question: q, Yes: true})
	}
	return n
}

func open(t testing.TB, n deal.New, r deal.Rules) catalogue.Deal {
	t.Helper()
	c, err := deal.Open(n, r, "p1", start)
	if err != nil {
		t.Fatal(err)
	}
	return c.Deal
}

func refused(t testing.TB, err error) *problem.Error {
	t.Helper()
	var p *problem.Error
	if !errors.As(err, &p) {
		t.Fatalf("want a problem, got %v", err)
	}
	return p
}

// the shipped templates, written out here a second time.
var templates = map[string]struct {
	order []string
	names []string
	exits map[string][]string
}{
	"p7": {
		order: []string{"contacted", "need_confirmed", "proposed", "quoted", "negotiating", "to_sign", "won", "lost"},
		names: []string{"已联系", "已确认需求", "已演示/已方案", "已报价", "谈判中", "待签约", "成交", "流失"},
		exits: map[string][]string{
			"contacted": {"need_confirmed", "won", "lost"}, "need_confirmed": {"contacted", "proposed", "quoted", "lost"},
			"proposed": {"need_confirmed", "quoted", "negotiating", "lost"}, "quoted": {"proposed", "negotiating", "to_sign", "won", "lost"},
			"negotiating": {"quoted", "to_sign", "won", "lost"}, "to_sign": {"negotiating", "won", "lost"}},
	},
	"p5": {
		order: []string{"initial_contact", "need_confirmation", "solution", "negotiation", "decision", "won", "lost"},
		names: []string{"初步接触", "需求确认", "方案沟通", "商务谈判", "决策确认", "成交", "流失"},
		exits: map[string][]string{
			"initial_contact": {"need_confirmation", "lost"}, "need_confirmation": {"initial_contact", "solution", "lost"},
			"solution": {"need_confirmation", "negotiation", "lost"}, "negotiation": {"solution", "decision", "won", "lost"},
			"decision": {"negotiation", "won", "lost"}},
	},
}

// stages and their names in order.
func TestTemplates(t *testing.T) {
	r := rules(t)
	for id, want := range templates {
		p := r.Running.Pipeline(id)
		for i, s := range p.Stages {
			if s.ID != want.order[i] || s.Name.Zh != want.names[i] {
				t.Errorf("%s stage %d is %s %s, want %s %s", id, i, s.ID, s.Name.Zh, want.order[i], want.names[i])
			}
		}
		if len(p.Stages) != len(want.order) {
			t.Errorf("%s has %d stages", id, len(p.Stages))
		}
	}
}

// every legal and every illegal transition of both templates.
func TestEveryTransition(t *testing.T) {
	r := rules(t)
	for pipeline, want := range templates {
		for i, from := range want.order {
			for j, to := range want.order {
				t.Run(fmt.Sprintf("%s/%s-%s", pipeline, from, to), func(t *testing.T) {
					d := open(t, full(pipeline), r)
					terminal := from == "won" || from == "lost"
					d.Stage, d.StageType = from, string(r.Running.Stage(pipeline, from).Type)
					if terminal {
						d.Outcome = from
					}
					at := start.Add(90 * time.Minute)
					c, err := deal.AdvanceStage(d, r, to, deal.Loss{Reason: "price"}, at)
					if !slices.Contains(want.exits[from], to) {
						p := refused(t, err)
						if p.Code != problem.Refused || len(c.Facts) != 0 {
							t.Fatalf("illegal step: %v with %d facts", p, len(c.Facts))
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					moved := c.Facts[0].(*catalogue.StageChanged)
					progress := j > i && to != "lost"
					if moved.Forward != progress || moved.Before != from || moved.After != to || moved.DwellMS != 90*60*1000 {
						t.Fatalf("fact: %+v", moved)
					}
					if last := c.Deal.Dwell[len(c.Deal.Dwell)-1]; last.Stage != from || last.MS != moved.DwellMS || last.Left != at {
						t.Fatalf("dwell: %+v", last)
					}
					if (c.Deal.LastProgressAt == at) != progress {
						t.Fatalf("last progress %v, forward %v", c.Deal.LastProgressAt, progress)
					}
					ends := to == "won" || to == "lost"
					if ends != (len(c.Facts) == 2) || ends && c.Deal.Outcome != to {
						t.Fatalf("%d facts, outcome %s", len(c.Facts), c.Deal.Outcome)
					}
				})
			}
		}
	}
}

// a lost deal can be taken up again where it was lost, its clocks anew.
func TestReopen(t *testing.T) {
	r := rules(t)
	d := open(t, full("p7"), r)
	if p := refused(t, second(deal.Reopen(d, r, "", start))); p.Rule != "R-066" {
		t.Errorf("an open deal: %v", p)
	}
	d.Stage = "quoted"
	lost, err := deal.Lose(d, r, deal.Loss{Reason: "competitor", Remark: "Globex"}, start.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if closed := lost.Facts[1].(*catalogue.DealClosed); closed.Reason != "competitor" || closed.State.LostRemark != "Globex" {
		t.Errorf("%+v", closed)
	}
	at := start.Add(48 * time.Hour)
	c, err := deal.Reopen(lost.Deal, r, "", at)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Deal
	if got.Stage != "quoted" || got.Outcome != catalogue.DealOpen || got.ClocksFrom != at || got.LostReason != "" || !got.ClosedAt.IsZero() || got.StageSince != at {
		t.Errorf("%+v", got)
	}
	if _, ok := c.Facts[0].(*catalogue.DealReopened); !ok || len(c.Facts) != 2 {
		t.Errorf("facts %v", c.Facts)
	}
	if w, _ := deal.Win(d, r, start); w.Deal.Outcome != catalogue.DealWon || refused(t, second(deal.Reopen(w.Deal, r, "", at))).Rule != "R-066" {
		t.Error("a won deal was taken up again")
	}
}

// a running deal keeps its version until it is moved, and moves only
// where its stage still exists.
func TestPipelineVersion(t *testing.T) {
	old := view(t, 1)
	next := view(t, 2, func(s *policy.Sections) {
		p := &s.Pipelines.Pipelines[0]
		p.Stages[0].Exits = []string{"proposed", "lost"}
		p.Stages = slices.Delete(p.Stages, 1, 2) // need_confirmed is gone
	})
	r := deal.Rules{InForce: next, Running: old}
	d := open(t, full("p7"), deal.Rules{InForce: old, Running: old})
	stepped, err := deal.AdvanceStage(d, r, "need_confirmed", deal.Loss{}, start)
	if err != nil {
		t.Fatalf("the version it runs on has the exit: %v", err)
	}
	if p := refused(t, second(deal.MoveToVersion(stepped.Deal, r))); p.Rule != "R-054" {
		t.Errorf("%v", p)
	}
	moved, err := deal.MoveToVersion(d, r)
	if err != nil || moved.Deal.PipelineVersion != 2 {
		t.Fatalf("%+v %v", moved, err)
	}
	if _, err := deal.AdvanceStage(moved.Deal, deal.Rules{InForce: next, Running: next}, "need_confirmed", deal.Loss{}, start); err == nil {
		t.Error("a stage that the version does not have was entered")
	}
	if again, err := deal.MoveToVersion(moved.Deal, deal.Rules{InForce: next, Running: next}); err != nil || !again.Empty() {
		t.Errorf("moved twice: %v %v", again.Facts, err)
	}
}

// C-01: P-5 in the terms of P-7.
func TestReported(t *testing.T) {
	v := view(t, 1)
	for p5, p7 := range map[string]string{"initial_contact": "contacted", "need_confirmation": "need_confirmed", "solution": "proposed",
		"negotiation": "negotiating", "decision": "to_sign", "won": "won", "lost": "lost"} {
		if got := deal.Reported(v, "p5", p5); got != p7 {
			t.Errorf("%s counts as %s, want %s", p5, got, p7)
		}
		if got := deal.Reported(v, "p7", p7); got != p7 {
			t.Errorf("%s of P-7 counts as %s", p7, got)
		}
	}
}
