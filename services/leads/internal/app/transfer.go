package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
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
