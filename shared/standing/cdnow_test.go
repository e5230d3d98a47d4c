//go:build realdata

package standing_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/realdata"
	"liuke.dev/shared/standing"
)

// purchase is a line of the public CDNOW record.
type purchase struct {
	at    time.Time
	cents int64
}

// purchases reads the record: 2,357 customers, 6,919 orders of 1997 and 1998.
func purchases(t testing.TB) map[string][]purchase {
	t.Helper()
	f, err := os.Open(realdata.File(t, "cdnow", "CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	out, n := map[string][]purchase{}, 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		c := strings.Fields(lines.Text())
		day, err := time.ParseInLocation("20060102", c[2], zone)
		if err != nil {
			t.Fatal(err)
		}
		dollars, err := strconv.ParseFloat(c[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		out[c[1]] = append(out[c[1]], purchase{day.Add(12 * time.Hour), int64(math.Round(dollars * 100))})
	}
	if len(out) != 2357 || n != 6919 {
		t.Fatalf("%d customers, %d orders", len(out), n)
	}
	return out
}

// The counting by hand: it reads the raw lines for every answer and shares nothing
// with the rules but what the policy ships.

type byHand []purchase

func (b byHand) until(at time.Time) byHand {
	var out byHand
	for _, p := range b {
		if !p.at.After(at) {
			out = append(out, p)
		}
	}
	return out
}

func (b byHand) first() time.Time {
	first := b[0].at
	for _, p := range b {
		if p.at.Before(first) {
			first = p.at
		}
	}
	return first
}

func (b byHand) last() time.Time {
	last := b[0].at
	for _, p := range b {
		if p.at.After(last) {
			last = p.at
		}
	}
	return last
}

func monday(at time.Time) time.Time {
	for at.Weekday() != time.Monday {
		at = at.AddDate(0, 0, -1)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
}

// compared is a share of the own baseline in percent of 100 points at 90; -1: not judged.
func (b byHand) compared(at time.Time, window, base, least int, value func(byHand) float64, count func(byHand) int) int {
	from := monday(at).AddDate(0, 0, -window)
	start := from.AddDate(0, 0, -base)
	if b.first().After(start) {
		start = b.first()
	}
	var recent, before byHand
	for _, p := range b {
		switch {
		case !p.at.Before(from):
			recent = append(recent, p)
		case !p.at.Before(start):
			before = append(before, p)
		}
	}
	known := from.Sub(start).Hours() / 24
	if known >= float64(window)/2 && count(before) >= least && value(before) > 0 {
		share := 100 * value(recent) / (value(before) * float64(window) / known)
		return int(math.Floor(math.Min(100, share/90*100) + 0.5))
	}
	if len(recent) == 0 && len(b) >= least && b.first().Before(from) {
		return 0
	}
	return -1
}

func (b byHand) health(at time.Time) int {
	number := func(l byHand) int { return len(l) }
	days := func(l byHand) int {
		seen := map[string]bool{}
		for _, p := range l {
			seen[p.at.Format(time.DateOnly)] = true
		}
		return len(seen)
	}
	cents := func(l byHand) float64 {
		sum := 0.0
		for _, p := range l {
			sum += float64(p.cents)
		}
		return sum
	}
	asFloat := func(f func(byHand) int) func(byHand) float64 { return func(l byHand) float64 { return float64(f(l)) } }
	weights, sum := 15, 15*100 // no complaints
	for _, in := range []struct{ weight, score int }{
		{20, b.compared(at, 56, 168, 4, asFloat(days), days)},
		{20, b.compared(at, 84, 252, 3, asFloat(number), number)},
		{10, b.compared(at, 84, 252, 3, cents, number)},
	} {
		if in.score >= 0 {
			weights, sum = weights+in.weight, sum+in.weight*in.score
		}
	}
	return int(math.Floor(float64(sum)/float64(weights) + 0.5))
}

func (b byHand) fell(at time.Time) bool {
	var scores []int
	for i := 3; i >= 0; i-- {
		end := time.Date(at.Year(), at.Month()-time.Month(i), 1, 0, 0, 0, 0, at.Location())
		then := b.until(end.Add(-time.Millisecond))
		if len(then) == 0 {
			return false
		}
		scores = append(scores, then.health(end.Add(-time.Millisecond)))
	}
	return scores[0] > scores[1] && scores[1] > scores[2] && scores[2] > scores[3] && scores[0]-scores[3] > 20
}

func (b byHand) stands(at time.Time) (state string, group bool, health int) {
	so := b.until(at)
	if len(so) == 0 {
		return catalogue.LifecycleNew, false, 100
	}
	health = so.health(at)
	group = at.After(so.last().Add(90 * 24 * time.Hour))
	switch {
	case health < 40 || so.fell(at):
		state = catalogue.LifecycleChurnRisk
	case !at.Before(so.last().Add(60 * 24 * time.Hour)):
		state = catalogue.LifecycleSilent
	case at.Before(so.first().Add(90 * 24 * time.Hour)):
		state = catalogue.LifecycleNew
	default:
		state = catalogue.LifecycleActive
	}
	return state, group, health
}

// on real orders the 90-day group, the life cycle and the
// health of every customer at any date are those that are counted by hand from the
// raw record.
func TestRealDataStandings(t *testing.T) {
	all := purchases(t)
	v := book(t)
	s := standing.By(v, standing.File{})
	zone := v.Zone()
	dates := []time.Time{time.Date(1997, 2, 3, 0, 0, 0, 0, zone), time.Date(1997, 5, 18, 12, 0, 0, 0, zone), time.Date(1997, 9, 30, 23, 59, 59, 0, zone),
		time.Date(1997, 12, 31, 18, 0, 0, 0, zone), time.Date(1998, 3, 1, 0, 0, 0, 0, zone), time.Date(1998, 6, 30, 9, 30, 0, 0, zone)}
	counts := map[string]int{}
	for id, lines := range all {
		h := &standing.History{}
		for i, p := range lines {
			amount := money.Of(p.cents, "USD")
			h.Add(catalogue.TimelineEntry{ID: fmt.Sprintf("cdnow:%s-%d", id, i), Customer: id, Kind: catalogue.EntryOrder, OccurredAt: instant.Of(p.at), Direction: catalogue.Inbound, Amount: &amount})
		}
		for _, at := range dates {
			state, group, health := byHand(lines).stands(at)
			got := standing.Assess(h, s, instant.Of(at))
			if got.Lifecycle != state || (len(got.Groups) > 0) != group || got.Health != health {
				t.Fatalf("%s at %s: %s, in a group %t, health %d; by hand %s, %t, %d", id, at, got.Lifecycle, len(got.Groups) > 0, got.Health, state, group, health)
			}
			counts[at.Format(time.DateOnly)+" "+state]++
			if group {
				counts[at.Format(time.DateOnly)+" no order for 90 days"]++
			}
		}
	}
	for _, at := range dates {
		d := at.Format(time.DateOnly)
		t.Logf("%s: %d new, %d active, %d silent, %d at risk; %d without an order for 90 days", d, counts[d+" new"], counts[d+" active"], counts[d+" silent"], counts[d+" churn_risk"], counts[d+" no order for 90 days"])
	}
}
