package outreach_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
)

var departments = []string{"sales", "service", "product", "operations"}

// sent gives the contacts with a customer that left, by when.
func (o *office) sent(customer string) map[string]instant.Time {
	o.t.Helper()
	out := map[string]instant.Time{}
	after := ""
	for {
		list, next, err := o.List(o.t.Context(), callers["journeys"], customer, 100, after)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, c := range list {
			if c.SentAt != 0 {
				out[c.ID] = c.SentAt
			}
		}
		if after = next; after == "" {
			return out
		}
	}
}

// within fails where a day or seven days hold more contacts than the shipped policy allows.
func within(t rapid.TB, sent map[string]instant.Time) {
	t.Helper()
	days := map[int64]int{}
	for _, at := range sent {
		days[int64(at+8*hour)/int64(day)]++
	}
	for d, n := range days {
		week := 0
		for i := range int64(7) {
			week += days[d+i]
		}
		if n > 1 || week > 3 {
			t.Errorf("%d contacts on a day, %d in seven days", n, week)
		}
	}
}

// D-9: four departments send to the same customers at once, over HTTP; no day and
// no seven days hold more than the policy allows, nothing leaves twice, what was
// withdrawn in between never leaves.
func TestFourDepartmentsAtOnce(t *testing.T) {
	o := open(t)
	customers := []string{"c", "d"}
	o.files.put("d", nil)
	var wg sync.WaitGroup
	for i, department := range departments {
		for n := range 6 {
			wg.Go(func() {
				ask := mail(customers[n%2], department)
				ask.For = &catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(n % 3)}
				id := department + strconv.Itoa(n)
				for range 2 { // each is asked for twice
					if status := o.call("journeys", "PUT", "/v1/outreach/"+id, ask, nil); status != 200 && status != 409 {
						t.Errorf("%s: %d", id, status)
					}
				}
				if i == 0 && n == 5 {
					body := effects.WithdrawOutreach{For: catalogue.Subject{Kind: catalogue.KindIntervention, ID: "2"}, Reason: "recovered"}
					if status := o.call("journeys", "PUT", "/v1/outreach/withdrawals/w", body, nil); status != 200 {
						t.Errorf("withdraw: %d", status)
					}
				}
			})
		}
	}
	wg.Go(func() { // and the sweep is at it all the time
		for range 20 {
			_ = o.Round(t.Context())
		}
	})
	wg.Wait()
	for d := range 40 {
		o.later(monday + instant.Time(d)*day)
	}
	total := 0
	for _, c := range customers {
		sent := o.sent(c)
		within(t, sent)
		total += len(sent)
		for id := range sent {
			steps := o.steps(id)
			if n := len(slices.DeleteFunc(slices.Clone(steps), func(s string) bool { return s != "sent" })); n != 1 || slices.Contains(steps, "withdrawn") {
				t.Errorf("%s: %v", id, steps)
			}
		}
	}
	if total < 16 {
		t.Errorf("%d left, at least those of two subjects", total)
	}
}

// D-9: in one process too, at any interleaving of asking, withdrawing and sending.
func TestRaces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := open(t)
		var wg sync.WaitGroup
		n := rapid.IntRange(2, 12).Draw(rt, "contacts")
		withdrawn := rapid.IntRange(0, 2).Draw(rt, "withdrawn subject")
		for i := range n {
			ask := mail("c", departments[i%4])
			ask.For = &catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(i % 3)}
			ask.NotBefore = monday + instant.Time(rapid.IntRange(0, 3).Draw(rt, "from"))*day
			wg.Go(func() { _, _ = o.Reach(t.Context(), fmt.Sprint(i), "journeys", ask) })
		}
		wg.Go(func() {
			if _, err := o.Withdraw(t.Context(), catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(withdrawn)}, "recovered"); err != nil {
				t.Error(err)
			}
		})
		for range 3 {
			wg.Go(func() { _ = o.Round(t.Context()) })
		}
		wg.Wait()
		for d := range 30 {
			o.later(monday + instant.Time(d)*day)
		}
		sent := o.sent("c")
		within(rt, sent)
		for i := range n {
			c := o.see(fmt.Sprint(i))
			_, left := sent[c.ID]
			switch c.Status {
			case catalogue.OutreachSent:
				if !left {
					rt.Errorf("%s is sent and did not leave", c.ID)
				}
			case catalogue.OutreachWithdrawn, catalogue.OutreachRefused:
				if left || i%3 != withdrawn {
					rt.Errorf("%s: %+v", c.ID, c)
				}
			default:
				rt.Errorf("%s is still %s", c.ID, c.Status)
			}
		}
	})
}

// D-9: whatever the store fails to keep in between, or keeps and does not say so,
// the sweep finishes: nothing leaves twice or over the budget, nothing is forgotten,
// nothing that was withdrawn leaves.
func TestFaultsInBetween(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := open(t)
		o.store.Percent.Store(rapid.Int64Range(5, 50).Draw(rt, "percent"))
		accepted, withdrawn := map[string]bool{}, catalogue.Subject{Kind: catalogue.KindIntervention, ID: "1"}
		for i := range rapid.IntRange(1, 8).Draw(rt, "contacts") {
			ask := mail("c", departments[i%4])
			ask.For = &catalogue.Subject{Kind: catalogue.KindIntervention, ID: fmt.Sprint(i % 2)}
			id := fmt.Sprint(i)
			for range 60 { // as activities do
				if _, err := o.Reach(t.Context(), id, "journeys", ask); err == nil {
					accepted[id] = true
					break
				}
			}
			o.now.Add(int64(rapid.IntRange(0, 20).Draw(rt, "hours")) * int64(hour))
			_ = o.Round(t.Context())
		}
		took := false
		for range 60 {
			if _, err := o.Withdraw(t.Context(), withdrawn, "recovered"); err == nil {
				took = true
				break
			}
		}
		o.store.Percent.Store(0)
		morning := monday + (o.clock()-monday+day-1)/day*day
		for d := range 28 {
			o.later(morning + instant.Time(d)*day)
			o.later(o.clock())
		}
		sent := o.sent("c")
		within(rt, sent)
		for id := range accepted {
			c := o.see(id)
			n := 0
			for _, s := range o.steps(id) {
				if s == "sent" {
					n++
				}
			}
			ended := c.Status == catalogue.OutreachSent && n == 1 || n == 0 && (c.Status == catalogue.OutreachWithdrawn || c.Status == catalogue.OutreachRefused)
			if !ended || took && c.Status == catalogue.OutreachRefused && c.For.ID != withdrawn.ID {
				rt.Errorf("%s: %+v, left %d times", id, c, n)
			}
		}
	})
}

// BenchmarkReach contacts customers by 16 at once, each with a budget of its own:
// written down, placed and sent.
func BenchmarkReach(b *testing.B) {
	o := open(b)
	for i := range b.N {
		o.files.put(strconv.Itoa(i), nil)
	}
	var n atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := strconv.FormatInt(n.Add(1)-1, 10)
			if _, err := o.Reach(b.Context(), id, "journeys", mail(id, "sales")); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
}
