package standing

import (
	"liuke.dev/shared/policy"
)

// lowRatings is group 2: the last two service ratings are low (最近两次服务评分偏低,
// R-107); below 70 of 100 is low (C-07).
func lowRatings(e *eye) (finding, bool) {
	n := e.s.Rules.Groups.LowRatings
	w, _ := e.window(policy.CheckWeekly, e.s.Rules.Groups.RatingsOf, policy.Duration{}, 0)
	list := e.since(e.of(Ratings), w.from)
	if len(list) < n {
		return finding{}, false
	}
	list = list[len(list)-n:]
	for _, m := range list {
		if m.Amount >= int64(e.s.Rules.Low) {
			return finding{}, false
		}
	}
	return finding{recent: meanOf(list), baseline: float64(e.s.Rules.Low), window: w, evidence: list,
		says: e.words("最近%d次评分都低于%d分", "the last %d ratings are all below %d", n, e.s.Rules.Low)}, true
}
