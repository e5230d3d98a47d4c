package intervention

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Redemption is what tells of a coupon that a customer used.
type Redemption struct {
	Customer string        // who holds it out to us; empty: not checked
	Order    string        // it was used for
	Sum      *money.Amount // of that order, before the coupon
	At       instant.Time  // when; unset: now
}

// Redeem records that a coupon was used, once: of many who tell at once one is
// right, and told again of the same order it answers as it did. It is on the
// customer's timeline, and brings them back. Errors: no such coupon;
// refused because it was used, has expired or is void; all that is wrong with the order.
func (s *Interventions) Redeem(ctx context.Context, p auth.Principal, code, command string, r Redemption) (catalogue.WakeUpOffer, error) {
	var out catalogue.WakeUpOffer
	err := again(ctx, func() error {
		d, err := s.byCode(ctx, code)
		if err != nil {
			return err
		}
		f, _, err := s.Files.Permitted(ctx, p, access.OrderRecord, d.Body.Customer)
		if err != nil {
			return err
		}
		used := d.Body.Status == catalogue.OfferRedeemed
		if d.Did(command) || used && r.Order != "" && d.Body.Order == r.Order {
			out = d.Body.WakeUpOffer
			return nil
		}
		if r.Customer != "" {
			if mine, err := s.Files.Root(ctx, r.Customer); err == nil {
				r.Customer = mine.ID
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		now := s.Clock()
		at := r.At
		if at == 0 {
			at = now
		}
		if err := problem.InvalidFields(wrongRedemption(d.Body.WakeUpOffer, f.ID, r, at, now)...); err != nil {
			return err
		}
		if err := redeemable(d.Body.WakeUpOffer, at); err != nil {
			return err
		}
		o := &d.Body.WakeUpOffer
		o.Status, o.AnswerAt, o.By, o.Order, o.OrderSum = catalogue.OfferRedeemed, at, p.ID, r.Order, r.Sum
		out = *o
		return s.commitOffer(ctx, d, command)
	})
	return out, err
}

func redeemable(o catalogue.WakeUpOffer, at instant.Time) error {
	switch {
	case o.Status == catalogue.OfferRedeemed:
		return problem.Refuse("coupon.redeemed", "优惠券已使用", "The coupon was used already")
	case o.Status == catalogue.OfferVoid:
		return problem.Refuse("coupon.void", "优惠券未发出，已作废", "The coupon never reached the customer and is void")
	case at >= o.Coupon.ValidUntil:
		return problem.Refuse("coupon.expired", "优惠券已过期", "The coupon has expired")
	}
	return nil
}

// wrongRedemption names all that is wrong with what is told.
func wrongRedemption(o catalogue.WakeUpOffer, holder string, r Redemption, at, now instant.Time) []problem.Field {
	var wrong []problem.Field
	no := func(field, rule, zh, en string) { wrong = append(wrong, problem.FieldError(field, rule, zh, en)) }
	if r.Customer != "" && r.Customer != holder {
		no("customer", "coupon.customer", "优惠券属于另一位客户", "the coupon is another customer's")
	}
	if at > now+graceMillis {
		no("at", "in_future", "不能是将来的时间", "must not lie in the future")
	} else if at < o.IssuedAt {
		no("at", "after", "不能早于发券时间", "must not be before it was issued")
	}
	if from := o.Coupon.From; from != nil {
		switch {
		case r.Sum == nil:
			wrong = append(wrong, problem.Required("amount"))
		case r.Sum.Currency != from.Currency:
			no("amount.currency", "currency", "必须是 "+from.Currency, "must be "+from.Currency)
		case r.Sum.Minor < from.Minor:
			no("amount.minor", "coupon.from", "订单须满 "+from.String(), "the order must come to "+from.String())
		}
	}
	return wrong
}

// byCode gives a coupon by its code, as people type it.
func (s *Interventions) byCode(ctx context.Context, code string) (*store.Doc[Offer], error) {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	page, err := s.offers.Page(ctx, store.Query{Index: byCode, Equal: []any{code}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(page.Docs) == 0 || code == "" {
		return nil, problem.Missing("优惠券", "coupon", code)
	}
	return page.Docs[0], nil
}

// Coupon gives a coupon by its code to whoever may read its customer's plans.
func (s *Interventions) Coupon(ctx context.Context, p auth.Principal, code string) (catalogue.WakeUpOffer, error) {
	d, err := s.byCode(ctx, code)
	if err != nil {
		return catalogue.WakeUpOffer{}, err
	}
	_, _, err = s.Files.Permitted(ctx, p, access.WakeUpRead, d.Body.Customer)
	return d.Body.WakeUpOffer, err
}

// Offers lists what plans offered a customer, newest first.
func (s *Interventions) Offers(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]catalogue.WakeUpOffer, string, error) {
	f, _, err := s.Files.Permitted(ctx, p, access.WakeUpRead, customer)
	if err != nil {
		return nil, "", err
	}
	page, err := s.offers.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{f.ID}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.WakeUpOffer, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body.WakeUpOffer)
	}
	return out, page.Next, nil
}

// Reply takes the customer's answer to an invitation; they may think better of it until it begins.
func (s *Interventions) Reply(ctx context.Context, id, response string) (catalogue.WakeUpOffer, error) {
	if !slices.Contains([]string{catalogue.OfferAccepted, catalogue.OfferDeclined}, response) {
		return catalogue.WakeUpOffer{}, problem.InvalidFields(problem.FieldError("response", "one_of", "请选择参加或不参加", "must be accepted or declined"))
	}
	var out catalogue.WakeUpOffer
	err := again(ctx, func() error {
		d, err := s.offers.Get(ctx, id)
		if err != nil {
			return err
		}
		now := s.Clock()
		if now >= d.Body.Event.StartsAt {
			return problem.Refuse("livestream.begun", "直播已开始或结束", "It has begun already")
		}
		if d.Body.Status == response {
			out = d.Body.WakeUpOffer
			return nil
		}
		d.Body.Status, d.Body.AnswerAt = response, now
		out = d.Body.WakeUpOffer
		return s.commitOffer(ctx, d, "")
	})
	return out, err
}
