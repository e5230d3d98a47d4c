// Package wakeup makes personal plans for silent customers of what is known of
// them: what they bought, how often, for how much, what they like and asked about
// and refuses steps that rest on nothing of theirs. It is pure.
package wakeup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
)

// Order is what a customer bought.
type Order struct {
	ID       string // of the timeline entry
	At       instant.Time
	Amount   *money.Amount
	Products []string
}

// Said is what a customer asked about or said.
type Said struct {
	ID string
	At instant.Time
	In lang.Text
}

// History is what is known of one customer.
type History struct {
	Name        string
	Channel     string  // they like to be reached on; empty: not known
	Orders      []Order // oldest first
	Said        []Said  // oldest first
	Preferences []catalogue.Preference
}

// Of reads a history from a customer's timeline, in any order.
func Of(f catalogue.Customer, entries []catalogue.TimelineEntry) History {
	h := History{Name: f.Name, Preferences: f.Preferences}
	for _, c := range f.Channels {
		if c.Preferred && h.Channel == "" {
			h.Channel = c.Channel
		}
	}
	cancelled := map[string]bool{}
	for _, e := range entries {
		if e.Kind == catalogue.EntryOrder && e.Direction != catalogue.Inbound && e.Ref != nil {
			cancelled[e.Ref.ID] = true
		}
	}
	for _, e := range entries {
		switch {
		case e.SameAs != "" || e.Direction != catalogue.Inbound || e.Ref != nil && cancelled[e.Ref.ID]:
		case e.Kind == catalogue.EntryOrder:
			h.Orders = append(h.Orders, Order{ID: e.ID, At: e.OccurredAt, Amount: e.Amount, Products: split(e.Data["products"])})
		case e.Kind == catalogue.EntryInquiry || e.Kind == catalogue.EntryFeedback:
			h.Said = append(h.Said, Said{ID: e.ID, At: e.OccurredAt, In: lang.T(strings.TrimPrefix(e.Says.Zh, "询问："), strings.TrimPrefix(e.Says.En, "Asked for: "))})
		}
	}
	slices.SortFunc(h.Orders, func(a, b Order) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(h.Said, func(a, b Said) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return h
}

func split(s string) []string {
	var out []string
	for _, p := range strings.Split(s, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// Cycle gives the median time between a customer's orders, zero with fewer than two.
func (h History) Cycle() time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(h.Orders); i++ {
		if gap := h.Orders[i].At.Sub(h.Orders[i-1].At); gap > 0 {
			gaps = append(gaps, gap)
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// Late tells how long ago the last order was, in percent of the customer's own cycle; 0 where there is none.
func (h History) Late(now instant.Time) int {
	cycle := h.Cycle()
	if cycle == 0 {
		return 0
	}
	return int(now.Sub(h.last().At) * 100 / cycle)
}

func (h History) last() Order {
	if len(h.Orders) == 0 {
		return Order{}
	}
	return h.Orders[len(h.Orders)-1]
}

// favourite gives the product bought most often, of equals the newest, with the orders of it, newest first.
func (h History) favourite() (string, []Order) {
	of := map[string][]Order{}
	best := ""
	for _, o := range slices.Backward(h.Orders) {
		for _, p := range o.Products {
			of[p] = append(of[p], o)
			if best == "" {
				best = p
			}
		}
	}
	for _, o := range slices.Backward(h.Orders) {
		for _, p := range o.Products {
			if len(of[p]) > len(of[best]) {
				best = p
			}
		}
	}
	return best, of[best]
}

// likes gives the first preference of the topics that tell what a customer likes.
func (h History) likes(topics []string) (catalogue.Preference, bool) {
	for _, t := range topics {
		for _, p := range h.Preferences {
			if p.Topic == t && p.Value != "" {
				return p, true
			}
		}
	}
	return catalogue.Preference{}, false
}

// Preference names a preference in what a step uses.
func Preference(topic string) string { return "preference:" + topic }

// Suggest makes the steps of a plan, each resting on facts of this customer; none
// where nothing is known of them.
func Suggest(h History, v *policy.View, now instant.Time) []catalogue.WakeUpStep {
	p := v.Sections.Intervention.WakeUp
	var out []catalogue.WakeUpStep
	at := v.After(now, p.First)
	for _, make := range []func(History, policy.WakeUp, instant.Time) (catalogue.WakeUpStep, bool){productPush, livestream, coupon} {
		step, ok := make(h, p, now)
		if !ok {
			continue
		}
		step.Channel, step.At = cmp.Or(h.Channel, p.Channel), at
		if _, known := v.Sections.Outreach.Channel(step.Channel); !known {
			step.Channel = p.Channel
		}
		if step.Coupon != nil {
			step.Coupon.ValidUntil = v.After(at, valid(p))
		}
		out = append(out, step)
		at = v.After(at, p.Between)
	}
	return out
}

// productPush offers what the customer buys again and again, once their own cycle
// is over, or what they say they like.
func productPush(h History, p policy.WakeUp, now instant.Time) (catalogue.WakeUpStep, bool) {
	s := catalogue.WakeUpStep{Kind: catalogue.WakeUpProduct}
	product, of := h.favourite()
	liked, likes := h.likes(p.Interests)
	switch {
	case product != "" && (h.Cycle() == 0 || h.Late(now) >= p.Overdue):
		s.Product, s.Uses = product, ids(of, 3)
		s.Because = append(s.Because, say("买过 %d 次 %s，最近一次 %s", "bought %[2]s %[1]d times, last on %[3]s", len(of), product, date(of[0].At)))
		if c := h.Cycle(); c > 0 {
			s.Because = append(s.Because, say("通常每 %d 天下单，距上次 %d 天", "orders every %d days as a rule, the last is %d days ago", days(c), days(now.Sub(h.last().At))))
		}
		s.Subject = say("您常买的%s", "The %s you like to buy", product)
		s.Text = say("%s，您好：您上次在 %s 购买了%s，现在可以再次为您备货。", "Dear %s, on %s you last bought %s; we can have it ready for you again.", h.Name, date(of[0].At), product)
	case likes:
		s.Product, s.Uses = liked.Value, []string{Preference(liked.Topic)}
		s.Because = []lang.Text{say("偏好：%s", "likes %s", liked.Value)}
		s.Subject = say("为您挑选的%s", "%s chosen for you", liked.Value)
		s.Text = say("%s，您好：根据您对%s的偏好，我们为您准备了新品。", "Dear %s, as you like %s, there is something new for you.", h.Name, liked.Value)
	default:
		return s, false
	}
	return s, true
}

// livestream invites to what the customer likes or asked about.
func livestream(h History, p policy.WakeUp, _ instant.Time) (catalogue.WakeUpStep, bool) {
	s := catalogue.WakeUpStep{Kind: catalogue.WakeUpLivestream}
	topic := lang.Text{}
	if liked, ok := h.likes(p.Interests); ok {
		topic, s.Uses = lang.T(liked.Value, liked.Value), []string{Preference(liked.Topic)}
		s.Because = []lang.Text{say("偏好：%s", "likes %s", liked.Value)}
	} else if n := len(h.Said); n > 0 {
		topic, s.Uses = h.Said[n-1].In, []string{h.Said[n-1].ID}
		s.Because = []lang.Text{lang.T(date(h.Said[n-1].At)+" 说过："+topic.Zh, "said on "+date(h.Said[n-1].At)+": "+topic.En)}
	} else if product, of := h.favourite(); product != "" {
		topic, s.Uses = lang.T(product, product), ids(of, 1)
		s.Because = []lang.Text{say("买过 %s", "bought %s", product)}
	} else {
		return s, false
	}
	s.Subject = lang.T("专属直播邀请："+topic.Zh, "For you only, a livestream: "+topic.En)
	s.Text = lang.T(h.Name+"，您好：诚邀您参加专属直播，主题："+topic.Zh+"。", "Dear "+h.Name+", we invite you to a livestream about: "+topic.En+".")
	return s, true
}

// coupon offers a rebate from the customer's own usual amount on; the later they
// are by their own cycle, the higher.
func coupon(h History, p policy.WakeUp, now instant.Time) (catalogue.WakeUpStep, bool) {
	s := catalogue.WakeUpStep{Kind: catalogue.WakeUpCoupon}
	usual, of := h.usual()
	if usual == nil {
		return s, false
	}
	s.Percent = percent(p, h.Late(now))
	worth := money.Of(usual.Minor*int64(s.Percent)/100, usual.Currency)
	if worth.Minor < 1 {
		return s, false
	}
	s.Coupon = &catalogue.CouponTerms{Value: worth, From: usual}
	s.Uses = ids(of, 5)
	s.Because = []lang.Text{say("最近 %d 单的中位金额为 %s", "the median of the last %d orders is %s", len(of), usual)}
	s.Subject = say("为您准备的 %s 优惠券", "A coupon of %s for you", worth)
	s.Text = say("%s，您好：订单满 %s 即可使用 {value} 的专属优惠券，券码 {coupon}，{until} 前有效。",
		"Dear %s, on an order from %s on you have a rebate of {value} with the coupon {coupon}, good until {until}.", h.Name, usual)
	return s, true
}

// valid is how long a coupon is good.
func valid(p policy.WakeUp) policy.Duration {
	if p.CouponValid.IsZero() {
		return policy.D("30d")
	}
	return p.CouponValid
}

// usual gives the median amount of the last five orders of the currency used last, and these orders, newest first.
func (h History) usual() (*money.Amount, []Order) {
	var of []Order
	for _, o := range slices.Backward(h.Orders) {
		if o.Amount != nil && o.Amount.Minor > 0 && len(of) < 5 && (len(of) == 0 || of[0].Amount.Currency == o.Amount.Currency) {
			of = append(of, o)
		}
	}
	if len(of) == 0 {
		return nil, nil
	}
	sorted := slices.Clone(of)
	slices.SortFunc(sorted, func(a, b Order) int { return cmp.Compare(a.Amount.Minor, b.Amount.Minor) })
	return sorted[len(sorted)/2].Amount, of
}

// percent grows from the lowest at one cycle to the highest at three.
func percent(p policy.WakeUp, late int) int {
	over := min(max(late-100, 0), 200)
	return p.CouponFrom + (p.CouponMost-p.CouponFrom)*over/200
}

func ids(list []Order, most int) []string {
	var out []string
	for _, o := range list[:min(len(list), most)] {
		out = append(out, o.ID)
	}
	return out
}

func say(zh, en string, args ...any) lang.Text {
	return lang.T(fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

func date(at instant.Time) string { return at.Std().Format(time.DateOnly) }

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }
