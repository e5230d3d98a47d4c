package standing

// noOrder is group 1: existing customers without an order for more than 90 days
// (超过90天未下单的老客户, R-106). Exactly 90 days are not more than 90 days.
func noOrder(e *eye) (finding, bool) {
	newest, ordered := last(e.orders)
	if !ordered || e.at <= newest.At+e.s.length(e.s.Rules.Groups.NoOrderFor) {
		return finding{}, false
	}
	return finding{window: window{from: newest.At, to: e.at}, evidence: []Mark{newest},
		says: e.words("超过%[1]s未下单，上次下单%[2]s", "no order for more than %[1]s, the last one was %[2]s", e.s.Rules.Groups.NoOrderFor, e.s.view.Local(newest.At))}, true
}
