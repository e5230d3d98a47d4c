package policy

// HealthFall rules when a falling health score makes a customer a potential
// churn customer (R-100). The seeds' sentence "fell by more than 20 points in 3
// consecutive months" can be read in three ways (C-05); the company chooses.
type HealthFall struct {
	Months int    `json:"months" doc:"Consecutive months that are looked at" minimum:"1" maximum:"24"`
	Points int    `json:"points" doc:"The fall must be greater than this" minimum:"1" maximum:"99"`
	Mode   string `json:"mode" enum:"cumulative,each_month,window" doc:"cumulative: the score fell in each of the months and by more than the points in all; each_month: by more than the points in each; window: by more than the points within any such window"`
}

// The readings of C-05.
const (
	FallCumulative = "cumulative"
	FallEachMonth  = "each_month"
	FallWindow     = "window"
)

// Fell tells whether month-end scores, the oldest first, fell as the policy
// says. It takes one score more than months: the one that the first month began
// with; with fewer it is false.
func (h HealthFall) Fell(scores []int) bool {
	if h.Months < 1 || len(scores) <= h.Months {
		return false
	}
	if h.Mode == FallWindow {
		for i := 0; i+h.Months < len(scores); i++ {
			if scores[i]-scores[i+h.Months] > h.Points {
				return true
			}
		}
		return false
	}
	last := scores[len(scores)-h.Months-1:]
	least := 0 // each month must fall by more than this
	if h.Mode == FallEachMonth {
		least = h.Points
	}
	for i := 1; i < len(last); i++ {
		if last[i-1]-last[i] <= least {
			return false
		}
	}
	return h.Mode == FallEachMonth || last[0]-last[len(last)-1] > h.Points
}
