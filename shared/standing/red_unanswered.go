package standing

// unanswered makes a potential churn customer of one who did not answer two
// proactive contacts in a row (连续2次未响应主动联系, R-101). A contact is unanswered
// once nothing came within the reply window, in working days as shipped; any
// word or order of the customer begins anew (C-06).
func unanswered(e *eye) (finding, bool) {
	if e.s.Unanswered == 0 || e.s.Reply.IsZero() {
		return finding{}, false
	}
	answered := e.answered()
	var list []Mark
	for _, m := range e.proactive(e.since(e.of(Outbound), answered+1)) {
		if e.at >= e.s.view.After(m.At, e.s.Reply) {
			list = append(list, m)
		}
	}
	if len(list) < e.s.Unanswered {
		return finding{}, false
	}
	return finding{recent: float64(len(list)), baseline: float64(e.s.Unanswered), window: window{from: list[0].At, to: e.at}, evidence: list,
		says: e.words("连续%d次未响应主动联系", "%d proactive contacts in a row were not answered", len(list))}, true
}
