package deal_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

// Whatever is done to a deal in whatever order: it stands in a stage of its
// pipeline whose required fields it has, it left no gate with an unanswered
// mandatory question, it might have begun where it went on to, its dwell adds up to its age without gaps, what is refused
// changes nothing, and what changes is told by facts.
func TestRandomWalks(t *testing.T) {
	r := rules(t)
	moves := 0
	for seed := range uint64(1500) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		pipeline := []string{"p7", "p5"}[seed%2]
		d := open(t, deal.New{ID: "D1", Owner: "p1", Pipeline: pipeline, Fields: deal.Fields{Title: ptr("x")}}, r)
		at := start
		for range 40 {
			at = at.Add(time.Duration(rnd.IntN(48*3600)) * time.Second)
			c, err := step(rnd, d, r, at)
			if err != nil {
				continue
			}
			if c.Empty() != same(c.Deal, d) {
				t.Fatalf("seed %d: %d facts, but deal %+v became %+v", seed, len(c.Facts), d, c.Deal)
			}
			if c.Deal.Stage != d.Stage {
				moves++
				judgeMove(t, seed, r, d, c)
			}
			d = c.Deal
			judgeDwell(t, seed, d)
		}
	}
	if moves < 3000 {
		t.Fatalf("only %d moves: the walks do not get anywhere", moves)
	}
}

func step(rnd *rand.Rand, d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
	stages := r.Running.Pipeline(d.Pipeline).Stages
	switch rnd.IntN(12) {
	case 0:
		return deal.Edit(d, r, deal.Fields{Objections: &[]string{"price"}, Competitors: &[]string{"Globex"}})
	case 1:
		return deal.Edit(d, r, deal.Fields{DecisionMaker: ptr([]string{"", "Ms Li"}[rnd.IntN(2)]), ProcurementNode: ptr("tender")})
	case 2:
		return deal.Edit(d, r, deal.Fields{Competitors: &[]string{}, Amount: &money.Amount{Minor: rnd.Int64N(9), Currency: "CNY"}})
	case 3, 4:
		q := []string{"need_clear", "budget_clear", "decision_maker_reached"}[rnd.IntN(3)]
		return deal.AnswerQuestions(d, r, []deal.Answered{{Question: q, Yes: rnd.IntN(2) == 0}}, "p1", at)
	case 5:
		return deal.RecordFollowUp(d, r, "F", followup.Input{OccurredAt: at, Channel: "phone", Direction: "outbound", KeyPoints: "x", NextAction: "y",
			NextTouchAt: at.Add(day), Result: "interested", CustomerType: "new", BudgetBand: "low", Objections: []string{}}, followup.By{ID: "p1", Owns: true}, "", at)
	case 6:
		return deal.Reopen(d, r, "", at)
	case 7:
		return deal.Assign(d, []string{"p1", "p2", ""}[rnd.IntN(3)], "manual"), nil
	}
	return deal.AdvanceStage(d, r, stages[rnd.IntN(len(stages))].ID, deal.Loss{Reason: "price"}, at)
}

func judgeMove(t *testing.T, seed uint64, r deal.Rules, before catalogue.Deal, c deal.Change) {
	t.Helper()
	after := c.Deal
	entered := r.Running.Stage(after.Pipeline, after.Stage)
	for _, f := range entered.Requires {
		missing := f == "objections" && len(after.Objections) == 0 || f == "competitors" && len(after.Competitors) == 0 || f == "decision_maker" && after.DecisionMaker == "" ||
			f == "procurement_node" && after.ProcurementNode == "" || f == "amount" && after.Amount == nil || f == "lost_reason" && after.LostReason == ""
		if missing {
			t.Fatalf("seed %d: entered %s without %s", seed, after.Stage, f)
		}
	}
	told := 0
	for _, f := range c.Facts {
		if s, ok := f.(*catalogue.StageChanged); ok {
			told++
			if s.Before != before.Stage || s.After != after.Stage || s.State.Stage != after.Stage {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			if s.Forward {
				for _, q := range r.Running.Stage(before.Pipeline, before.Stage).Questions {
					if !slices.ContainsFunc(after.Answers, func(a catalogue.Answer) bool { return a.Question == q.ID }) {
						t.Fatalf("seed %d: left %s without an answer to %s", seed, before.Stage, q.ID)
					}
				}
				if g := deal.Placement(after, r, entered); !deal.Terminal(entered.Type) && !g.Open {
					t.Fatalf("seed %d: went on from %s to %s, where a deal that begins there is refused: %+v", seed, before.Stage, after.Stage, g)
				}
			}
		}
	}
	if told != 1 || after.StageFollowUps != 0 {
		t.Fatalf("seed %d: %d stage changes told, counter %d", seed, told, after.StageFollowUps)
	}
}

func judgeDwell(t *testing.T, seed uint64, d catalogue.Deal) {
	t.Helper()
	from := d.OpenedAt
	for _, v := range d.Dwell {
		if v.Entered != from || v.Left < v.Entered || v.MS != int64(v.Left-v.Entered) {
			t.Fatalf("seed %d: a gap in %+v", seed, d.Dwell)
		}
		from = v.Left
	}
	if from != d.StageSince {
		t.Fatalf("seed %d: in the stage since %v, left the one before at %v", seed, d.StageSince, from)
	}
}

func same(a, b catalogue.Deal) bool {
	return a.Stage == b.Stage && a.Owner == b.Owner && a.Pooled == b.Pooled && a.DecisionMaker == b.DecisionMaker && a.ProcurementNode == b.ProcurementNode &&
		slices.Equal(a.Competitors, b.Competitors) && slices.Equal(a.Objections, b.Objections) && slices.Equal(a.Answers, b.Answers) && a.FollowUps == b.FollowUps &&
		(a.Amount == nil) == (b.Amount == nil) && (a.Amount == nil || *a.Amount == *b.Amount)
}
