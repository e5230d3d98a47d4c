package app

import (
	"context"
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/services/leads/internal/transfer"
)

// StepTransfer carries a step of a transfer out, each step timed and logged. How
// it ends is decided in the ownership, see endAs.
func (a *App) StepTransfer(ctx context.Context, id string, step transfer.Step, remark string, match httpx.IfMatch) (d *TransferDoc, err error) {
	command, decided := httpx.Command(ctx), false
	err = retry(ctx, func() error {
		if d, err = a.transferDoc(ctx, id); err != nil {
			return err
		}
		if err := a.mayStep(ctx, d.Body.Transfer, step); err != nil {
			return err
		}
		if d.Did(command) || decided && !d.Body.Open {
			return nil // by this command, or finished for it by somebody who came along
		}
		if !decided {
			if decided, err = a.endedBy(ctx, d, command); err != nil || decided && !d.Body.Open {
				return err
			}
		}
		if err := match.Check(d.Version); err != nil && !decided {
			return err
		}
		if a.Guard.MayAtAll(ctx, access.Effect) == nil && !d.Body.Open {
			return nil // ended meanwhile: the rule came too late
		}
		if transfer.Ends(step) && !decided {
			if decided, err = a.endAs(ctx, d.Body.Transfer, step, remark, command); err != nil {
				return err
			}
		}
		return a.step(ctx, command, d, step, remark)
	})
	if err != nil || !decided || d.Body.Status != catalogue.TransferAccepted {
		return d, err
	}
	return d, a.follow(ctx, d.Body.Customer)
}

// endAs decides how a transfer ends: by compare-and-set on the ownership, in the
// same commit as the owner, so that of several ends one happens, and none once the
// owner has changed beneath it: then it can only be cancelled or rejected, which
// needs no decision. Accepting gives the customer.
func (a *App) endAs(ctx context.Context, t catalogue.Transfer, step transfer.Step, remark, command string) (decided bool, err error) {
	at, v, err := a.now()
	if err != nil {
		return false, err
	}
	if _, err := transfer.Do(t, step, caller(ctx).ID, remark, at); err != nil {
		return false, err
	}
	err = retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, t.Customer)
		if err != nil {
			return err
		}
		switch before := o.Body.Ended; {
		case before != nil && before.Transfer == t.ID:
			return errors.Join(transfer.ErrEnded(string(before.Step)), a.dropTransfers(ctx, t.Customer))
		case o.Body.Transfer != t.ID && step == transfer.Accept:
			return problem.Refuse("transfer.owner", "负责人已变更，转交作废", "The owner has changed beneath the transfer: it is void")
		case o.Body.Transfer != t.ID:
			return nil
		}
		ended := &storage.Ended{Transfer: t.ID, Step: step, Remark: remark, Command: command}
		if step != transfer.Accept {
			o.Body.Transfer, o.Body.Ended = "", ended
			err = a.Ownerships.Commit(ctx, o, "")
		} else {
			fact := give(o, t.To, ownership.Transfer, at)
			o.Body.Ended = ended
			err = commitAs(ctx, "", a.Ownerships, o, stampOf(t.Customer, at, v), fact)
		}
		decided = err == nil
		return err
	})
	return decided, err
}

// endedBy tells whether this very command has decided how a transfer ends.
func (a *App) endedBy(ctx context.Context, d *TransferDoc, command string) (bool, error) {
	if command == "" {
		return false, nil
	}
	o, err := a.Ownerships.Get(ctx, d.Body.Customer)
	if err != nil {
		return false, err
	}
	e := o.Body.Ended
	return e != nil && e.Transfer == d.ID && e.Command == command, nil
}

func (a *App) step(ctx context.Context, command string, d *TransferDoc, step transfer.Step, remark string) error {
	at, v, err := a.now()
	if err != nil {
		return err
	}
	before := d.Body.Status
	t, err := transfer.Do(d.Body.Transfer, step, caller(ctx).ID, remark, at)
	if err != nil {
		return err
	}
	d.Body = storage.Transfer{Transfer: t, Open: transfer.Open(t.Status)}
	return commitAs(ctx, command, a.Transfers, d, stampOf(t.Customer, at, v), &catalogue.TransferStepped{Before: before, After: t})
}

// mayStep answers who may do which step: the supervisors of either side
// approve, the owner hands over, the receiver accepts.
func (a *App) mayStep(ctx context.Context, t catalogue.Transfer, step transfer.Step) error {
	switch step {
	case transfer.Approve:
		return a.mayApprove(ctx, t)
	case transfer.Reject:
		if t.Status == catalogue.TransferHandedOver {
			return a.Guard.May(ctx, access.Accept, t.To)
		}
		return a.mayApprove(ctx, t)
	case transfer.HandOver:
		return a.Guard.May(ctx, access.HandOver, t.From)
	case transfer.Accept:
		return a.Guard.May(ctx, access.Accept, t.To)
	}
	if a.Guard.MayAtAll(ctx, access.Effect) == nil {
		return nil
	}
	if caller(ctx).ID == t.RequestedBy {
		return a.Guard.MayAtAll(ctx, access.Cancel)
	}
	return a.Guard.May(ctx, access.Cancel, t.From)
}

// mayApprove lets the supervisors of either side approve; nobody approves a
// request of their own for their own customer unless they may approve anything.
func (a *App) mayApprove(ctx context.Context, t catalogue.Transfer) error {
	p := caller(ctx)
	if t.RequestedBy == p.ID && t.From == p.ID && access.ScopeOf(p, access.Approve) != access.All {
		return problem.Forbid("transfer.approve:requester", "不能审批自己的转交申请", "you cannot approve your own request")
	}
	err := a.Guard.May(ctx, access.Approve, t.From)
	if err != nil && a.Guard.May(ctx, access.Approve, t.To) == nil {
		return nil
	}
	return err
}

// endTransfer frees the way for the next transfer where one ended without the
// ownership: because somebody left.
func (a *App) endTransfer(ctx context.Context, t catalogue.Transfer) error {
	if transfer.Open(t.Status) {
		return nil
	}
	return retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, t.Customer)
		if err != nil || o.Body.Transfer != t.ID {
			return err
		}
		o.Body.Transfer = ""
		return a.Ownerships.Commit(ctx, o, "")
	})
}

// dropTransfers brings transfers of a customer to their end: as the ownership
// has decided, or cancelled where the owner changed beneath them, by recycling or
// because somebody left.
func (a *App) dropTransfers(ctx context.Context, customer string) error {
	q := store.Query{Index: "customer", Equal: []any{customer}, Limit: 50}
	return each(ctx, a.Transfers, q, func(d *TransferDoc) error {
		if !d.Body.Open {
			return nil
		}
		return retry(ctx, func() error {
			o, err := a.Ownerships.Get(ctx, customer)
			if err != nil || o.Body.Transfer == d.ID {
				return err
			}
			if d, err = a.Transfers.Get(ctx, d.ID); err != nil || !d.Body.Open {
				return err
			}
			if e := o.Body.Ended; e != nil && e.Transfer == d.ID {
				return a.step(ctx, e.Command, d, e.Step, e.Remark)
			}
			return a.step(ctx, "", d, transfer.Cancel, "owner_changed")
		})
	})
}
