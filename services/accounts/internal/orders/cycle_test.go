package orders

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

func placed(id string, at int, minor int64, due int) Order {
	o := Order{Order: catalogue.Order{ID: id, PlacedAt: instant.Time(at * day), Amount: money.Of(minor, "CNY"), Status: catalogue.OrderPlaced}}
	if due != 0 {
		o.DueAt = instant.Time(due * day)
	}
	return o
}

func paid(order string, at int, minor int64, kind string) Payment {
	return Payment{Payment: catalogue.Payment{Order: order, PaidAt: instant.Time(at * day), Amount: money.Of(minor, "CNY"), Type: kind}}
}

// an order is paid when its payments less refunds reach its amount, exactly
// at its due time it is not late, one millisecond later it is.
func TestThePaymentCycle(t *testing.T) {
	cancelled := placed("x", 1, 100, 2)
	cancelled.Status = catalogue.OrderCancelled
	late := paid("a", 12, 60, catalogue.PaymentIn)
	late.PaidAt++
	for name, c := range map[string]struct {
		orders   []Order
		payments []Payment
		now      int
		want     PaymentCycle
	}{
		"nothing":            {},
		"cancelled":          {orders: []Order{cancelled}, now: 9},
		"in two parts":       {[]Order{placed("a", 2, 100, 12)}, []Payment{paid("a", 12, 60, catalogue.PaymentIn), paid("a", 7, 40, catalogue.PaymentIn)}, 20, PaymentCycle{Orders: 1, Paid: 1, MedianDays: 10, RecentDays: 10}},
		"just late":          {[]Order{placed("a", 2, 100, 12)}, []Payment{late, paid("a", 7, 40, catalogue.PaymentIn)}, 20, PaymentCycle{Orders: 1, Paid: 1, Late: 1, MedianDays: 10 + 1./day, RecentDays: 10 + 1./day}},
		"one short":          {[]Order{placed("a", 2, 100, 12)}, []Payment{paid("a", 7, 99, catalogue.PaymentIn)}, 12, PaymentCycle{Orders: 1, Open: 1}},
		"overdue":            {[]Order{placed("a", 2, 100, 12)}, nil, 13, PaymentCycle{Orders: 1, Open: 1, Overdue: 1}},
		"refunded":           {[]Order{placed("a", 2, 100, 0)}, []Payment{paid("a", 9, 100, catalogue.PaymentRefund), paid("a", 7, 100, catalogue.PaymentIn)}, 13, PaymentCycle{Orders: 1, Open: 1}},
		"slower than before": {[]Order{placed("c", 40, 1, 0), placed("b", 20, 1, 0), placed("a", 1, 1, 0)}, []Payment{paid("c", 60, 1, ""), paid("b", 30, 1, ""), paid("a", 3, 1, "")}, 70, PaymentCycle{Orders: 3, Paid: 3, MedianDays: 10, RecentDays: 15}},
	} {
		if got := CycleOf(c.orders, c.payments, instant.Time(c.now*day)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
