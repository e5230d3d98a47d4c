package orders

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// PaymentCycle says how long a customer takes to pay, over its newest orders.
type PaymentCycle struct {
	Orders  int `json:"orders"`
	Paid    int `json:"paid" doc:"Orders paid in full"`
	Open    int `json:"open" doc:"Orders not yet paid in full"`
	Overdue int `json:"overdue" doc:"Open orders past their due time"`
	Late    int `json:"late" doc:"Orders paid after their due time"`
	// MedianDays is from the order to its last payment; RecentDays is that of the newer half.
	MedianDays float64 `json:"median_days"`
	RecentDays float64 `json:"recent_days"`
}

const day = 24 * 60 * 60 * 1000 // milliseconds

// CycleOf computes the cycle of orders, newest first, and payments. A payment
// without an order counts for none; cancelled orders are left out.
func CycleOf(placed []Order, paid []Payment, now instant.Time) PaymentCycle {
	type account struct {
		minor int64
		last  instant.Time
	}
	accounts := map[string]account{}
	for _, p := range slices.Backward(paid) {
		a := accounts[p.Order]
		switch p.Type {
		case catalogue.PaymentRefund:
			a.minor -= p.Amount.Minor
		default:
			a.minor += p.Amount.Minor
			a.last = max(a.last, p.PaidAt)
		}
		accounts[p.Order] = a
	}
	var c PaymentCycle
	var took []float64 // newest first
	for _, o := range placed {
		if o.Status == catalogue.OrderCancelled {
			continue
		}
		c.Orders++
		a := accounts[o.ID]
		if a.last == 0 || a.minor < o.Amount.Minor {
			c.Open++
			if o.DueAt != 0 && o.DueAt < now {
				c.Overdue++
			}
			continue
		}
		c.Paid++
		if o.DueAt != 0 && a.last > o.DueAt {
			c.Late++
		}
		took = append(took, float64(a.last-o.PlacedAt)/day)
	}
	c.MedianDays, c.RecentDays = median(took), median(took[:(len(took)+1)/2])
	return c
}

func median(days []float64) float64 {
	if len(days) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(days))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}
