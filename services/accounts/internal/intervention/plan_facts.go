package intervention

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// check names everything that is wrong with steps. A draft may lack when
// and where an event takes place; a plan that is to be carried out does not.
func (s *Interventions) check(ctx context.Context, f customer.File, steps []catalogue.WakeUpStep, whole bool) error {
	now := s.Clock()
	v, err := s.view(now)
	if err != nil {
		return err
	}
	var wrong []problem.Field
	coupons := 0
	for n, step := range steps {
		at := fmt.Sprintf("steps[%d]", n)
		wrong = append(wrong, wrongStep(at, step, v.Sections.Outreach, now)...)
		wrong = append(wrong, wrongOffer(at, step, whole)...)
		if step.Kind == catalogue.WakeUpCoupon {
			if coupons++; coupons > 1 {
				wrong = append(wrong, problem.FieldError(at+".kind", "one_per_plan", "一个计划只能有一张优惠券", "a plan gives one coupon"))
			}
		}
		if len(step.Uses) == 0 {
			wrong = append(wrong, problem.FieldError(at+".uses", "R-113", "没有依据该客户的任何事实；不允许群发式内容", "rests on no fact of this customer; what could go to anybody is refused"))
		}
		for m, use := range step.Uses {
			bad, err := s.wrongUse(ctx, f, use)
			if err != nil {
				return err
			}
			if bad != nil {
				bad.Field = fmt.Sprintf("%s.uses[%d]", at, m)
				wrong = append(wrong, *bad)
			}
		}
	}
	return problem.InvalidFields(wrong...)
}

func wrongStep(at string, step catalogue.WakeUpStep, p policy.Outreach, now instant.Time) []problem.Field {
	var wrong []problem.Field
	if _, ok := p.Channel(step.Channel); !ok {
		wrong = append(wrong, problem.FieldError(at+".channel", "one_of", "没有这个渠道", "is no channel of the policy"))
	}
	if strings.TrimSpace(step.Text.Zh+step.Text.En) == "" {
		wrong = append(wrong, problem.Required(at+".text"))
	}
	if step.Channel == "mail" && strings.TrimSpace(step.Subject.Zh+step.Subject.En) == "" {
		wrong = append(wrong, problem.Required(at+".subject"))
	}
	if step.At < now-graceMillis {
		wrong = append(wrong, problem.FieldError(at+".at", "in_past", "不能是过去的时间", "must not lie in the past"))
	}
	if step.Percent < 0 || step.Percent > 90 {
		wrong = append(wrong, problem.FieldError(at+".percent", "range", "必须在 0 到 90 之间", "must be from 0 to 90"))
	}
	return wrong
}

// wrongUse tells what is wrong with a fact that a step rests on; nil: it is this customer's.
func (s *Interventions) wrongUse(ctx context.Context, f customer.File, use string) (*problem.Field, error) {
	if topic, ok := strings.CutPrefix(use, "preference:"); ok {
		for _, p := range f.Preferences {
			if p.Topic == topic && p.Value != "" {
				return nil, nil
			}
		}
		bad := problem.FieldError("", "exists", "该客户没有记录这个偏好", "is no preference that this customer has")
		return &bad, nil
	}
	of, err := s.ownerOf(ctx, use)
	if err != nil || of == f.ID {
		return nil, err
	}
	bad := problem.FieldError("", "exists", "没有这条事实", "is no fact that is known")
	if of != "" {
		bad = problem.FieldError("", "R-113", "是另一位客户的事实", "is a fact of another customer")
	}
	return &bad, nil
}

// ownerOf gives whose a timeline entry or order is, following folded files; empty: there is none.
func (s *Interventions) ownerOf(ctx context.Context, id string) (string, error) {
	of := ""
	e, err := s.Line.Entry(ctx, ours, id)
	if err == nil {
		of = e.Customer
	} else if !missingOne(err) {
		return "", err
	}
	if of == "" {
		o, _, err := s.Orders.Order(ctx, ours, id)
		if err == nil {
			of = o.Customer
		} else if !missingOne(err) {
			return "", err
		}
	}
	if of == "" {
		return "", nil
	}
	f, err := s.Files.Root(ctx, of)
	return f.ID, err
}

func missingOne(err error) bool {
	var p *problem.Error
	return errors.As(err, &p) && p.Code == problem.NotFound
}
