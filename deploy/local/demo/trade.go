package demo

import (
	"context"
	"fmt"
	"net/url"

	"liuke.dev/shared/instant"
)

// sellAgain sells to a customer of ours once more; a deal that is won becomes a contract.
func (l *Life) sellAgain(ctx context.Context, c regular, nth int) error {
	owner, err := l.owner(ctx, c)
	if err != nil {
		return err
	}
	seats := int64(20 + 10*(nth%3))
	one := c.lead
	one.owner, one.value = owner, seats*1_200
	deal, err := l.c.Post(ctx, owner, "/v1/deals", body{"title": fmt.Sprintf("%s 增购 %d 席", c.company, seats), "customer": c.customer, "need": c.need,
		"amount": body{"minor": one.value * 100, "currency": "CNY"}})
	if err != nil {
		return err
	}
	if err := l.close(ctx, deal, one, nth); err != nil || lost(nth) || ctx.Err() != nil {
		return err
	}
	return l.sign(ctx, owner, deal, c.customer, c.contact, seats)
}

// sign takes a contract through drafting, approval where the policy asks for it,
// signing by the customer's own link, and payment.
func (l *Life) sign(ctx context.Context, owner, deal, customer, signer string, seats int64) error {
	var paper struct {
		ID          string `json:"id"`
		Status      string `json:"status"`
		Hash        string `json:"hash"`
		SigningLink string `json:"signing_link"`
		Total       body   `json:"total"`
	}
	id, err := l.c.Post(ctx, owner, "/v1/contracts", body{"customer": customer, "deal": deal, "items": []body{{"product": "licence", "quantity": seats}}})
	if err != nil {
		return err
	}
	path := "/v1/contracts/" + id
	if err := l.c.Do(ctx, owner, "POST", path+"/submission", nil, &paper); err != nil {
		return err
	}
	if paper.Status != "approved" {
		if went, err := l.perform(ctx, act{1, salesManager, path + "/decisions", body{"decision": "approve"}}); !went {
			return err
		}
	}
	if err := l.c.Do(ctx, owner, "POST", path+"/sending", nil, &paper); err != nil || !rest(ctx, l.days(1)) {
		return err
	}
	link, err := url.Parse(paper.SigningLink)
	if err != nil {
		return err
	}
	went, err := l.perform(ctx, act{1, "", link.JoinPath("../signature").Path, body{"name": signer, "hash": paper.Hash}})
	if !went {
		return err
	}
	_, err = l.perform(ctx, act{5, owner, path + "/payments", body{"source": "bank", "source_id": id, "amount": paper.Total, "paid_at": instant.Now().String()}})
	return err
}
