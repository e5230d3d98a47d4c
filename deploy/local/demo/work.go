package demo

import (
	"context"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// work is what an owner does with a lead: the forgetful calls once, the diligent until
// it is decided what becomes of it.
func (l *Life) work(ctx context.Context, id string, p prospect) error {
	if !rest(ctx, l.days(0.1)) {
		return nil
	}
	if err := l.followUp(ctx, p.owner, "/v1/leads/"+id, talk{outbound, "第一次联系：" + p.need}, l.days(2)); err != nil {
		return err
	}
	if p.fate == forgotten || !rest(ctx, l.days(1.5)) {
		return nil // and nobody hears of him again
	}
	switch p.fate {
	case unready:
		return l.nurture(ctx, id, p.lead)
	case unfit:
		return l.c.Do(ctx, p.owner, "POST", "/v1/leads/"+id+"/closing", body{"reason": "不是目标客户"}, nil)
	}
	d, err := l.convert(ctx, id, p)
	if err != nil {
		return err
	}
	if p.fate == stalls {
		return l.stall(ctx, d)
	}
	_, err = l.finish(ctx, d, 1.5, p.fate == loses)
	return err
}

// nurture keeps in touch with a lead that is not ready, always with a next date.
func (l *Life) nurture(ctx context.Context, id string, one lead) error {
	const round = 20 // days
	for {
		next := body{"next_at": instant.Now().Add(l.days(round)).String(), "reason": "明年才有预算"}
		if err := l.c.Do(ctx, one.owner, "POST", "/v1/leads/"+id+"/nurture", next, nil); err != nil || !rest(ctx, l.days(round)) {
			return err
		}
		if err := l.followUp(ctx, one.owner, "/v1/leads/"+id, talk{outbound, "发了一份案例，保持联系"}, l.days(round)); err != nil {
			return err
		}
	}
}

// convert makes a deal of a lead.
func (l *Life) convert(ctx context.Context, id string, p prospect) (*pursuit, error) {
	var out struct {
		Deal string `json:"deal"`
	}
	err := l.c.Do(ctx, p.owner, "POST", "/v1/leads/"+id+"/conversion", body{"title": p.company, "pipeline": p.pipeline, "amount": p.amount()}, &out)
	return &pursuit{id: out.Deal, lead: p.lead, stages: l.pipelines[p.pipeline]}, err
}

// stall talks on and on where a deal does not get beyond its proposal, until it is
// marked at risk, and after.
func (l *Life) stall(ctx context.Context, d *pursuit) error {
	for d.at < len(d.stages)-1 && d.stages[d.at].Type != policy.StageSolution {
		if went, err := l.stand(ctx, d, 1.5, "推进到下一阶段"); !went {
			return err
		}
		if err := l.advance(ctx, d); err != nil {
			return err
		}
	}
	for {
		if went, err := l.stand(ctx, d, 3, d.need); !went {
			return err
		}
	}
}
