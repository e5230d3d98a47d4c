package demo

import (
	"context"
	"fmt"

	"liuke.dev/shared/policy"
)

// pursuit is a deal that its owner brings from stage to stage.
type pursuit struct {
	lead   // whom it is with
	id     string
	stages []policy.Stage // those that a deal can stand in, first to last
	at     int            // where it stands
	quote  string         // sent, and its receipt not confirmed yet
}

// learn reads the pipelines as the policy book has them.
func (l *Life) learn(ctx context.Context) error {
	var book struct {
		Sections struct {
			Pipelines policy.Pipelines `json:"pipelines"`
		} `json:"sections"`
	}
	if err := l.c.Do(ctx, director, "GET", "/v1/policy", nil, &book); err != nil {
		return err
	}
	l.pipelines = map[string][]policy.Stage{}
	for _, p := range book.Sections.Pipelines.Pipelines {
		for _, s := range p.Stages {
			if s.Type != policy.StageWon && s.Type != policy.StageLost {
				l.pipelines[p.ID] = append(l.pipelines[p.ID], s)
			}
		}
	}
	for _, id := range []string{seven, five} {
		if len(l.pipelines[id]) == 0 {
			return fmt.Errorf("the policy book has no pipeline %s, which the demo's deals run on", id)
		}
	}
	return nil
}

// known is what the company finds out about every deal, by the field that a stage
// requires.
var known = body{"objections": []string{"price"}, "competitors": []string{"某某软件"}, "decision_maker": "总经理", "procurement_node": "合同评审"}

// answers are those to all that some stages ask.
func answers(stages ...policy.Stage) []body {
	all := []body{}
	for _, s := range stages {
		for _, q := range s.Questions {
			all = append(all, body{"question": q.ID, "yes": true})
		}
	}
	return all
}

// fields are those that some stages require.
func fields(stages ...policy.Stage) body {
	all := body{}
	for _, s := range stages {
		for _, f := range s.Requires {
			if value, ok := known[f]; ok {
				all[f] = value
			}
		}
	}
	return all
}

// open begins a deal; what begins further on has been asked on the way there.
func (l *Life) open(ctx context.Context, d *pursuit, title, pipeline, customer string) (err error) {
	d.stages = l.pipelines[pipeline]
	in := fields(d.stages[:d.at+1]...)
	in["title"], in["company"], in["need"], in["key_person"], in["amount"] = title, d.company, d.need, d.contact, d.amount()
	in["pipeline"], in["stage"], in["answers"] = pipeline, d.stages[d.at].ID, answers(d.stages[:d.at]...)
	if customer != "" {
		in["customer"] = customer
	}
	d.id, err = l.c.Post(ctx, d.owner, "/v1/deals", in)
	return err
}

// advance brings a deal one stage on, as the gates want it.
func (l *Life) advance(ctx context.Context, d *pursuit) error {
	path := "/v1/deals/" + d.id
	from, to := d.stages[d.at], d.stages[d.at+1]
	if to.Type == policy.StageQuoted {
		var sent struct {
			Quote string `json:"quote"`
		}
		if err := l.c.Do(ctx, d.owner, "POST", path+"/quotes", body{"amount": d.amount()}, &sent); err != nil {
			return err
		}
		d.quote = sent.Quote
	}
	d.at++
	return l.c.Do(ctx, d.owner, "POST", path+"/stage", body{"stage": to.ID, "answers": answers(from), "fields": fields(to)}, nil)
}

// stand is what happens in a stage in so many days: the customer calls back, and confirms
// what was quoted. It is false if the demo ended meanwhile.
func (l *Life) stand(ctx context.Context, d *pursuit, days float64, says string) (bool, error) {
	if err := l.followUp(ctx, d.owner, "/v1/deals/"+d.id, talk{inbound, says}, l.days(days+0.1)); err != nil {
		return false, err
	}
	if d.quote != "" {
		if went, err := l.perform(ctx, act{0.9, d.owner, "/v1/deals/" + d.id + "/quotes/" + d.quote + "/confirmation", body{}}); !went {
			return false, err
		}
		d.quote, days = "", days-0.9
	}
	return rest(ctx, l.days(days)), nil
}

// finish takes a deal through its stages, one in so many days, to its end. It is
// false if the demo ended meanwhile.
func (l *Life) finish(ctx context.Context, d *pursuit, pace float64, lost bool) (bool, error) {
	for {
		if went, err := l.stand(ctx, d, pace, "推进到下一阶段"); !went {
			return false, err
		}
		if d.at == len(d.stages)-1 {
			break
		}
		if err := l.advance(ctx, d); err != nil {
			return false, err
		}
	}
	if lost {
		return true, l.c.Do(ctx, d.owner, "POST", "/v1/deals/"+d.id+"/loss", body{"reason": "price"}, nil)
	}
	if err := l.c.Do(ctx, d.owner, "POST", "/v1/deals/"+d.id+"/win", body{}, nil); err != nil {
		return true, err
	}
	// A win without a date for the next visit would be a leak.
	return true, l.followUp(ctx, d.owner, "/v1/deals/"+d.id, talk{outbound, "感谢信任，约好上线后回访"}, l.days(30))
}
