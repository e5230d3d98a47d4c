package standing

import (
	"liuke.dev/shared/catalogue"
)

// healthFall makes a potential churn customer of one whose health fell, by the
// policy's reading of 连续3个月下降超20分 (R-100, C-05). The month ends are
// computed anew by the model in force, so that another version is no fall.
func healthFall(e *eye, months []catalogue.MonthHealth) (finding, bool) {
	scores := make([]int, 0, len(months)+1)
	for _, m := range months {
		scores = append(scores, m.Health)
	}
	if len(scores) <= e.s.Fall.Months {
		return finding{}, false // not known for as long
	}
	if !e.s.Fall.Fell(scores) {
		return finding{}, false
	}
	first, newest := scores[0], scores[len(scores)-1]
	return finding{recent: float64(newest), baseline: float64(first), window: window{from: months[0].At, to: months[len(months)-1].At},
		says: e.words("健康分%d个月内由%d降至%d", "in %d months health fell from %d to %d", e.s.Fall.Months, first, newest)}, true
}
