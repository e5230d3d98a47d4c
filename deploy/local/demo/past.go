package demo

import (
	"context"
	"fmt"
	"time"

	"liuke.dev/shared/instant"
)

// patron is a customer of old: two years of orders, calls and ratings.
type patron struct {
	lead
	every  float64 // days from order to order
	until  float64 // days ago of the last order
	yuan   int64   // of an order
	rating float64 // of the newest services, 0 to 100
	fate   string  // what becomes of them while one watches
}

// What becomes of a patron.
const (
	stays    = "stays"    // orders on
	recovers = "recovers" // cools, and orders again once somebody cares
	leaves   = "leaves"   // cools, and is lost
)

var patrons = []patron{
	{lead{"东海连锁超市", "林志明", "13212345621", "lin@donghai.example", "referral", "每月补货", "wang", 0}, 30, 9, 68_000, 92, stays},
	{lead{"晨光印务有限公司", "苏敏", "13212345622", "su@chenguang.example", "exhibition", "耗材按月下单", "sun", 0}, 30, 74, 45_000, 88, recovers},
	{lead{"远山酒业", "贺峰", "13212345623", "he@yuanshan.example", "ads", "季度订货", "smith", 0}, 45, 85, 120_000, 35, leaves},
}

// past is how long the history of a patron is, in days.
const past = 730

// remember brings the patrons in with their histories, told by the systems of other
// departments: orders by the order system, services by the hotline.
func (l *Life) remember(ctx context.Context) error {
	for i, p := range patrons {
		customer, err := l.enter(ctx, p.lead)
		if err != nil {
			return err
		}
		if customer == "" {
			return nil // the demo ended
		}
		if err := l.tell(ctx, i, customer, p); err != nil {
			return fmt.Errorf("%s: %w", p.company, err)
		}
		go func() { l.report(l.live(ctx, i, customer, p)) }()
	}
	return nil
}

// enter records a patron and gives the customer; its lead has served its purpose.
func (l *Life) enter(ctx context.Context, one lead) (string, error) {
	id, err := l.c.Post(ctx, one.owner, "/v1/leads", one.body())
	if err != nil {
		return "", err
	}
	customer, err := l.awaitCustomer(ctx, one.owner, "/v1/leads/"+id)
	if err != nil || customer == "" {
		return "", err
	}
	return customer, l.c.Do(ctx, salesManager, "POST", "/v1/leads/"+id+"/closing", body{"reason": "老客户，按订单维护"}, nil)
}

// awaitCustomer waits until a lead or deal has got its customer; it is empty if the
// demo ended meanwhile.
func (l *Life) awaitCustomer(ctx context.Context, who, path string) (string, error) {
	for rest(ctx, 50*time.Millisecond) {
		var got struct {
			Customer string `json:"customer"`
		}
		if err := l.c.Do(ctx, who, "GET", path, nil, &got); err != nil || got.Customer != "" {
			return got.Customer, err
		}
	}
	return "", nil
}

// tell puts the history on the timeline.
func (l *Life) tell(ctx context.Context, n int, customer string, p patron) error {
	now := instant.Now()
	ago := func(days float64) string { return now.Add(-l.days(days)).String() }
	var orders, entries []body
	for days := p.until; days < past; days += p.every {
		orders = append(orders, body{"customer": customer, "source": "erp", "source_id": fmt.Sprintf("SO-%d-%03d", n, len(orders)), "placed_at": ago(days),
			"amount": body{"minor": p.yuan * 100, "currency": "CNY"}})
		entries = append(entries, body{"customer": customer, "kind": "call", "direction": "inbound", "source": "hotline", "source_id": fmt.Sprintf("call-%d-%03d", n, len(orders)),
			"occurred_at": ago(days + 2), "text": "确认交期"})
	}
	for i, days := range []float64{p.until + 60, p.until + 30, p.until + 3} {
		score := 90.0
		if i > 0 {
			score = p.rating
		}
		entries = append(entries, body{"customer": customer, "kind": "feedback", "direction": "inbound", "source": "hotline", "source_id": fmt.Sprintf("rating-%d-%d", n, i),
			"occurred_at": ago(days), "text": "售后评分", "numbers": body{"score": score, "max": 100}})
	}
	if p.fate == leaves {
		entries = append(entries, body{"customer": customer, "kind": "complaint", "direction": "inbound", "source": "hotline", "source_id": fmt.Sprintf("complaint-%d", n),
			"occurred_at": ago(p.until + 1), "text": "换货等了两周，没人回电"})
	}
	if err := l.c.Do(ctx, director, "POST", "/v1/orders/batch", body{"items": orders}, nil); err != nil {
		return err
	}
	return l.c.Do(ctx, director, "POST", "/v1/timeline/batch", body{"items": entries}, nil)
}
