package contracts

import (
	"context"
	"errors"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// skew is how far the clock of whoever asks for a journey may be ahead: an answer
// that it is too early would be final.
const skew = time.Minute

// Intend records what the customer says about renewing.
func (c *Contracts) Intend(ctx context.Context, p auth.Principal, id string, ch Change, intent, note string) (Seen, error) {
	return c.change(ctx, p, access.ContractDraft, id, ch, func(e *edit) ([]catalogue.Data, error) {
		risky := contract.Marked(e.Contract, catalogue.MarkRenewalAtRisk)
		if err := contract.Intend(e.Contract, catalogue.RenewalIntent{Intent: intent, Note: note, By: p.ID, At: e.now}); err != nil {
			return nil, err
		}
		told := []catalogue.Data{&catalogue.ContractRenewalIntentRecorded{}}
		if risky && !contract.Marked(e.Contract, catalogue.MarkRenewalAtRisk) {
			told = append(told, &catalogue.ContractMarked{Mark: catalogue.MarkRenewalAtRisk})
		}
		return told, nil
	})
}

// Terminate ends a contract before its time.
func (c *Contracts) Terminate(ctx context.Context, p auth.Principal, id string, ch Change, reason string) (Seen, error) {
	return c.change(ctx, p, access.ContractDraft, id, ch, func(e *edit) ([]catalogue.Data, error) {
		return []catalogue.Data{&catalogue.ContractEnded{}}, contract.Terminate(e.Contract, reason, e.now)
	})
}

// Advance begins or ends a contract's term; a repeat changes nothing.
func (c *Contracts) Advance(ctx context.Context, p auth.Principal, id string, ch Change, ask effects.AdvanceContract) (Seen, error) {
	return c.change(ctx, p, access.ContractOperate, id, ch, func(e *edit) ([]catalogue.Data, error) {
		e.now = e.now.Add(skew)
		if ask.To == catalogue.ContractActive {
			return []catalogue.Data{&catalogue.ContractActivated{}}, contract.Activate(e.Contract, e.now)
		}
		return []catalogue.Data{&catalogue.ContractEnded{}}, contract.Expire(e.Contract, e.now)
	})
}

// Mark sets a mark: the renewal is at risk, a payment is overdue.
// It changes nothing where what it says is not so (any more).
func (c *Contracts) Mark(ctx context.Context, p auth.Principal, id string, ch Change, mark string, evidence []string) (Seen, error) {
	return c.change(ctx, p, access.ContractOperate, id, ch, func(e *edit) ([]catalogue.Data, error) {
		switch mark {
		case catalogue.MarkRenewalAtRisk:
			if err := contract.Is(e.Contract, catalogue.ContractActive, catalogue.ContractSigned); err != nil {
				return nil, err
			}
			if e.Renewal != nil && e.Renewal.Intent == catalogue.IntentRenew {
				return nil, problem.Refuse("contract.intent", "客户已表示续约", "the customer wants to renew")
			}
		case catalogue.MarkPaymentOverdue:
			if !contract.Overdue(e.Contract, e.now.Add(skew)) {
				return nil, problem.Refuse("contract.paid", "没有逾期的款项", "nothing is overdue")
			}
		default:
			return nil, problem.Missing("标记", "mark", mark)
		}
		if contract.Marked(e.Contract, mark) {
			return nil, nil
		}
		e.Marks = append(e.Marks, catalogue.Mark{Rule: mark, Since: e.now, Cause: facts.CauseFrom(ctx), Evidence: evidence})
		return []catalogue.Data{&catalogue.ContractMarked{Mark: mark, Set: true}}, nil
	})
}

// Pay records a payment for a contract.
func (c *Contracts) Pay(ctx context.Context, p auth.Principal, id string, ch Change, pay catalogue.ContractPayment) (Seen, error) {
	return c.change(ctx, p, access.ContractPay, id, ch, func(e *edit) ([]catalogue.Data, error) {
		pay.RecordedBy = p.ID
		return c.pay(e, pay)
	})
}

func (c *Contracts) pay(e *edit, pay catalogue.ContractPayment) ([]catalogue.Data, error) {
	fresh, err := contract.Pay(e.Contract, pay, e.now)
	if err != nil || !fresh {
		return nil, err
	}
	pay = e.Payments[len(e.Payments)-1]
	told := []catalogue.Data{&catalogue.ContractPaid{Payment: pay}}
	if contract.Marked(e.Contract, catalogue.MarkPaymentOverdue) && !contract.Overdue(e.Contract, e.now) {
		var rest []catalogue.Mark
		for _, m := range e.Marks {
			if m.Rule != catalogue.MarkPaymentOverdue {
				rest = append(rest, m)
			}
		}
		e.Marks = rest
		told = append(told, &catalogue.ContractMarked{Mark: catalogue.MarkPaymentOverdue})
	}
	return told, nil
}

// Since gives when the customer's first contract was signed, zero if none was.
func (c *Contracts) Since(ctx context.Context, customerID string) (instant.Time, error) {
	var first instant.Time
	after := ""
	for {
		page, err := c.docs.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customerID}, Limit: 200, After: after})
		if err != nil {
			return 0, err
		}
		for _, d := range page.Docs {
			if at := d.Body.Contract.SignedAt; !at.IsZero() && (first.IsZero() || at < first) {
				first = at
			}
		}
		if after = page.Next; after == "" {
			return first, nil
		}
	}
}

// settle ends the contract that a signed one renews.
func (c *Contracts) settle(ctx context.Context, signed catalogue.Contract) error {
	d, err := c.get(ctx, signed.Parent)
	if err != nil {
		return err
	}
	v, now, err := c.view()
	if err != nil {
		return err
	}
	if contract.Renewed(&d.Body.Contract, signed.ID, now) != nil {
		return nil // ended otherwise, or by the same fact before
	}
	_, err = c.commit(ctx, d, "renewed:"+signed.ID, v, now, []catalogue.Data{&catalogue.ContractEnded{}})
	if errors.Is(err, store.ErrConflict) {
		return problem.Away(err)
	}
	return err
}
