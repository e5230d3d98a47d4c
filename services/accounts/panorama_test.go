package accounts_test

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

type glance struct {
	Customer struct{ ID, Name string }
	Owner    string
	Window   string
	Needs    []struct{ Need string }
	Promise  *struct {
		What    string
		By      string
		Due     instant.Time
		Overdue bool
	} `json:"last_promise"`
	Objections []struct {
		Objection string
		Subject   catalogue.Subject
	} `json:"open_objections"`
	Questions []struct{ Question, Answer string }
	Decides   []struct{ Name, Role string } `json:"who_decides"`
	Running   []struct {
		Subject       catalogue.Subject
		Status, Stage string
		Says          lang.Text
	}
	Next []struct {
		Journey, Rule string
		Due           instant.Time
		Because       []string
	}
	Won      []struct{ Deal, Fulfilled string }
	Standing *struct {
		Lifecycle string
		Health    int
	}
	Findings []struct{ Rule string }
	Timeline []catalogue.TimelineEntry
}

func (o *office) panorama(customer string) glance {
	o.t.Helper()
	var g glance
	if status, _ := o.call("director", "GET", "/v1/customers/"+customer+"/panorama", nil, &g); status != 200 {
		o.t.Fatalf("panorama: %d", status)
	}
	return g
}

func (g glance) runs(kind, id string) bool {
	for _, r := range g.Running {
		if r.Subject.Kind == kind && r.Subject.ID == id {
			return true
		}
	}
	return false
}

func (g glance) finds(rule string) bool {
	return slices.ContainsFunc(g.Findings, func(f struct{ Rule string }) bool { return f.Rule == rule })
}

// seenWithin is how soon a change is to be seen by every department.
const seenWithin = 2 * time.Second

// whoever takes over sees in one call what is
// needed, promised, objected, who decides, what runs, what comes next and why; and
// every department sees a change within two seconds of the fact.
func TestWhoeverTakesOverSeesEverything(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	now := instant.Now()
	at := now.Add(-48 * time.Hour)
	seen := func(what string, is func(glance) bool) {
		t.Helper()
		if took := until(t, what, func() bool { return is(r.panorama(c)) }); took > seenWithin {
			t.Errorf("%s was seen after %v", what, took)
		} else {
			t.Logf("%s: seen after %v", what, took.Round(time.Millisecond))
		}
	}
	r.happens("ownership/"+c, c, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: c, Owner: "wang", Since: at, Window: "zhao"}, Reason: "intake"})
	seen("the owner", func(g glance) bool { return g.Owner == "wang" && g.Window == "zhao" })

	deal := catalogue.Deal{ID: "d1", Title: "螺丝一批", Customer: c, Pipeline: "p7", Stage: "quoted", StageType: "quoted", StageSince: at, Outcome: catalogue.DealOpen, OpenedAt: at,
		Owner: "wang", Need: "不锈钢螺丝", DecisionMaker: "李总", ClocksFrom: at, StageFollowUps: 1}
	fact := r.happens("deal/d1", c, &catalogue.DealOpened{After: deal})
	seen("the deal", func(g glance) bool { return g.runs("deal", "d1") && g.Needs[0].Need == "不锈钢螺丝" })
	due := now.Add(72 * time.Hour)
	r.happens("deal/d1", c, &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: "f1", Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, By: "wang", OccurredAt: at, RecordedAt: at,
		Channel: "phone", Direction: "outbound", KeyPoints: "三天内可发样", NextAction: "寄样品", NextTouchAt: due, Objections: []string{"price"}, Question: "样品多久能到？", Counts: true}})
	seen("promise, objection and question", func(g glance) bool {
		return g.Promise != nil && g.Promise.What == "寄样品" && g.Promise.By == "wang" && g.Promise.Due == due && !g.Promise.Overdue &&
			len(g.Objections) == 1 && g.Objections[0].Objection == "price" && len(g.Questions) == 1 && g.Questions[0].Answer == "三天内可发样" && len(g.Timeline) == 3
	})
	r.happens("decision/deal/d1", c, &catalogue.Decided{Journey: "deal/d1", Process: "deal", Number: 1, At: now, Policy: 1, Stage: "quoted", Says: lang.T("等待寄样", "Waits for the sample"),
		Pending: []catalogue.Obligation{{ID: "deal:d1:idle:1", Rule: "idle", Episode: "1", Due: now.Add(7 * 24 * time.Hour), Does: lang.T("提醒", "Remind"), Because: []string{fact}}}})
	seen("what comes next and why", func(g glance) bool {
		return len(g.Next) == 1 && g.Next[0].Rule == "idle" && g.Next[0].Because[0] == fact && g.Running[0].Says.En == "Waits for the sample"
	})
	r.happens("case/k1", c, &catalogue.CaseOpened{After: catalogue.Case{ID: "k1", Customer: c, Kind: "complaint", Title: "少发一箱", Channel: "phone", Priority: "high", Owner: "zhao", Status: catalogue.CaseNew,
		ReportedAt: now, OpenedAt: now, OpenedBy: "wang", Round: 1, RoundAt: now, Response: catalogue.CaseClock{Within: "4wh"}, Solution: catalogue.CaseClock{Within: "2wd"}}, Entry: catalogue.CaseEntry{N: 1, Side: "inbound", Text: "少发一箱", At: now}})
	seen("the case", func(g glance) bool { return g.runs("case", "k1") })
	d := deal
	d.Outcome, d.Stage, d.StageType, d.ClosedAt = catalogue.DealWon, "won", "won", now
	r.happens("deal/d1", c, &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealWon, State: d})
	seen("the win: the deal runs no more", func(g glance) bool {
		return !g.runs("deal", "d1") && len(g.Won) == 1 && len(g.Objections) == 0 && g.Promise.What == "寄样品" && len(g.Next) == 0
	})
	bought := orderOf(c, "1", 2933)
	bought["placed_at"] = now.String()
	r.call("journeys", "POST", "/v1/orders", bought, nil)
	seen("the order fulfils the win", func(g glance) bool { return g.Won[0].Fulfilled != "" && g.Timeline[0].Kind != "" })

	for who, want := range map[string]int{"wang": 200, "zhao": 403, "tech": 403} { // C-17
		if status, _ := r.call(who, "GET", "/v1/customers/"+c+"/panorama", nil, nil); status != want {
			t.Errorf("%s: %d, want %d", who, status, want)
		}
	}
	if status, _ := r.call("director", "GET", "/v1/customers/nobody/panorama", nil, nil); status != 404 {
		t.Errorf("nobody: %d", status)
	}
}

// a stage that the customer's behaviour contradicts is found, listed with the
// customer and over all, settled when the customer speaks, and can be set aside.
func TestWhatTheSystemSaysAndTheCustomerDoes(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	now := instant.Now()
	long := now.Add(-31 * 24 * time.Hour)
	amount := money.Of(500000, "CNY")
	deal := catalogue.Deal{ID: "d1", Title: "年框", Customer: c, Pipeline: "p7", Stage: "negotiation", StageType: "negotiation", StageSince: long, Outcome: catalogue.DealOpen, OpenedAt: long, ClocksFrom: long, Amount: &amount}
	r.happens("deal/d1", c, &catalogue.DealOpened{After: deal})
	until(t, "a finding", func() bool { return r.panorama(c).finds("negotiation_silent") })
	var all struct{ Items []catalogue.Finding }
	r.call("director", "GET", "/v1/customers/findings?rule=negotiation_silent", nil, &all)
	if len(all.Items) != 1 || all.Items[0].Customer != c || all.Items[0].Status != "open" || all.Items[0].Subject.ID != "d1" {
		t.Fatalf("over all: %+v", all.Items)
	}
	var wangs struct{ Items []catalogue.Finding }
	r.call("zhao", "GET", "/v1/customers/findings", nil, &wangs)
	if len(wangs.Items) != 0 {
		t.Errorf("a stranger's: %+v", wangs.Items)
	}
	// The customer speaks: the two agree again.
	var told answer
	r.call("journeys", "POST", "/v1/timeline", draft(c, "mail", "m1", now.Add(-time.Hour).String(), "inbound"), &told)
	until(t, "it is settled", func() bool {
		r.call("director", "GET", "/v1/customers/"+c+"/findings", nil, &all)
		return len(all.Items) == 1 && all.Items[0].Status == "settled" && !r.panorama(c).finds("negotiation_silent")
	})
	won := deal
	won.ID, won.Title, won.Outcome, won.Stage, won.StageType, won.ClosedAt = "d2", "首单", catalogue.DealWon, "won", "won", long
	r.happens("deal/d2", c, &catalogue.DealImported{After: won})
	until(t, "a win without order", func() bool { return r.panorama(c).finds("won_without_order") })
	aside := map[string]any{"finding": "won_without_order:deal/d2"}
	if status, _ := r.call("director", "POST", "/v1/customers/"+c+"/findings/set-aside", aside, nil); status != 422 {
		t.Errorf("without reason: %d", status)
	}
	aside["reason"] = "由经销商下单"
	var f catalogue.Finding
	if status, _ := r.call("director", "POST", "/v1/customers/"+c+"/findings/set-aside", aside, &f); status != 200 || f.Status != "set_aside" || f.By != "director" {
		t.Errorf("set aside: %d %+v", status, f)
	}
	if status, _ := r.call("director", "POST", "/v1/customers/"+c+"/findings/set-aside", aside, nil); status != 409 {
		t.Errorf("again: %d", status)
	}
	r.call("journeys", "POST", "/v1/timeline", draft(c, "mail", "m2", now.String(), "inbound"), &told)
	until(t, "the mail", func() bool { return len(r.panorama(c).Timeline) >= 4 })
	all.Items = nil
	r.call("director", "GET", "/v1/customers/findings", nil, &all)
	if len(all.Items) != 0 {
		t.Errorf("what was set aside came up again: %+v", all.Items)
	}
}

// what time alone makes doubtful is found when its time has come, without
// any fact, and without looking through all customers.
func TestTimeAloneRaisesAFinding(t *testing.T) {
	r := run(t)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	since := instant.Now().Add(-30*24*time.Hour + 1500*time.Millisecond)
	deal := catalogue.Deal{ID: "d1", Title: "年框", Customer: c, Pipeline: "p7", Stage: "quoted", StageType: "quoted", StageSince: since, Outcome: catalogue.DealOpen, OpenedAt: since, ClocksFrom: since}
	r.happens("deal/d1", c, &catalogue.DealOpened{After: deal})
	until(t, "the deal", func() bool { return r.panorama(c).runs("deal", "d1") })
	if instant.Now() < since.Add(30*24*time.Hour) && r.panorama(c).finds("negotiation_silent") {
		t.Error("it was found too early")
	}
	until(t, "a finding", func() bool { return r.panorama(c).finds("negotiation_silent") })
	if late := instant.Now().Sub(since.Add(30 * 24 * time.Hour)); late > seenWithin {
		t.Errorf("found %v late", late)
	}
}

// of two customers that turn out to be one, everything is seen at
// one; when that is undone, each has its own back, with what came of it since.
func TestThePanoramaFollowsMergesAndTheirUndoing(t *testing.T) {
	r := run(t)
	keep, drop := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("上海华星商贸有限公司", "13912345678")
	at := instant.Now().Add(-48 * time.Hour)
	open := func(customer, id string) catalogue.Deal {
		d := catalogue.Deal{ID: id, Title: id, Customer: customer, Pipeline: "p7", Stage: "need", StageType: "need", StageSince: at, Outcome: catalogue.DealOpen, OpenedAt: at, ClocksFrom: at}
		r.happens("deal/"+id, customer, &catalogue.DealOpened{After: d})
		return d
	}
	open(keep, "mine")
	theirs := open(drop, "theirs")
	until(t, "both deals", func() bool { return r.panorama(keep).runs("deal", "mine") && r.panorama(drop).runs("deal", "theirs") })
	var m catalogue.Merge
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": keep, "drop": drop, "reason": "同一家"}, &m); status != 200 && status != 201 {
		t.Fatalf("merge: %d", status)
	}
	into, from := m.Into, m.From
	until(t, "both deals at one", func() bool {
		g := r.panorama(from)
		return g.Customer.ID == into && g.runs("deal", "mine") && g.runs("deal", "theirs")
	})
	before := theirs
	theirs.Stage, theirs.StageType = "solution", "solution"
	r.happens("deal/theirs", into, &catalogue.DealChanged{Before: before, After: theirs, Changed: []string{"stage"}})
	until(t, "the step", func() bool {
		for _, d := range r.panorama(into).Running {
			if d.Subject.ID == "theirs" && d.Stage == "solution" {
				return true
			}
		}
		return false
	})
	if status, _ := r.call("director", "POST", "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "两家"}, nil); status != 200 {
		t.Fatalf("undo: %d", status)
	}
	own := map[string]string{keep: "mine", drop: "theirs"}
	until(t, "each deal at its own", func() bool {
		a, b := r.panorama(keep), r.panorama(drop)
		return a.Customer.ID == keep && b.Customer.ID == drop && a.runs("deal", own[keep]) && b.runs("deal", own[drop]) && !a.runs("deal", own[drop]) && !b.runs("deal", own[keep])
	})
	if d := r.panorama(drop).Running[0]; d.Stage != "solution" {
		t.Errorf("it came back as it was: %+v", d)
	}
}
