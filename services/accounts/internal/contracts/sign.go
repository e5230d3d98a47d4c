package contracts

import (
	"context"
	"strconv"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// purpose of the links by which contracts are signed.
const purpose = "contract"

// builtIn names acceptance on Liuke's own page: name, time, address and hash are kept.
const builtIn = "built_in"

// Send opens a contract for signing, or sends the link again in place of the last.
func (c *Contracts) Send(ctx context.Context, p auth.Principal, id string, ch Change) (Seen, error) {
	return c.change(ctx, p, access.ContractDraft, id, ch, func(e *edit) ([]catalogue.Data, error) {
		return []catalogue.Data{&catalogue.ContractSentFact{}}, contract.Send(e.v, e.Contract, e.now)
	})
}

// Urge reminds the customer to sign, if what the rule knew still is so.
func (c *Contracts) Urge(ctx context.Context, p auth.Principal, id string, ch Change, ask effects.UrgeSigning) (Seen, error) {
	return c.change(ctx, p, access.ContractOperate, id, ch, func(e *edit) ([]catalogue.Data, error) {
		if err := contract.Is(e.Contract, catalogue.ContractSent); err != nil {
			return nil, err
		}
		if e.Round != ask.Round {
			return nil, problem.Refuse("contract.changed", "合同已重新发送", "the contract was sent again")
		}
		e.Urged++
		return []catalogue.Data{&catalogue.ContractUrged{}}, nil
	})
}

// SigningAddress gives where the customer signs, while the contract is open for it:
// on Liuke's own page, or where the signing service says, once it has the document.
func (c *Contracts) SigningAddress(ctx context.Context, o catalogue.Contract) (string, error) {
	if c.Outside == nil {
		return c.Links.Address(link(o))
	}
	h, err := c.Handover(ctx, o)
	if err != nil || h == nil {
		return "", err
	}
	return h.Address, nil
}

// link is bound to one sending of one document.
func link(o catalogue.Contract) signedlink.Link {
	return signedlink.Link{Purpose: purpose, Subject: o.ID, Nonce: nonce(o), Expires: o.SignBy}
}

func nonce(o catalogue.Contract) string {
	return strconv.Itoa(o.Round) + "-" + o.Hash[:min(len(o.Hash), 16)]
}

// round reads which sending a link is of.
func round(l signedlink.Link) int {
	n, _, _ := strings.Cut(l.Nonce, "-")
	i, err := strconv.Atoi(n)
	if err != nil {
		return -1
	}
	return i
}

// opened gives the contract that a link opens; one that was changed, withdrawn or sent again since is refused.
func (c *Contracts) opened(ctx context.Context, l signedlink.Link) (*store.Doc[Body], error) {
	d, err := c.get(ctx, l.Subject)
	if err != nil {
		return nil, err
	}
	o := d.Body.Contract
	if o.Hash == "" || nonce(o) != l.Nonce {
		return nil, problem.Refuse("contract.changed", "合同已变更或撤回，请使用最新收到的链接", "The contract was changed or withdrawn; use the link that was sent last")
	}
	return d, nil
}

// Accept takes the signature of whoever holds the link. The contract is in force
// at once where its term has begun.
func (c *Contracts) Accept(ctx context.Context, l signedlink.Link, command, name, address, hash string) (Seen, error) {
	d, err := c.opened(ctx, l)
	if err != nil {
		return Seen{}, err
	}
	if d.Did(command) {
		return Seen{d.Body.Contract, d.Version}, nil
	}
	return c.accept(ctx, d, command, catalogue.Signature{Provider: builtIn, Name: name, Address: address, Hash: hash}, round(l))
}

// accept takes a signature of a sending.
func (c *Contracts) accept(ctx context.Context, d *store.Doc[Body], command string, signature catalogue.Signature, round int) (Seen, error) {
	v, now, err := c.view()
	if err != nil {
		return Seen{}, err
	}
	signature.At = now
	o := &d.Body.Contract
	if err := contract.Sign(o, signature, round, days(v, now)); err != nil {
		return Seen{}, err
	}
	told := []catalogue.Data{&catalogue.ContractSignedFact{}}
	if !now.Before(o.From) {
		if err := contract.Activate(o, now); err != nil {
			return Seen{}, err
		}
		told = append(told, &catalogue.ContractActivated{})
	}
	return c.commit(ctx, d, command, v, now, told)
}

// days gives when so many days after an instant are over; a demo's speed shortens them.
func days(v *policy.View, from instant.Time) func(int) instant.Time {
	return func(n int) instant.Time { return v.After(from, policy.Duration{N: int64(n), Unit: policy.Days}) }
}

// Decline takes the contract back to a draft because the customer will not sign it as it is.
func (c *Contracts) Decline(ctx context.Context, l signedlink.Link, command, reason string) (Seen, error) {
	d, err := c.opened(ctx, l)
	if err != nil {
		return Seen{}, err
	}
	v, now, err := c.view()
	if err != nil {
		return Seen{}, err
	}
	o := &d.Body.Contract
	if err := contract.Is(o, catalogue.ContractSent); err != nil {
		return Seen{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return Seen{}, problem.InvalidFields(problem.Required("reason"))
	}
	paper := o.Hash
	if err := contract.Withdraw(o); err != nil {
		return Seen{}, err
	}
	if err := c.letGo(ctx, paper, *o); err != nil {
		return Seen{}, err
	}
	return c.commit(ctx, d, command, v, now, []catalogue.Data{&catalogue.ContractChanged{Before: catalogue.ContractSent, Reason: "declined", Says: strings.TrimSpace(reason)}})
}
