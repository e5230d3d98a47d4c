package demo

import (
	"context"
	"time"
)

// The company always has something in hand: errands that begin again and again, each
// before the one before it has ended, so that whoever looks, whenever they look, finds
// a journey of every kind alive.

// regular is a customer with whom there is always something.
type regular struct {
	lead
	customer string
}

// regulars are split by what is done for them, so that no errand is in the way of another.
var regulars = []lead{
	{"海天包装材料有限公司", "方敏", "13312345631", "fang@haitian.example", "referral", "按季度对账", "wang", 0},
	{"瑞安仪器", "高远", "13312345632", "", "exhibition", "设备维保", "sun", 0},
	{"Fabrikam Logistics", "Amy Rusko", "", "amy@fabrikam.example", "mail", "Tracks 300 shipments a day", "smith", 0},
	{"鼎新家具", "罗丹", "13312345633", "", "referral", "门店客户统一管理", "wang", 0},
	{"南粤化工", "梁伟", "13312345634", "liang@nanyue.example", "phone", "渠道商续约", "sun", 0},
	{"博雅图书", "叶琳", "13312345635", "", "website", "会员活动", "smith", 0},
	{"三江水务", "石磊", "13312345636", "shi@sanjiang.example", "referral", "抢修工单", "wang", 0},
	{"卓越酒店", "金晶", "13312345637", "", "ads", "协议客户回访", "sun", 0},
	{"银杏养老服务", "何慧", "13312345643", "he@yinxing.example", "referral", "家属回访", "wang", 0},
	{"宏图会展", "沙平", "13312345644", "", "exhibition", "项目尾款与续签", "sun", 0},
	{"同心药房连锁", "田甜", "13312345638", "tian@tongxin.example", "phone", "采购周期变长", "smith", 0},
	{"万里轮胎", "雷鸣", "13312345641", "", "exhibition", "交期不稳", "sun", 0},
	{"听海民宿", "蓝天", "13312345642", "lan@tinghai.example", "website", "换了负责人", "smith", 0},
	{"天元照明", "江涛", "13312345639", "", "exhibition", "对售后不满", "wang", 0},
	{"盛世广告", "柳青", "13312345640", "liu@shengshi.example", "referral", "预算收紧", "sun", 0},
	{"Adventure Works Cycles", "David Ortiz", "", "david@adventure.example", "mail", "Fewer orders each quarter", "smith", 0},
}

// errand is one kind of work that never ends.
type errand struct {
	first, every float64 // days until the first begins, and from one to the next
	of           []lead
	do           func(ctx context.Context, c regular, nth int) error
}

// errands last a little longer than their interval. No two share a customer, whom each
// of them would enter.
func (l *Life) errands() []errand {
	return []errand{
		{1, 3, regulars[:1], l.answerCase},
		{2, 5, regulars[1:3], l.changeNeed},
		{3, 6, regulars[3:6], l.handOver},
		{1.5, 6, regulars[6:8], l.sell(seven, regulars[6:8])},
		{2.5, 6, regulars[8:10], l.sell(five, regulars[8:10])},
		{5, 6, regulars[10:], l.worry},
	}
}

// business runs the errands until ctx ends.
func (l *Life) business(ctx context.Context) {
	for _, e := range l.errands() {
		go func() { l.report(l.again(ctx, e)) }()
	}
}

// again begins an errand in its interval, for one regular after the other; each is
// entered when its turn comes, so that the company's first day is not crowded.
func (l *Life) again(ctx context.Context, e errand) error {
	known := make([]regular, len(e.of))
	for nth := 0; ; nth++ {
		began := time.Now() // entering takes days at the demo's speed, and is part of the interval
		turn := nth % len(known)
		c := &known[turn]
		if c.customer == "" {
			one := e.of[turn]
			customer, err := l.enter(ctx, one)
			if err != nil || customer == "" {
				return err
			}
			*c = regular{one, customer}
		}
		wait := e.every
		if nth == 0 {
			wait = e.first
		}
		if !rest(ctx, l.days(wait)-time.Since(began)) {
			return nil
		}
		with := *c
		go func() { l.report(e.do(ctx, with, nth)) }()
	}
}

// owner gives who answers for a customer now; whoever entered it while nobody does.
func (l *Life) owner(ctx context.Context, c regular) (string, error) {
	var now struct {
		Owner string `json:"owner"`
	}
	err := l.c.Do(ctx, director, "GET", "/v1/ownerships/"+c.customer, nil, &now)
	if now.Owner == "" {
		now.Owner = c.lead.owner
	}
	return now.Owner, err
}

// act is a call that somebody makes some days after the one before.
type act struct {
	after     float64
	who, path string
	in        body
}

// perform makes calls one after the other; false if the demo ended meanwhile.
func (l *Life) perform(ctx context.Context, acts ...act) (bool, error) {
	for _, a := range acts {
		if !rest(ctx, l.days(a.after)) {
			return false, nil
		}
		if err := l.c.Do(ctx, a.who, "POST", a.path, a.in, nil); err != nil {
			return false, err
		}
	}
	return true, nil
}
