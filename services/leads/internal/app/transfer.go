package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/services/leads/internal/transfer"
)

// TransferDoc is a stored transfer.
type TransferDoc = store.Doc[storage.Transfer]

// reservedFor bounds how long a request that crashed keeps its place on the ownership.
const reservedFor = time.Minute

// RequestTransfer asks that a customer goes to somebody else. One
// transfer is in progress per customer: its id stands in the ownership first,
// by compare-and-set, and only then does it begin.
func (a *App) RequestTransfer(ctx context.Context, customer, to, reason string) (*TransferDoc, error) {
	at, v, err := a.now()
	if err != nil {
		return nil, err
	}
	id := httpx.NewID(ctx)
	if d, err := a.Transfers.Get(ctx, id); err == nil && d.Did(httpx.Command(ctx)) {
		return d, nil
	}
	if customer, err = a.standing(ctx, customer); err != nil {
		return nil, err
	}
	o, err := a.ownershipOf(ctx, customer)
	if err != nil {
		return nil, err
	}
	if o.Body.Ended != nil { // what it decided must be written down before another end takes its place
		if err := a.dropTransfers(ctx, customer); err != nil {
			return nil, err
		}
	}
	from := o.Body.Owner
	if err := a.Guard.May(ctx, access.Request, from); err != nil {
		return nil, err
	}
	if from == "" {
		return nil, problem.Refuse("R-047", "客户在公共资源中，请领取", "The customer is in the public pool: claim it")
	}
	t, err := transfer.Request(id, customer, from, to, caller(ctx).ID, reason, at)
	if err != nil {
		return nil, err
	}
	t.Approver = a.People.Supervisor(from) // who is asked; whoever approves takes their place
	if err := a.assignable("to", to, at); err != nil {
		return nil, err
	}
	if err := a.reserveTransfer(ctx, customer, from, id, at); err != nil {
		return nil, err
	}
	d := store.New(id, storage.Transfer{Transfer: t, Open: true})
	err = commit(ctx, a.Transfers, d, stampOf(customer, at, v), &catalogue.TransferStepped{After: t})
	if errors.Is(err, store.ErrExists) {
		return a.Transfers.Get(ctx, id)
	}
	return d, err
}

func (a *App) reserveTransfer(ctx context.Context, customer, from, id string, at instant.Time) error {
	return retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, customer)
		if err != nil {
			return err
		}
		if o.Body.Owner != from {
			return problem.Refuse("transfer.owner", "负责人刚刚变更，请重试", "The owner has just changed; look again")
		}
		if other := o.Body.Transfer; other != "" && other != id {
			busy, err := a.inProgress(ctx, other, o.Body.ReservedAt, at)
			if err != nil {
				return err
			}
			if busy {
				return problem.Refuse("transfer.one_at_a_time", "该客户已有转交在进行："+other, "A transfer of this customer is in progress: "+other)
			}
		}
		o.Body.Transfer, o.Body.ReservedAt = id, at
		return a.Ownerships.Commit(ctx, o, "")
	})
}

// inProgress tells whether the transfer that an ownership names still goes on; one
// that never began because its request crashed gives its place up after a while.
func (a *App) inProgress(ctx context.Context, id string, reserved, at instant.Time) (bool, error) {
	t, err := a.Transfers.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return at.Sub(reserved) < reservedFor, nil
	}
	if err != nil {
		return true, err
	}
	return t.Body.Open, nil
}

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

// Transfer gives a transfer that the caller may see: the two sides, whoever
// asked for it, and those who may approve it.
func (a *App) Transfer(ctx context.Context, id string) (*TransferDoc, error) {
	d, err := a.transferDoc(ctx, id)
	if err != nil {
		return nil, err
	}
	return d, a.maySee(ctx, d.Body.Transfer)
}

func (a *App) maySee(ctx context.Context, t catalogue.Transfer) error {
	if p := caller(ctx); p.Is(auth.System) || p.ID == t.RequestedBy {
		return nil
	}
	err := a.Guard.May(ctx, access.Request, t.From)
	if err != nil && a.Guard.May(ctx, access.Accept, t.To) == nil {
		return nil
	}
	if err != nil && a.Guard.May(ctx, access.Approve, t.To) == nil {
		return nil
	}
	return err
}

func (a *App) transferDoc(ctx context.Context, id string) (*TransferDoc, error) {
	d, err := a.Transfers.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("转交", "transfer", id)
	}
	return d, err
}

// ListTransfers lists transfers, newest first, of a person's side, a customer or a status.
func (a *App) ListTransfers(ctx context.Context, q store.Query) ([]*TransferDoc, string, error) {
	q.Desc = true
	page, err := a.Transfers.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	var seen []*TransferDoc
	for _, d := range page.Docs {
		if a.maySee(ctx, d.Body.Transfer) == nil {
			seen = append(seen, d)
		}
	}
	return seen, page.Next, nil
}
