package standing_test

import (
	"fmt"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// spread makes n entries evenly over the days from one day ago to another, none at the ends.
func spread(n int, from, to float64, of func(at instant.Time) catalogue.TimelineEntry) []catalogue.TimelineEntry {
	var out []catalogue.TimelineEntry
	for i := range n {
		out = append(out, of(ago(to+(from-to)*(float64(i)+0.5)/float64(n))))
	}
	return out
}

func of(kind, direction string, more ...func(*catalogue.TimelineEntry)) func(instant.Time) catalogue.TimelineEntry {
	return func(at instant.Time) catalogue.TimelineEntry {
		e := entry(kind, at, direction)
		for _, m := range more {
			m(&e)
		}
		return e
	}
}

func data(pairs ...string) func(*catalogue.TimelineEntry) {
	return func(e *catalogue.TimelineEntry) {
		if e.Data == nil {
			e.Data = map[string]string{}
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			e.Data[pairs[i]] = pairs[i+1]
		}
	}
}

func buyer() catalogue.TimelineEntry { return order(ago(690), 100) }

// R-082 (下单频率下降, 回访次数减少), R-083, R-086, R-087, R-088, C-14: every fall is judged against the
// customer's own baseline; 30 percent is a warning and 50 percent severe, exactly
// 30 and 50 included, less is nothing.
func TestFallsAgainstTheOwnBaseline(t *testing.T) {
	wechat := of(catalogue.EntryWeChat, catalogue.Inbound)
	technical := of(catalogue.EntryMail, catalogue.Inbound, func(e *catalogue.TimelineEntry) { e.Contact = "sun" })
	for rule, c := range map[string]struct {
		window, base float64 // days
		of           func(instant.Time) catalogue.TimelineEntry
	}{
		policy.SignalOrderFall:       {84, 168, func(at instant.Time) catalogue.TimelineEntry { return order(at, 100) }},
		policy.SignalAmountFall:      {84, 168, func(at instant.Time) catalogue.TimelineEntry { return order(at, 100) }},
		policy.SignalRevisitFall:     {84, 168, of(catalogue.EntryVisit, catalogue.Outbound)},
		policy.SignalContactFall:     {28, 84, wechat},
		policy.SignalActivityFall:    {28, 84, of(catalogue.EntryLogin, catalogue.Inbound)},
		policy.SignalCooperationFall: {56, 112, technical},
	} {
		for _, left := range []struct {
			recent int // of ten that the baseline lets expect
			want   string
		}{{10, ""}, {8, ""}, {7, catalogue.SignalWarning}, {6, catalogue.SignalWarning}, {5, catalogue.SignalSevere}, {0, catalogue.SignalSevere}} {
			long := int(10 * c.base / c.window)
			entries := append(spread(long, c.window+c.base, c.window+0.5, c.of), spread(left.recent, c.window, 0, c.of)...)
			h := history(append(entries, buyer())...)
			s := standing.Assess(h, standing.By(book(t), standing.File{Roles: map[string]string{"sun": catalogue.RoleProcurement}}), now)
			got, found := signal(s, rule)
			if got.Severity != left.want {
				t.Errorf("%s: %d of 10 is %q, want %q (%s)", rule, left.recent, got.Severity, left.want, got.Says.Zh)
			}
			if found && (len(got.Evidence) == 0 || got.Action == "" || got.Says.En == "" || got.Cause == "" || got.From >= got.To) {
				t.Errorf("%s does not say why: %+v", rule, got)
			}
		}
	}
}

// who never did enough to fall from, or is known too short, is not judged.
func TestNoBaselineNoFall(t *testing.T) {
	if _, found := signal(assess(t, history(order(ago(200), 1), order(ago(150), 1)), now), policy.SignalOrderFall); found {
		t.Error("two orders are not a frequency")
	}
	if _, found := signal(assess(t, history(spread(12, 110, 84, func(at instant.Time) catalogue.TimelineEntry { return order(at, 1) })...), now), policy.SignalOrderFall); found {
		t.Error("a customer of 110 days has no baseline of its own for 84 days")
	}
}

// smaller amounts at the same frequency, a smaller volume, and a pause far
// beyond the usual cycle are a fall of the transaction amount, each; that the price
// was pressed is said with it.
func TestTransactionAmountFalls(t *testing.T) {
	same := func(recent, before int64, units func(e *catalogue.TimelineEntry, recent bool)) *standing.History {
		var all []catalogue.TimelineEntry
		for _, at := range []float64{280, 250, 230, 210, 190, 170, 150, 130, 110, 95, 80, 60, 40, 20, 5} {
			yuan := before
			if at < 84 {
				yuan = recent
			}
			e := order(ago(at), yuan)
			units(&e, at < 84)
			all = append(all, e)
		}
		press := entry(catalogue.EntryCall, ago(10), catalogue.Inbound)
		press.Data = map[string]string{"objections": "price"}
		return history(append(all, press)...)
	}
	none := func(*catalogue.TimelineEntry, bool) {}
	if s, found := signal(assess(t, same(1000, 1000, none), now), policy.SignalAmountFall); found {
		t.Errorf("nothing fell: %+v", s)
	}
	if s, _ := signal(assess(t, same(400, 1000, none), now), policy.SignalAmountFall); s.Severity != catalogue.SignalSevere || s.Says.En == "" || !contains(s.Says.Zh, "压价1次") {
		t.Errorf("a smaller amount: %+v", s)
	}
	volume := func(e *catalogue.TimelineEntry, recent bool) {
		e.Numbers = map[string]float64{"units": 10}
		if recent {
			e.Numbers["units"] = 3
		}
	}
	if s, _ := signal(assess(t, same(1000, 1000, volume), now), policy.SignalAmountFall); s.Severity != catalogue.SignalSevere || !contains(s.Says.Zh, "采购量") {
		t.Errorf("a smaller volume: %+v", s)
	}
	yearly := history(order(ago(690), 1), order(ago(600), 1), order(ago(520), 1), order(ago(430), 1), order(ago(340), 1))
	if s, _ := signal(assess(t, yearly, now), policy.SignalAmountFall); s.Severity != catalogue.SignalWarning && s.Severity != catalogue.SignalSevere || !contains(s.Says.Zh, "暂停") {
		t.Errorf("a pause: %+v", s)
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

// a quote of which the customer says nothing for the policy's time is a cold
// need, two are severe; a word or an order since is an answer.
func TestColdNeed(t *testing.T) {
	quote := func(days float64) catalogue.TimelineEntry {
		return entry(catalogue.EntryQuote, ago(days), catalogue.Outbound)
	}
	for name, c := range map[string]struct {
		entries []catalogue.TimelineEntry
		want    string
	}{
		"a moment before a week": {[]catalogue.TimelineEntry{quote(7 - 1e-6)}, ""},
		"exactly a week":         {[]catalogue.TimelineEntry{quote(7)}, catalogue.SignalWarning},
		"two":                    {[]catalogue.TimelineEntry{quote(20), quote(8)}, catalogue.SignalSevere},
		"answered":               {[]catalogue.TimelineEntry{quote(20), quote(8), entry(catalogue.EntryCall, ago(1), catalogue.Inbound)}, ""},
		"ordered":                {[]catalogue.TimelineEntry{quote(20), order(ago(3), 5)}, ""},
	} {
		if got, _ := signal(assess(t, history(append(c.entries, buyer())...), now), policy.SignalColdNeed); got.Severity != c.want {
			t.Errorf("%s: %q", name, got.Severity)
		}
	}
}

// R-090, C-07: satisfaction below 70 of 100 asks for an improvement plan; exactly 70
// does not. NPS is another scale and never counted.
func TestSatisfactionBelowSeventy(t *testing.T) {
	for score, want := range map[float64]string{70: "", 69: catalogue.SignalWarning, 50: catalogue.SignalWarning, 49: catalogue.SignalSevere} {
		got, _ := signal(assess(t, history(buyer(), rating(ago(20), score)), now), policy.SignalSatisfaction)
		if got.Severity != want || want != "" && got.Action != "improvement_plan" {
			t.Errorf("%v: %q", score, got.Severity)
		}
	}
	five := entry(catalogue.EntrySurvey, ago(20), catalogue.Inbound)
	five.Numbers = map[string]float64{"score": 3, "max": 5}
	if got, _ := signal(assess(t, history(buyer(), five), now), policy.SignalSatisfaction); got.Recent != 60 {
		t.Errorf("3 of 5 is %v of 100", got.Recent)
	}
	nps := entry(catalogue.EntrySurvey, ago(20), catalogue.Inbound)
	nps.Numbers, nps.Data = map[string]float64{"score": 2, "max": 10}, map[string]string{"kind": "nps"}
	if _, found := signal(assess(t, history(buyer(), nps), now), policy.SignalSatisfaction); found {
		t.Error("NPS was taken for satisfaction")
	}
}

// fewer than the core features asks for training and an incentive.
func TestUsageDepthFalls(t *testing.T) {
	used := func(days float64, n float64) catalogue.TimelineEntry {
		return of(catalogue.EntryUsage, catalogue.Inbound, data("product", "erp"), func(e *catalogue.TimelineEntry) { e.Numbers = map[string]float64{"core": 4, "core_used": n} })(ago(days))
	}
	for n, want := range map[float64]string{4: "", 3: catalogue.SignalWarning, 2: catalogue.SignalWarning, 1: catalogue.SignalSevere} {
		got, _ := signal(assess(t, history(buyer(), used(25, 4), used(10, n)), now), policy.SignalUsageFall)
		if got.Severity != want || want != "" && got.Action != "training_incentive" {
			t.Errorf("%v of 4: %q", n, got.Severity)
		}
	}
	wms := of(catalogue.EntryUsage, catalogue.Inbound, data("product", "wms"), func(e *catalogue.TimelineEntry) { e.Numbers = map[string]float64{"core": 40, "core_used": 40} })(ago(9))
	got, _ := signal(assess(t, history(buyer(), used(10, 1), wms), now), policy.SignalUsageFall)
	if got.Severity != catalogue.SignalSevere || got.Recent != 25 || !contains(got.Says.En, "of erp") {
		t.Errorf("a product that is used well hides one that is not: %+v", got)
	}
}

// more complaints than before, repeated remarks about one feature and
// frequent changes of contacts ask for attention at once.
func TestAbnormalBehaviour(t *testing.T) {
	complaint := of(catalogue.EntryComplaint, catalogue.Inbound)
	if _, found := signal(assess(t, history(buyer(), complaint(ago(5))), now), policy.SignalComplaints); found {
		t.Error("one complaint is not more than usual")
	}
	if s, _ := signal(assess(t, history(buyer(), complaint(ago(5)), complaint(ago(3))), now), policy.SignalComplaints); s.Severity != catalogue.SignalWarning || s.Action != "immediate_attention" {
		t.Errorf("two: %+v", s)
	}
	usual := spread(9, 120, 31, complaint)
	if _, found := signal(assess(t, history(append(usual, buyer(), complaint(ago(5)), complaint(ago(3)))...), now), policy.SignalComplaints); found {
		t.Error("two a month are its usual")
	}
	remark := of(catalogue.EntryFeedback, catalogue.Inbound, data("feature", "export"))
	other := of(catalogue.EntryFeedback, catalogue.Inbound, data("feature", "print"))
	if _, found := signal(assess(t, history(buyer(), remark(ago(9)), other(ago(8))), now), policy.SignalRemarks); found {
		t.Error("two remarks about two features are not repeated")
	}
	if s, _ := signal(assess(t, history(buyer(), remark(ago(9)), other(ago(8)), remark(ago(7))), now), policy.SignalRemarks); s.Severity != catalogue.SignalWarning || s.Recent != 2 || !contains(s.Says.En, "export") {
		t.Errorf("two about one: %+v", s)
	}
	inCase := of(catalogue.EntryComplaint, catalogue.Inbound, data("feature", "export", "status", "opened"))
	sorted := of(catalogue.EntryCase, catalogue.Neither, data("feature", "export", "status", "about"))
	if s, _ := signal(assess(t, history(buyer(), inCase(ago(9)), sorted(ago(7))), now), policy.SignalRemarks); s.Recent != 2 || !contains(s.Says.En, "export") {
		t.Errorf("two cases about one feature: %+v", s)
	}
	h := history(buyer())
	for i, id := range []string{"li", "wu", "sun"} {
		h.Take(standing.FromContact(fmt.Sprintf("f%d", i), ago(float64(60-i*10)), catalogue.ContactChanged{Change: catalogue.ContactLeft, After: catalogue.Contact{ID: id, Key: true, LeftAt: ago(float64(60 - i*10))}})...)
		s, found := signal(assess(t, h, now), policy.SignalContactChanges)
		if want := []string{"", catalogue.SignalWarning, catalogue.SignalSevere}[i]; found != (want != "") || s.Severity != want {
			t.Errorf("%d changes: %q", i+1, s.Severity)
		}
	}
}

// the five rows of the root-cause model are pointed to by the signs that
// show them, each with how it is recognised and answered.
func TestRootCauses(t *testing.T) {
	compared := of(catalogue.EntryCall, catalogue.Inbound, data("compared", "rival", "feature", "export"))
	h := history(buyer(), rating(ago(9), 20), compared(ago(9)), compared(ago(4)))
	h.Take(standing.FromContact("f", ago(9), catalogue.ContactChanged{Change: catalogue.ContactLeft, After: catalogue.Contact{ID: "li", Key: true, LeftAt: ago(9)}})...)
	want := []string{"service_experience", "need_mismatch", "relationship_gap", "price_interest", "detection"}
	s := assess(t, h, now)
	if fmt.Sprint(s.Causes) != fmt.Sprint(want) {
		t.Errorf("%v, want %v (signals %v, groups %v)", s.Causes, want, s.Signals, s.Groups)
	}
	rows := policy.Defaults().Standing.RootCauses
	for i, r := range rows {
		if r.ID != want[i] || r.Seen.Zh == "" || r.Answer.Zh == "" || len(r.Signals) == 0 {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	for _, name := range policy.SignalNames {
		n := 0
		for _, r := range rows {
			for _, s := range r.Signals {
				if s == name {
					n++
				}
			}
		}
		if n != 1 {
			t.Errorf("%s points to %d rows", name, n)
		}
	}
}
