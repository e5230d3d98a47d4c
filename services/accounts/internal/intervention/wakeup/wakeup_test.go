package wakeup_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/intervention/wakeup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
)

const day = instant.Time(86_400_000)

var now = instant.Of(time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC))

func order(id string, daysAgo int, yuan int64, products ...string) catalogue.TimelineEntry {
	a := money.Of(yuan*100, "CNY")
	return catalogue.TimelineEntry{ID: id, Kind: catalogue.EntryOrder, Direction: catalogue.Inbound, OccurredAt: now - instant.Time(daysAgo)*day, Amount: &a,
		Ref: &catalogue.Subject{Kind: catalogue.KindOrder, ID: "order-" + id}, Data: map[string]string{"products": strings.Join(products, ", ")}}
}

func suggest(t testing.TB, f catalogue.Customer, entries ...catalogue.TimelineEntry) []catalogue.WakeUpStep {
	t.Helper()
	return wakeup.Suggest(wakeup.Of(f, entries), policytest.View(t), now)
}

func step(list []catalogue.WakeUpStep, kind string) *catalogue.WakeUpStep {
	for i := range list {
		if list[i].Kind == kind {
			return &list[i]
		}
	}
	return nil
}

// the product push names what the customer buys most, with these orders;
// it comes exactly when 120 percent of the customer's own cycle are over, not a
// moment before.
func TestProductPush(t *testing.T) {
	for ago, want := range map[int]bool{35: false, 36: true, 37: true} { // every 30 days
		list := suggest(t, catalogue.Customer{Name: "华兴"}, order("c", ago, 300, "beans", "cups"), order("a", ago+60, 100, "beans"), order("b", ago+30, 200, "beans", "milk"))
		s := step(list, catalogue.WakeUpProduct)
		if (s != nil) != want {
			t.Fatalf("%d days ago: %+v", ago, s)
		}
		if want && (s.Product != "beans" || !slices.Equal(s.Uses, []string{"c", "b", "a"}) || !strings.Contains(s.Because[1].En, "every 30 days")) {
			t.Errorf("%+v", s)
		}
	}
	early := instantBefore(t)
	if step(early, catalogue.WakeUpProduct) != nil {
		t.Error("a moment before its time")
	}
}

func instantBefore(t *testing.T) []catalogue.WakeUpStep {
	last := order("c", 36, 300, "beans")
	last.OccurredAt += day / 2 // half a day later: the cycle is longer and the wait shorter
	return suggest(t, catalogue.Customer{}, order("a", 96, 1, "beans"), order("b", 66, 1, "beans"), last)
}

// the coupon begins at the customer's own usual amount; the later they are
// by their own cycle, the higher it is, between the policy's bounds.
func TestCoupon(t *testing.T) {
	for ago, want := range map[int]int{30: 5, 60: 10, 90: 15, 300: 15} {
		list := suggest(t, catalogue.Customer{}, order("a", ago+60, 100), order("b", ago+30, 300), order("c", ago, 200))
		s := step(list, catalogue.WakeUpCoupon)
		if s == nil || s.Percent != want || !slices.Equal(s.Uses, []string{"c", "b", "a"}) || !strings.Contains(s.Text.En, "200.00") ||
			s.Coupon == nil || s.Coupon.Value != money.Of(int64(200*want), "CNY") || *s.Coupon.From != money.Of(20_000, "CNY") || s.Coupon.ValidUntil != s.At+30*day || !strings.Contains(s.Text.Zh, "{coupon}") {
			t.Errorf("%d days ago: %+v", ago, s)
		}
	}
}

// invitations go by what the customer likes, else by what they asked last,
// else by what they bought.
func TestLivestream(t *testing.T) {
	asked := catalogue.TimelineEntry{ID: "q", Kind: catalogue.EntryInquiry, Direction: catalogue.Inbound, OccurredAt: now - day, Says: lang.T("冷萃", "cold brew")}
	likes := catalogue.Customer{Preferences: []catalogue.Preference{{Topic: "gift", Value: "tea"}, {Topic: "product", Value: "espresso"}}}
	for name, c := range map[string]struct {
		f       catalogue.Customer
		entries []catalogue.TimelineEntry
		uses    string
	}{
		"likes":  {likes, []catalogue.TimelineEntry{asked, order("a", 5, 1, "beans")}, "preference:product"},
		"asked":  {catalogue.Customer{}, []catalogue.TimelineEntry{asked, order("a", 5, 1, "beans")}, "q"},
		"bought": {catalogue.Customer{}, []catalogue.TimelineEntry{order("a", 5, 1, "beans")}, "a"},
	} {
		if s := step(suggest(t, c.f, c.entries...), catalogue.WakeUpLivestream); s == nil || !slices.Equal(s.Uses, []string{c.uses}) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// of a customer of whom nothing is known nothing is suggested; orders that
// were cancelled, or told twice, count for nothing.
func TestNothingIsKnown(t *testing.T) {
	twice := order("x", 40, 5, "beans")
	twice.SameAs = "y"
	gone := order("o", 50, 5, "beans")
	ended := catalogue.TimelineEntry{ID: "e", Kind: catalogue.EntryOrder, Direction: catalogue.Neither, OccurredAt: now, Ref: gone.Ref}
	if list := suggest(t, catalogue.Customer{Name: "华兴"}, twice, gone, ended); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// whatever is known, each step that is suggested rests on facts of this
// customer and says so, on a channel that there is, one after the other.
func TestEveryStepRestsOnFacts(t *testing.T) {
	v := policytest.View(t, func(s *policy.Sections) { s.Intervention.WakeUp.Overdue = 100 })
	rapid.Check(t, func(rt *rapid.T) {
		f := catalogue.Customer{Name: "c"}
		known := map[string]bool{}
		if rapid.Bool().Draw(rt, "likes") {
			f.Preferences = []catalogue.Preference{{Topic: "product", Value: "x"}}
			known["preference:product"] = true
		}
		if rapid.Bool().Draw(rt, "channel") {
			f.Channels = []catalogue.ContactChannel{{Channel: rapid.SampledFrom([]string{"mail", "phone", "wecom"}).Draw(rt, "which"), Address: "a", Preferred: true}}
		}
		var entries []catalogue.TimelineEntry
		for i := range rapid.IntRange(0, 8).Draw(rt, "orders") {
			e := order(string(rune('a'+i)), rapid.IntRange(0, 400).Draw(rt, "ago"), rapid.Int64Range(0, 5000).Draw(rt, "yuan"), rapid.SliceOfN(rapid.SampledFrom([]string{"p", "q"}), 0, 2).Draw(rt, "products")...)
			known[e.ID] = true
			entries = append(entries, e)
		}
		var last instant.Time
		for _, s := range wakeup.Suggest(wakeup.Of(f, entries), v, now) {
			if len(s.Uses) == 0 || len(s.Because) == 0 || s.At <= last || s.Text.Zh == "" || s.Subject.En == "" {
				rt.Fatalf("%+v", s)
			}
			if _, ok := v.Sections.Outreach.Channel(s.Channel); !ok {
				rt.Fatalf("channel %s", s.Channel)
			}
			for _, u := range s.Uses {
				if !known[u] {
					rt.Fatalf("uses %s", u)
				}
			}
			last = s.At
		}
	})
}
