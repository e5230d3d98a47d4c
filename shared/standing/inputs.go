package standing

import (
	"fmt"
	"slices"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// compare measures a window as percent of the customer's own baseline. Who once
// did enough to be compared and does nothing any more measures 0, however long
// ago that was; who never did is not judged.
func (e *eye) compare(in policy.HealthInput, start instant.Time, ever int, count func(from, to instant.Time) (float64, int)) (recent, expected, percent float64, known bool) {
	w, _ := e.window(policy.CheckWeekly, in.Window, in.Baseline, start)
	long := e.s.length(in.Window)
	recent, _ = count(w.from, w.to+1)
	if w.from-w.base >= long/2 && start != 0 {
		base, n := count(w.base, w.from)
		if n >= max(in.Least, 1) && base > 0 {
			return recent, w.expected(base, long), w.fraction(recent, base, long), true
		}
	}
	return 0, 0, 0, recent == 0 && ever >= max(in.Least, 1) && start != 0 && start < w.from
}

func (e *eye) compared(in policy.HealthInput, zh, en string, recent, expected, percent float64) lang.Text {
	return e.words("近%[1]d天%[2]s%[4]s，按自身以往应为%[5]s（%[6]s%%）", "%[3]s in %[1]d days: %[4]s, where its own past lets expect %[5]s (%[6]s%%)",
		inDays(in.Window), zh, en, figure(recent), figure(expected), figure(percent))
}

func inDays(d policy.Duration) int { return int(d.Elapsed().Hours() / 24) }

// words makes a text in both languages of the same values, unless only the
// verdict is wanted.
func (e *eye) words(zh, en string, args ...any) lang.Text {
	if e.quiet {
		return lang.Text{}
	}
	return lang.T(fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

// figure is a number that is written with at most one decimal.
type figure float64

// String writes it.
func (f figure) String() string {
	v := rounded(float64(f))
	if v == float64(int64(v)) {
		return fmt.Sprint(int64(v))
	}
	return fmt.Sprintf("%.1f", v)
}

func activity(e *eye, in policy.HealthInput) (measured, bool) {
	ever := len(e.orders) + len(e.of(Inbound)) + len(e.of(Logins))
	recent, expected, percent, known := e.compare(in, e.began(), ever, func(from, to instant.Time) (float64, int) {
		n := e.activeDays(from, to)
		return float64(n), n
	})
	return measured{percent, e.compared(in, "活跃天数", "active days", recent, expected, percent), nil}, known
}

func orderFrequency(e *eye, in policy.HealthInput) (measured, bool) {
	recent, expected, percent, known := e.compare(in, e.bought(), len(e.orders), func(from, to instant.Time) (float64, int) {
		n := len(between(e.orders, from, to))
		return float64(n), n
	})
	return measured{percent, e.compared(in, "下单次数", "orders", recent, expected, percent), e.orders}, known
}

func purchaseAmount(e *eye, in policy.HealthInput) (measured, bool) {
	recent, expected, percent, known := e.compare(in, e.bought(), len(e.orders), e.amounts)
	return measured{percent, e.compared(in, "下单金额", "amount ordered", recent/100, expected/100, percent), e.orders}, known
}

// amounts sums orders in the currency of the newest one: amounts of several are
// not added up.
func (e *eye) amounts(from, to instant.Time) (float64, int) {
	newest, _ := last(e.orders)
	sum, n := int64(0), 0
	for _, o := range between(e.orders, from, to) {
		if o.Kind == newest.Kind {
			sum, n = sum+o.Amount, n+1
		}
	}
	return float64(sum), n
}

func interaction(e *eye, in policy.HealthInput) (measured, bool) {
	list := e.of(Inbound)
	recent, expected, percent, known := e.compare(in, e.began(), len(list), func(from, to instant.Time) (float64, int) {
		n := len(between(list, from, to))
		return float64(n), n
	})
	return measured{percent, e.compared(in, "客户主动互动次数", "contacts by the customer", recent, expected, percent), list}, known
}

// orderRecency measures the time since the last order, as of the beginning of the
// week, as percent of the usual gap between orders.
func orderRecency(e *eye, in policy.HealthInput) (measured, bool) {
	gap, known := e.usualGap()
	if !known || len(e.orders) < max(in.Least, 3) {
		return measured{}, false
	}
	newest, _ := last(e.orders)
	since := max(e.s.grid.week(e.at)-newest.At, 0)
	percent := 100 * float64(since) / float64(gap)
	m := measured{value: percent, evidence: e.orders}
	day := float64(dayLength / e.s.grid.speed)
	m.says = e.words("距上次下单%s天，通常间隔%s天", "%s days since the last order, usually %s between them", figure(float64(since)/day), figure(float64(gap)/day))
	return m, true
}

// usualGap is the median time between orders.
func (e *eye) usualGap() (instant.Time, bool) {
	var gaps []instant.Time
	for i := 1; i < len(e.orders); i++ {
		if g := e.orders[i].At - e.orders[i-1].At; g > 0 {
			gaps = append(gaps, g)
		}
	}
	if len(gaps) == 0 {
		return 0, false
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2], true
}

func paymentCycle(e *eye, in policy.HealthInput) (measured, bool) {
	list := e.recent(Payments, in)
	if len(list) == 0 {
		return measured{}, false
	}
	sum := int64(0)
	for _, p := range list {
		sum += max(p.Amount, 0)
	}
	late := float64(sum) / float64(len(list))
	return measured{late, e.words("近%d笔付款平均逾期%s天", "the last %d payments were %s days late on average", len(list), figure(late)), list}, true
}

// recent gives the marks of a class in an input's window.
func (e *eye) recent(c Class, in policy.HealthInput) []Mark {
	w, _ := e.window(policy.CheckWeekly, in.Window, policy.Duration{}, 0)
	return e.since(e.of(c), w.from)
}

// complaintRecord counts complaints of the window; one that is still open, however
// old, counts twice.
func complaintRecord(e *eye, in policy.HealthInput) (measured, bool) {
	if e.began() == 0 {
		return measured{}, false
	}
	list, open := e.recent(Complaints, in), e.open()
	n := len(list) + len(open)
	return measured{float64(n), e.words("近%[1]d天投诉%[2]d起，未解决%[3]d起", "%[2]d complaints in %[1]d days, %[3]d open", inDays(in.Window), len(list), len(open)), list}, true
}

// open gives the complaints that have a case and were not settled.
func (e *eye) open() []Mark {
	var out []Mark
	settled := e.of(Settled)
	for _, c := range e.of(Complaints) {
		if c.Of != "" && !slices.ContainsFunc(settled, func(s Mark) bool { return s.Of == c.Of && s.At >= c.At }) {
			out = append(out, c)
		}
	}
	return out
}

func satisfaction(e *eye, in policy.HealthInput) (measured, bool) {
	list := e.recent(Ratings, in)
	if len(list) == 0 {
		return measured{}, false
	}
	mean := meanOf(list)
	return measured{mean, e.words("近%d次评分平均%s", "%d ratings, %s on average", len(list), figure(mean)), list}, true
}

func meanOf(list []Mark) float64 {
	sum := int64(0)
	for _, m := range list {
		sum += m.Amount
	}
	return float64(sum) / float64(len(list))
}

func usageDepth(e *eye, in policy.HealthInput) (measured, bool) {
	list := newestOf(e.recent(Usages, in))
	if len(list) == 0 {
		return measured{}, false
	}
	p := coverage(list)
	return measured{p, e.words("核心功能使用率%s%%", "%s%% of the core features used", figure(p)), list}, true
}

// newestOf gives the newest mark of each product.
func newestOf(list []Mark) []Mark {
	var out []Mark
	for i := len(list) - 1; i >= 0; i-- {
		if !slices.ContainsFunc(out, func(m Mark) bool { return m.Of == list[i].Of }) {
			out = append(out, list[i])
		}
	}
	slices.Reverse(out)
	return out
}

// coverage is the share of core features used, percent over all products.
func coverage(list []Mark) float64 {
	used, core := int64(0), int64(0)
	for _, m := range list {
		used, core = used+min(m.Amount, m.Units), core+m.Units
	}
	return 100 * float64(used) / float64(core)
}

func responseSpeed(e *eye, in policy.HealthInput) (measured, bool) {
	w, _ := e.window(policy.CheckWeekly, in.Window, policy.Duration{}, 0)
	hours, list := e.responses(w.from)
	if len(list) < max(in.Least, 1) {
		return measured{}, false
	}
	return measured{hours, e.words("平均响应%s小时", "answered within %s hours on average", figure(hours)), list}, true
}

// responses gives the mean hours from a need that the customer raised to our
// next contact (需求响应速度, R-092), over those that got one.
func (e *eye) responses(from instant.Time) (float64, []Mark) {
	var list []Mark
	sum := instant.Time(0)
	out := e.of(Outbound)
	for _, m := range e.since(e.of(Inbound), from) {
		if !raises[m.Kind] {
			continue
		}
		if after := e.since(out, m.At); len(after) > 0 {
			list, sum = append(list, m), sum+after[0].At-m.At
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	return float64(sum) * float64(e.s.grid.speed) / float64(len(list)) / (60 * 60 * 1000), list
}

// raises are the kinds of entries by which a customer raises a need.
var raises = map[string]bool{"inquiry": true, "complaint": true, "case": true, "need": true}
