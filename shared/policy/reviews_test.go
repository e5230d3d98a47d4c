package policy

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/instant"
)

// R-129, C-15, R-111: weekly, monthly and quarterly reviews are shipped, each with an owner's role and evidence.
func TestShippedRhythms(t *testing.T) {
	s := Defaults().Reviews
	for id, want := range map[string][2]string{"weekly_funnel": {EveryWeek, "funnel"}, "churn_risk_list": {EveryWeek, "churn_risk"}, "monthly_departments": {EveryMonth, "departments"},
		"quarterly_process": {EveryQuarter, "process"}} {
		r, ok := s.Rhythm(id)
		if !ok || r.Every != want[0] || r.Covers != want[1] || r.Role == "" || len(r.Evidence) == 0 || len(r.Overdue) == 0 {
			t.Errorf("%s: %+v", id, r)
		}
	}
	for id, controllable := range map[string]bool{"slow_service": true, "price": true, "slow_response": true, "product": true, "competitor": false} {
		if r, ok := s.Churn.Reason(id); !ok || r.Controllable != controllable {
			t.Errorf("R-122: %+v", r)
		}
	}
}

// C-15: the occasion after an instant, in the company's zone, over months and quarters of every length.
func TestOccasion(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		every       string
		day         int
		after, want string
	}{
		{EveryWeek, 1, "2026-11-22 09:00", "2026-11-23 10:00"}, // a Sunday
		{EveryWeek, 1, "2026-11-23 09:59", "2026-11-23 10:00"},
		{EveryWeek, 1, "2026-11-23 10:00", "2026-11-30 10:00"}, // exactly then: the next
		{EveryWeek, 7, "2026-12-28 00:00", "2027-01-03 10:00"},
		{EveryMonth, 31, "2026-01-31 10:00", "2026-02-28 10:00"},
		{EveryMonth, 31, "2028-02-01 00:00", "2028-02-29 10:00"},
		{EveryMonth, 5, "2026-12-05 10:00", "2027-01-05 10:00"},
		{EveryQuarter, 10, "2026-11-22 09:00", "2027-01-10 10:00"},
		{EveryQuarter, 92, "2026-01-01 00:00", "2026-03-31 10:00"},
		{EveryQuarter, 1, "2026-03-31 23:59", "2026-04-01 10:00"},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.after, zone)
		if err != nil {
			t.Fatal(err)
		}
		r := Rhythm{Every: c.every, Day: c.day, At: "10:00"}
		if got := r.Occasion(instant.Of(at), zone).Std().In(zone).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s %d after %s: %s, want %s", c.every, c.day, c.after, got, c.want)
		}
	}
}

func TestReviewsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Reviews)
		field  string
	}{
		"day of the week":       {func(r *Reviews) { r.Rhythms[0].Day = 8 }, "reviews.rhythms[0].day"},
		"unknown role":          {func(r *Reviews) { r.Rhythms[0].Role = "boss" }, "reviews.rhythms[0].role"},
		"process as holder":     {func(r *Reviews) { r.Rhythms[0].Role = "system" }, "reviews.rhythms[0].role"},
		"opens a period before": {func(r *Reviews) { r.Rhythms[0].OpensIn = D("7d") }, "reviews.rhythms[0].opens_in"},
		"no evidence":           {func(r *Reviews) { r.Rhythms[0].Evidence = nil }, "reviews.rhythms[0].evidence"},
		"rhythm twice":          {func(r *Reviews) { r.Rhythms[1].ID = r.Rhythms[0].ID }, "reviews.rhythms[1].id"},
		"reason twice":          {func(r *Reviews) { r.Churn.Reasons[1].ID = "slow_service" }, "reviews.churn.reasons[1].id"},
		"reason without name":   {func(r *Reviews) { r.Churn.Reasons[0].Name.En = "" }, "reviews.churn.reasons[0].name.en"},
		"bands that fall":       {func(r *Reviews) { r.Churn.CycleBands = []int{30, 30} }, "reviews.churn.cycle_bands[1]"},
		"no time to close":      {func(r *Reviews) { r.Churn.CloseWithin = Duration{} }, "reviews.churn.close_within"},
		"period of a target":    {func(r *Reviews) { r.Targets[0].Period = "next" }, "reviews.targets[0].period"},
	} {
		s := edited(t, func(s *Sections) { c.change(&s.Reviews) })
		var fields []string
		for _, f := range Validate(s) {
			fields = append(fields, f.Field)
		}
		if !slices.Contains(fields, c.field) {
			t.Errorf("%s: %v", name, fields)
		}
	}
}

// at a demo's speed a review comes a period later by the demo's clock, and no
// two have one name; in earnest by the calendar.
func TestOccasionAtSpeed(t *testing.T) {
	b := Book{Version: 1, Sections: Defaults()}
	demo := NewHolder(86_400)
	demo.ReviewSpeed = 86_400
	if err := demo.Put(b); err != nil {
		t.Fatal(err)
	}
	fast, _ := demo.Latest()
	earnest, err := NewView(&b, 1)
	if err != nil {
		t.Fatal(err)
	}
	at := instant.Of(time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC))
	for id, seconds := range map[string]instant.Time{"weekly_funnel": 7, "churn_risk_list": 7, "monthly_departments": 30, "quarterly_process": 91} {
		r, _ := fast.Sections.Reviews.Rhythm(id)
		due := fast.Occasion(r, at)
		opens := r.OpensIn.Elapsed().Milliseconds() / 86_400
		if due != at+seconds*1000 || fast.Opens(r, due) != due-instant.Time(opens) || fast.OccasionID(r, due) == fast.OccasionID(r, fast.Occasion(r, due)) {
			t.Errorf("%s: due %s, opens %s", id, due, fast.Opens(r, due))
		}
		if plain := earnest.Occasion(r, at); plain != r.Occasion(at, earnest.Zone()) || earnest.Opens(r, plain) != plain.Add(-r.OpensIn.Elapsed()) || len(earnest.OccasionID(r, plain)) != len(id)+11 {
			t.Errorf("%s in earnest: %s", id, plain)
		}
	}
}
