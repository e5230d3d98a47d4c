package standing

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// renewalUnsettled sees a contract near its end without intent to renew
// (合同到期前无续签意向, R-096): the policy's days before the end, until it is
// renewed, replaced by one that ends later, or over for as long as the window says.
func renewalUnsettled(e *eye, r policy.SignalRule) (finding, bool) {
	c, due := e.expiring(r)
	if !due {
		return finding{}, false
	}
	end := instant.Time(c.Amount)
	left := float64(end-e.at) / float64(dayLength/e.s.grid.speed)
	warn := e.before(end, r.Warning)
	return finding{severe: r.Severe > 0 && e.at >= e.before(end, r.Severe), recent: left, baseline: float64(r.Warning), window: window{from: warn, to: e.at}, evidence: []Mark{c},
		says: e.words("合同%[1]s到期，尚无续签意向", "the contract ends %[1]s and there is no intent to renew", e.s.view.Local(end))}, true
}

// expiring gives the contract that ends last, if it is near its end or over and
// nobody said that it would be renewed.
func (e *eye) expiring(r policy.SignalRule) (Mark, bool) {
	newest := map[string]Mark{} // what was last said of each contract
	var latest Mark
	for _, c := range e.of(Contracts) {
		newest[c.Of] = c
	}
	for _, c := range e.of(Contracts) {
		if newest[c.Of] == c && c.Amount > latest.Amount {
			latest = c
		}
	}
	end := instant.Time(latest.Amount)
	if latest.Amount == 0 || e.at < e.before(end, r.Warning) || e.at >= end+e.s.length(r.Window) {
		return latest, false
	}
	for _, w := range e.of(Renewals) {
		if w.Of == latest.Of && w.Kind != "declined" {
			return latest, false
		}
	}
	return latest, true
}

// before gives the instant so many days before another.
func (e *eye) before(end instant.Time, days int) instant.Time {
	return end - instant.Time(int64(days)*dayLength/e.s.grid.speed)
}
