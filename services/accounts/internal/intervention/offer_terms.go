package intervention

import (
	"net/url"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

// wrongOffer names what is wrong with what a step offers. whole: it is to
// be carried out, so that nothing may be missing.
func wrongOffer(at string, step catalogue.WakeUpStep, whole bool) []problem.Field {
	var wrong []problem.Field
	no := func(field, rule, zh, en string) { wrong = append(wrong, problem.FieldError(at+field, rule, zh, en)) }
	if c := step.Coupon; c != nil {
		switch {
		case step.Kind != catalogue.WakeUpCoupon:
			no(".coupon", "pointless", "只有优惠券步骤才有优惠券", "only a step of the kind coupon gives one")
		case c.Value.Minor < 1:
			no(".coupon.value.minor", "positive", "面值必须大于零", "must be worth something")
		}
		if c.From != nil && c.From.Currency != c.Value.Currency {
			no(".coupon.from.currency", "currency", "必须与面值同一币种", "must be the currency of its value")
		} else if c.From != nil && c.From.Minor < c.Value.Minor {
			no(".coupon.from.minor", "minimum", "起用金额不能低于面值", "must not be less than its value")
		}
		if c.ValidUntil <= step.At {
			no(".coupon.valid_until", "after", "有效期必须晚于发送时间", "must be later than the step is sent")
		}
	} else if step.Kind == catalogue.WakeUpCoupon {
		wrong = append(wrong, problem.Required(at+".coupon"))
	}
	if e := step.Event; e != nil {
		if step.Kind != catalogue.WakeUpLivestream {
			no(".event", "pointless", "只有直播步骤才有活动", "only a step of the kind livestream has one")
		}
		if e.StartsAt <= step.At {
			no(".event.starts_at", "after", "必须晚于邀请的发送时间", "must be later than the invitation is sent")
		}
		if !watchable(e.Link) {
			no(".event.link", "url", "必须是 https 地址", "must be an https address")
		}
	} else if step.Kind == catalogue.WakeUpLivestream && whole {
		no(".event", "required", "批准前请填写时间与地址", "say when and where before it is approved")
	}
	return wrong
}

// watchable tells whether a link can be sent to customers: nothing but https, nobody's password in it.
func watchable(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}
