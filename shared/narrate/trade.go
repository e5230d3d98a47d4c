package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutTrade say what customers buy, pay and use.
var aboutTrade = []telling{
	of(func(_ Names, d catalogue.OrderRecorded) lang.Text {
		return say("下单 %s", "ordered for %s", d.After.Amount.String())
	}),
	of(func(_ Names, d catalogue.OrderEnded) lang.Text {
		return because(say("取消订单 %s", "cancelled the order of %s", d.After.Amount.String()), d.After.Reason)
	}),
	of(func(_ Names, d catalogue.PaymentRecorded) lang.Text {
		if d.After.Type == catalogue.PaymentRefund {
			return say("退款 %s", "was refunded %s", d.After.Amount.String())
		}
		return say("付款 %s", "paid %s", d.After.Amount.String())
	}),
	of(func(_ Names, d catalogue.UsageRecorded) lang.Text {
		return say("使用产品 %s，登录 %d 次", "used the product %s, signing in %d times", d.After.Product, d.After.Logins)
	}),
}
