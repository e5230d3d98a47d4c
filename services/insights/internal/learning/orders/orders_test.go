package orders_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/orders"
	"liuke.dev/shared/instant"
)

const day = 24 * time.Hour

var begin = instant.Of(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))

func on(days ...int) []orders.Order {
	var out []orders.Order
	for _, d := range days {
		out = append(out, orders.Order{At: begin.Add(time.Duration(d) * day), Minor: 100})
	}
	return out
}

// Times between orders become episodes: an order one day before the loss keeps,
// at the very instant it comes too late, and what nobody can know yet is censored.
func TestEpisodes(t *testing.T) {
	terms := orders.Terms{LostAfter: 30 * day, SeenUntil: begin.Add(100 * day), Every: day}
	var got []backtest.Outcome
	for _, e := range orders.Episodes(orders.Customer{ID: "c", Orders: on(0, 29, 59, 90, 100)}, terms) {
		got = append(got, e.Outcome)
	}
	if want := []backtest.Outcome{backtest.Kept, backtest.Lost, backtest.Lost, backtest.Censored}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	known := orders.Episodes(orders.Customer{ID: "c", Orders: on(0), Lost: begin.Add(10 * day)}, terms)
	if known[0].Outcome != backtest.Lost || known[0].End != begin.Add(10*day) || len(known[0].Moments) != 9 {
		t.Errorf("confirmed by a person: %+v", known[0])
	}
}

// What is measured at a moment never depends on what comes after it (no leak from the future).
func TestMeasureKnowsNoFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.IntRange(0, 400), 1, 12, rapid.ID[int]).Draw(t, "days")
		slices.Sort(days)
		n := rapid.IntRange(1, len(days)).Draw(t, "known")
		terms := orders.Terms{LostAfter: 500 * day, SeenUntil: begin.Add(900 * day), Every: 7 * day}
		all := orders.Episodes(orders.Customer{Orders: on(days...)}, terms)
		part := orders.Episodes(orders.Customer{Orders: on(days[:n]...)}, terms)
		for i := range n {
			for j := range all[i].Moments {
				if !slices.Equal(all[i].Moments[j].X, part[i].Moments[j].X) {
					t.Fatalf("episode %d, moment %d: %v with the future, %v without", i, j, all[i].Moments[j].X, part[i].Moments[j].X)
				}
			}
		}
	})
}

func TestGather(t *testing.T) {
	got := orders.Gather(append(on(5, 1), on(5)...))
	if len(got) != 2 || got[0].At != begin.Add(day) || got[1].Minor != 200 {
		t.Errorf("%+v", got)
	}
}
