package demo

import (
	"context"
	"fmt"
	"net/url"

	"liuke.dev/shared/instant"
)

// pace is how many days a deal of every day takes for a stage: a little longer than
// from one to the next, so that at any moment one stands in every stage.
const pace = 6.1

// sell sells to customers of ours once more, through one of the pipelines; the first
// time, what was under way with them goes on too.
func (l *Life) sell(pipeline string, of []lead) func(context.Context, regular, int) error {
	return func(ctx context.Context, c regular, nth int) error {
		owner, err := l.owner(ctx, c)
		if err != nil {
			return err
		}
		d, err := l.offer(ctx, c.lead, owner, pipeline, c.customer, 0, nth)
		if err != nil {
			return err
		}
		if nth == 0 {
			if err := l.resume(ctx, pipeline, of); err != nil {
				return err
			}
		}
		return l.trade(ctx, d, lost(nth))
	}
}

// seat is what one costs, in yuan.
const seat = 1_200

// offer begins a deal about more seats, in any of the stages.
func (l *Life) offer(ctx context.Context, one lead, owner, pipeline, customer string, at, nth int) (*pursuit, error) {
	seats := int64(20 + 10*(nth%3))
	one.owner, one.value = owner, seats*seat
	d := &pursuit{lead: one, at: at}
	return d, l.open(ctx, d, fmt.Sprintf("%s 增购 %d 席", one.company, seats), pipeline, customer)
}

// lost tells which deals are lost: one in three, so that there is a reason to see.
func lost(turn int) bool { return turn%3 == 2 }

// resume takes up what was under way before one came to look: a deal in every stage but
// the first. Some of the customers are not entered yet, and are known by their name.
func (l *Life) resume(ctx context.Context, pipeline string, of []lead) error {
	for at := 1; at < len(l.pipelines[pipeline]); at++ {
		one := of[at%len(of)]
		d, err := l.offer(ctx, one, one.owner, pipeline, "", at, at)
		if err != nil {
			return err
		}
		go func() { l.report(l.trade(ctx, d, lost(at))) }()
	}
	return nil
}

// trade brings a deal to its end; one that is won becomes a contract.
func (l *Life) trade(ctx context.Context, d *pursuit, lost bool) error {
	if went, err := l.finish(ctx, d, pace, lost); !went || lost {
		return err
	}
	customer, err := l.awaitCustomer(ctx, d.owner, "/v1/deals/"+d.id)
	if err != nil || customer == "" {
		return err
	}
	return l.sign(ctx, d.owner, d.id, customer, d.contact, d.value/seat)
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
