package deal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

// story is a deal with its history, decided on as the host would.
type story struct {
	*journeytest.Journey
	h  *journeytest.History
	at instant.Time // opening
}

func stage(id, kind string) func(*catalogue.Deal) {
	return func(d *catalogue.Deal) { d.Stage, d.StageType = id, kind }
}

func begin(t *testing.T, view *policy.View, change ...func(*catalogue.Deal)) *story {
	t.Helper()
	at := journeytest.At(t, "2026-03-02 09:00")
	s := &story{Journey: journeytest.Start(t, journey.Of(deal.Rules), "d1", view), h: journeytest.New(t), at: at}
	s.tell(at, &catalogue.DealOpened{After: s.deal(change...)})
	return s
}

func (s *story) deal(change ...func(*catalogue.Deal)) catalogue.Deal {
	d := catalogue.Deal{ID: "d1", Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageType: "contact", StageSince: s.at, ClocksFrom: s.at,
		Outcome: catalogue.DealOpen}
	for _, c := range change {
		c(&d)
	}
	return d
}

// tell lets time pass to an instant and brings facts then.
func (s *story) tell(at instant.Time, data ...catalogue.Data) {
	s.Until(at - ms)
	n := len(s.h.Events)
	s.h.Tell("deal/d1", at, data...)
	s.Decide(at, s.h.Events[n:]...)
}

func follow(at instant.Time, change ...func(*catalogue.FollowUp)) *catalogue.FollowUpRecorded {
	u := catalogue.FollowUp{ID: fmt.Sprint("f", at), Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, By: "zhang", OccurredAt: at, Direction: "inbound", NextTouchAt: at + 100*day, Counts: true}
	for _, c := range change {
		c(&u)
	}
	return &catalogue.FollowUpRecorded{FollowUp: u}
}

func outbound(u *catalogue.FollowUp)  { u.Direction = "outbound" }
func uncounted(u *catalogue.FollowUp) { u.Counts, u.NextTouchAt = false, 0 }

func moved(s *story, at instant.Time, before, after, kind string, forward bool, change ...func(*catalogue.Deal)) *catalogue.StageChanged {
	change = append([]func(*catalogue.Deal){stage(after, kind)}, change...)
	return &catalogue.StageChanged{Deal: "d1", Before: before, After: after, At: at, Forward: forward, State: s.deal(change...)}
}

// boundary tells that a rule fires exactly at an instant: not a millisecond before.
func boundary(t *testing.T, s *story, rule string, due instant.Time) {
	t.Helper()
	s.Until(due - ms)
	s.Decide(due - ms)
	if s.DidFire(rule) {
		t.Fatalf("%s fired before %s", rule, due)
	}
	if got := s.Due(rule); got != due {
		t.Fatalf("%s is pending for %s, want %s", rule, got, due)
	}
	s.Decide(due)
	if !s.DidFire(rule) {
		t.Fatalf("%s did not fire at %s; fired %v", rule, due, s.Rules())
	}
	before := len(s.Fired)
	s.Decide(due + ms)
	if len(s.Fired) != before {
		t.Fatalf("%s fired again a millisecond later: %v", rule, s.Rules())
	}
}

// no follow-up for exactly seven days reminds the owner, 10 warn, 14 mark at risk.
func TestIdleSevenDays(t *testing.T) {
	s := begin(t, journeytest.View(t))
	boundary(t, s, "idle.0", s.at+7*day)
	var r effects.Remind
	s.Effect("idle.0", journey.Remind, &r)
	if r.Level != catalogue.LevelRemind || r.Owner != "zhang" || r.Late || !strings.Contains(r.Text.Zh, "7天没有跟进") || r.Due != s.at+7*day {
		t.Errorf("reminder %+v", r)
	}
	boundary(t, s, "idle.1", s.at+10*day)
	boundary(t, s, "idle.2", s.at+14*day)
	if e := s.Effect("idle.2", journey.SetMark, nil); e.Mark != "at_risk" {
		t.Errorf("mark %q", e.Mark)
	}
	if s.Last.Status.Risk != "at_risk" {
		t.Errorf("risk %q", s.Last.Status.Risk)
	}
	s.tell(s.at+15*day, follow(s.at+15*day))
	if e := s.Effect("at_risk_over", journey.ClearMark, nil); e.Mark != "at_risk" || s.Last.Status.Risk != "" {
		t.Errorf("at risk although followed up: %+v", e)
	}
	if got := s.Due("idle.0"); got != s.at+22*day {
		t.Errorf("idle.0 is due at %s, want seven days after the follow-up", got)
	}
}

// only a follow-up that names the next touch resets the clock; one
// that does not is marked, until one does.
func TestFollowUpWithoutNextTouchDoesNotCount(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+5*day, follow(s.at+5*day, uncounted))
	if got := s.Due("idle.0"); got != s.at+7*day {
		t.Errorf("idle.0 moved to %s", got)
	}
	if e := s.Effect("no_next_touch", journey.SetMark, nil); e.Mark != "no_next_touch" {
		t.Errorf("mark %q", e.Mark)
	}
	s.tell(s.at+6*day, follow(s.at+6*day))
	s.Effect("no_next_touch_over", journey.ClearMark, nil)
	if got := s.Due("idle.0"); got != s.at+13*day {
		t.Errorf("idle.0 is due at %s", got)
	}
}

// A follow-up that is recorded late counts from when it happened.
func TestLateRecordedFollowUp(t *testing.T) {
	s := begin(t, journeytest.View(t))
	u := follow(s.at + 2*day)
	s.tell(s.at+6*day, u)
	if got := s.Due("idle.0"); got != s.at+9*day {
		t.Errorf("idle.0 is due at %s, want seven days after it happened", got)
	}
}

// C-02: the proposal stage warns after exactly 14 days in the stage,
// whatever follow-ups there were; with the other clock they reset it.
func TestDwellClocks(t *testing.T) {
	s := begin(t, journeytest.View(t), stage("proposed", "solution"))
	s.tell(s.at+6*day, follow(s.at+6*day))
	s.tell(s.at+12*day, follow(s.at+12*day))
	boundary(t, s, "dwell.0", s.at+14*day)
	var r effects.Remind
	if s.Effect("dwell.0", journey.Remind, &r); r.Level != catalogue.LevelWarn {
		t.Errorf("level %s, want warn: owner and manager", r.Level)
	}
	other := journeytest.View(t, func(p *policy.Sections) { p.Pipelines.Pipelines[0].Stages[2].DwellClock = policy.ClockWithoutFollowUp })
	s = begin(t, other, stage("proposed", "solution"))
	s.tell(s.at+6*day, follow(s.at+6*day))
	boundary(t, s, "dwell.0", s.at+20*day)
}

// a new stage starts its clocks anew.
func TestStageChangeStartsItsClocks(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+3*day, moved(s, s.at+3*day, "contacted", "need_confirmed", "need", true))
	boundary(t, s, "dwell.0", s.at+17*day)
	if got := s.Last.Status.Stage; got != "need_confirmed" {
		t.Errorf("stage %s", got)
	}
}

// the third communication without progress marks the deal at risk, with
// the three as evidence; going back is no progress, going forward lifts it.
func TestNoProgress(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+1*day, follow(s.at+1*day))
	s.tell(s.at+2*day, moved(s, s.at+2*day, "need_confirmed", "contacted", "contact", false))
	s.tell(s.at+3*day, follow(s.at+3*day))
	if s.DidFire("no_progress") {
		t.Fatal("two are not several")
	}
	s.tell(s.at+4*day, follow(s.at+4*day))
	var m effects.SetMark
	s.Effect("no_progress", journey.SetMark, &m)
	if want := []string{"deal/d1/2/0", "deal/d1/4/0", "deal/d1/5/0"}; !slices.Equal(m.Evidence, want) {
		t.Errorf("evidence %v, want %v", m.Evidence, want)
	}
	s.tell(s.at+5*day, follow(s.at+5*day))
	if s.DidFire("at_risk_over") {
		t.Error("a fourth follow-up is no progress")
	}
	s.tell(s.at+6*day, moved(s, s.at+6*day, "contacted", "need_confirmed", "need", true))
	s.Effect("at_risk_over", journey.ClearMark, nil)
}

// C-04: a quote, or entering the quoted stage, makes one task due in 24 hours.
func TestQuoteConfirmation(t *testing.T) {
	for name, facts := range map[string]func(s *story, at instant.Time) []catalogue.Data{
		"quote sent": func(s *story, at instant.Time) []catalogue.Data { return []catalogue.Data{quote("q1", at)} },
		"stage entered": func(s *story, at instant.Time) []catalogue.Data {
			return []catalogue.Data{moved(s, at, "contacted", "quoted", "quoted", true)}
		},
		"both at once": func(s *story, at instant.Time) []catalogue.Data {
			return []catalogue.Data{quote("q1", at), moved(s, at, "contacted", "quoted", "quoted", true)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, journeytest.View(t))
			at := s.at + day
			s.tell(at, facts(s, at)...)
			var task effects.CreateTask
			e := s.Effect("quote_confirm", journey.CreateTask, &task)
			if task.Kind != catalogue.TaskQuoteConfirm || task.Due != at+24*hour || task.Assignee != "zhang" || !strings.HasPrefix(e.ID, "deal:d1:quote_confirm:2:") {
				t.Errorf("task %+v under %s", task, e.ID)
			}
			if n := count(s, "quote_confirm"); n != 1 {
				t.Errorf("%d tasks, want 1", n)
			}
			boundary(t, s, "quote_confirm_overdue.0", at+24*hour)
			boundary(t, s, "quote_confirm_overdue.1", at+28*hour)
			s.tell(at+30*hour, follow(at+30*hour))
			if s.Due("quote_confirm_overdue.0") != 0 {
				t.Error("still pending after the follow-up")
			}
		})
	}
}

func quote(id string, at instant.Time) *catalogue.QuoteSent {
	return &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: id, SentAt: at}, Owner: "zhang"}
}

func count(s *story, rule string) int {
	n := 0
	for _, r := range s.Rules() {
		if r == rule {
			n++
		}
	}
	return n
}

// no reply for the stage's three days makes a second-touch task; a reply resets it.
func TestNoReply(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, follow(s.at+hour, outbound))
	boundary(t, s, "no_reply", s.at+hour+3*day)
	var task effects.CreateTask
	if s.Effect("no_reply", journey.CreateTask, &task); task.Kind != catalogue.TaskSecondTouch {
		t.Errorf("task %+v", task)
	}
	s = begin(t, journeytest.View(t))
	s.tell(s.at+hour, follow(s.at+hour, outbound))
	s.tell(s.at+2*day, follow(s.at+2*day, uncounted)) // the customer called; any word counts
	if s.Due("no_reply") != 0 || s.Due("unanswered") != 0 {
		t.Error("pending although the customer replied")
	}
}

// C-06: an outbound contact is unanswered after three working days; it is another
// rule than no reply, and any inbound resets the count.
func TestUnansweredRunsOnWorkingDays(t *testing.T) {
	s := begin(t, journeytest.View(t))
	at := journeytest.At(t, "2026-03-05 10:00") // Thursday: three working days later is Tuesday
	s.tell(at, follow(at, outbound))
	boundary(t, s, "unanswered", journeytest.At(t, "2026-03-10 10:00"))
}

// the planned next touch reminds when due and escalates four hours past it.
func TestNextTouch(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, follow(s.at+hour, func(u *catalogue.FollowUp) { u.ID, u.NextTouchAt = "f1", s.at+2*day }))
	boundary(t, s, "next_touch.0", s.at+2*day)
	boundary(t, s, "next_touch.1", s.at+2*day+4*hour)
	var r effects.Remind
	if s.Effect("next_touch.1", journey.Remind, &r); r.Level != catalogue.LevelEscalate {
		t.Errorf("level %s", r.Level)
	}
	moved := &catalogue.TaskChanged{After: catalogue.Task{ID: "f1", Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, Status: catalogue.TaskOpen, Due: s.at + 4*day}, Reason: "postponed"}
	s.Decide(s.at+3*day, s.h.Tell("task/f1", s.at+3*day, moved))
	if n := count(s, "next_touch.0"); n != 1 {
		t.Errorf("%d reminders", n)
	}
	s.Until(s.at + 4*day)
	if n := count(s, "next_touch.0"); n != 2 { // a new promise
		t.Errorf("%d reminders after it was postponed, want 2", n)
	}
}

// after a change of owner, reminders go to whoever holds it now.
func TestRemindersFollowTheOwner(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+6*day, &catalogue.DealAssigned{Deal: "d1", Before: "zhang", After: "li", Reason: "owner_left"})
	s.Until(s.at + 7*day)
	var r effects.Remind
	if s.Effect("idle.0", journey.Remind, &r); r.Owner != "li" {
		t.Errorf("reminder to %s, want li", r.Owner)
	}
}

// warnings 7, 3 and 1 days before, then back to the pool, once; in the
// pool nothing runs; whoever claims it has the whole time again.
func TestRecycle(t *testing.T) {
	s := begin(t, journeytest.View(t))
	boundary(t, s, "recycle_warn.0", s.at+23*day)
	boundary(t, s, "recycle_warn.1", s.at+27*day)
	boundary(t, s, "recycle_warn.2", s.at+29*day)
	boundary(t, s, "recycle", s.at+30*day)
	var r effects.Recycle
	if s.Effect("recycle", journey.Recycle, &r); r.From != "zhang" || r.LastFollowUp != 0 || r.Reason == "" {
		t.Errorf("recycling %+v", r)
	}
	s.tell(s.at+30*day+hour, &catalogue.DealAssigned{Deal: "d1", Before: "zhang", Reason: "recycle"})
	if len(s.Last.Pending) != 0 || s.Last.Ended {
		t.Errorf("in the pool: pending %v, ended %v", s.Last.Pending, s.Last.Ended)
	}
	s.tell(s.at+40*day, &catalogue.DealAssigned{Deal: "d1", After: "li", Reason: "claim"})
	if s.Due("recycle") != s.at+70*day || s.Due("idle.0") != s.at+47*day {
		t.Errorf("after the claim: recycle %s, idle %s", s.Due("recycle"), s.Due("idle.0"))
	}
}

// a follow-up restarts the time to recycling, which names it.
func TestRecycleNamesTheLastFollowUp(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+20*day, follow(s.at+20*day))
	boundary(t, s, "recycle", s.at+50*day)
	var r effects.Recycle
	if s.Effect("recycle", journey.Recycle, &r); r.LastFollowUp != s.at+20*day {
		t.Errorf("last follow-up %s", r.LastFollowUp)
	}
}

// a quote that nobody confirmed within 48 hours is a leak, until it is confirmed.
func TestLeakUnconfirmedQuote(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, quote("q1", s.at+hour))
	s.tell(s.at+2*hour, quote("q2", s.at+2*hour))
	boundary(t, s, "leak.unconfirmed_quote", s.at+50*hour)
	var m effects.SetMark
	e := s.Effect("leak.unconfirmed_quote", journey.SetMark, &m)
	if e.Mark != "leak.unconfirmed_quote" || !slices.Equal(m.Evidence, []string{"deal/d1/3/0"}) {
		t.Errorf("mark %s, evidence %v", e.Mark, m.Evidence)
	}
	s.tell(s.at+51*hour, &catalogue.QuoteConfirmed{Deal: "d1", Quote: "q1", At: s.at + 51*hour})
	if s.DidFire("leak.unconfirmed_quote_over") {
		t.Error("the older quote was confirmed, not the newer")
	}
	s.tell(s.at+52*hour, &catalogue.QuoteConfirmed{Deal: "d1", Quote: "q2", At: s.at + 52*hour})
	s.Effect("leak.unconfirmed_quote_over", journey.ClearMark, nil)
}

// an objection without tag, or the same question twice, is a leak; tags mend it.
func TestLeakUnrecordedObjection(t *testing.T) {
	question := func(q string) func(*catalogue.FollowUp) { return func(u *catalogue.FollowUp) { u.Question = q } }
	tags := func(u *catalogue.FollowUp) { u.Objections = []string{"price"} }
	for name, c := range map[string]struct {
		follow   [][]func(*catalogue.FollowUp)
		evidence []string
	}{
		"a result that tells of one":         {[][]func(*catalogue.FollowUp){{func(u *catalogue.FollowUp) { u.Result = "not_interested" }}}, []string{"deal/d1/2/0"}},
		"a question that names one":          {[][]func(*catalogue.FollowUp){{question("你们的价格能低吗？")}}, []string{"deal/d1/2/0"}},
		"the same question in another guise": {[][]func(*catalogue.FollowUp){{question("何时交货？")}, {question("何时 交货")}}, []string{"deal/d1/2/0", "deal/d1/3/0"}},
		"one that was tagged":                {[][]func(*catalogue.FollowUp){{question("价格？"), tags}}, nil},
		"two different questions":            {[][]func(*catalogue.FollowUp){{question("何时交货？")}, {question("谁来安装？")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, journeytest.View(t))
			for i, u := range c.follow {
				at := s.at + instant.Time(i+1)*hour
				s.tell(at, follow(at, u...))
			}
			if c.evidence == nil {
				if s.DidFire("leak.unrecorded_objection") {
					t.Error("no leak, but marked")
				}
				return
			}
			var m effects.SetMark
			if s.Effect("leak.unrecorded_objection", journey.SetMark, &m); !slices.Equal(m.Evidence, c.evidence) {
				t.Errorf("evidence %v, want %v", m.Evidence, c.evidence)
			}
			s.tell(s.at+day, follow(s.at+day, tags))
			s.Effect("leak.unrecorded_objection_over", journey.ClearMark, nil)
		})
	}
}

// near signature without decision maker or procurement node is a leak.
func TestLeakMissingDecisionNode(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, moved(s, s.at+hour, "contacted", "to_sign", "decision", true, func(d *catalogue.Deal) { d.DecisionMaker = "王总" }))
	s.Effect("leak.missing_decision_node", journey.SetMark, nil)
	both := s.deal(stage("to_sign", "decision"), func(d *catalogue.Deal) { d.DecisionMaker, d.ProcurementNode = "王总", "采购部" })
	s.tell(s.at+2*hour, &catalogue.DealChanged{After: both, Changed: []string{"procurement_node"}})
	s.Effect("leak.missing_decision_node_over", journey.ClearMark, nil)
}

// won, and no revisit planned for seven days, is a leak; then the journey ends.
func TestLeakWonWithoutRevisit(t *testing.T) {
	won := func(s *story, at instant.Time) *catalogue.DealClosed {
		return &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealWon, State: s.deal(stage("won", "won"), func(d *catalogue.Deal) { d.Outcome, d.ClosedAt = catalogue.DealWon, at })}
	}
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, won(s, s.at+hour))
	if s.Last.Ended {
		t.Fatal("ended before the leak could show")
	}
	boundary(t, s, "leak.won_without_revisit", s.at+hour+7*day)
	if !s.Last.Ended {
		t.Error("not ended")
	}
	s.tell(s.at+9*day, follow(s.at+9*day))
	s.Effect("leak.won_without_revisit_over", journey.ClearMark, nil)

	s = begin(t, journeytest.View(t))
	s.tell(s.at+hour, won(s, s.at+hour))
	s.tell(s.at+2*day, follow(s.at+2*day))
	s.Until(s.at + 60*day)
	if s.DidFire("leak.won_without_revisit") || !s.Last.Ended {
		t.Errorf("a revisit was planned; fired %v, ended %v", s.Rules(), s.Last.Ended)
	}
}

// a leak that the policy switches off is not marked.
func TestLeakSwitchedOff(t *testing.T) {
	s := begin(t, journeytest.View(t, func(p *policy.Sections) { p.Risk.Leaks = nil }))
	s.tell(s.at+hour, quote("q1", s.at+hour))
	s.Until(s.at + 60*day)
	if s.DidFire("leak.unconfirmed_quote") {
		t.Error("marked")
	}
}

// Imported deals run their clocks from the import, not from their dates.
func TestImportedDealsClocks(t *testing.T) {
	s := begin(t, journeytest.View(t), func(d *catalogue.Deal) {
		d.Imported, d.StageSince, d.OpenedAt, d.NextTouchAt = true, d.ClocksFrom-400*day, d.ClocksFrom-500*day, d.ClocksFrom-300*day
	})
	if len(s.Fired) != 0 {
		t.Errorf("fired on import: %v", s.Rules())
	}
	boundary(t, s, "idle.0", s.at+7*day)
	boundary(t, s, "dwell.0", s.at+10*day)
}

// a deal without customer is matched and linked at once.
func TestMatch(t *testing.T) {
	s := begin(t, journeytest.View(t), func(d *catalogue.Deal) { d.Customer = "" })
	var m effects.MatchCustomer
	if s.Effect("match", journey.LinkCustomer, &m); m.Name != "海天" {
		t.Errorf("match %+v", m)
	}
}

// an imported deal whose account is missing is no customer's, until
// somebody says whose it is.
func TestNoMatchWithoutCompany(t *testing.T) {
	s := begin(t, journeytest.View(t), func(d *catalogue.Deal) { d.Customer, d.Company, d.Title = "", "", "GTX Pro" })
	if strings.Contains(strings.Join(s.Rules(), " "), "match") {
		t.Fatalf("a customer without a name is asked for: %v", s.Rules())
	}
	named := catalogue.Deal{ID: "d1", Company: "海天", Title: "GTX Pro"}
	s.tell(s.at+hour, &catalogue.DealChanged{After: named, Changed: []string{"company"}})
	var m effects.MatchCustomer
	if s.Effect("match", journey.LinkCustomer, &m); m.Name != "海天" {
		t.Errorf("match %+v", m)
	}
}

// A due time in the past, after an outage, fires at once, in due order, marked late.
func TestAfterAnOutage(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.Decide(s.at + 12*day)
	if got := strings.Join(s.Rules(), " "); got != "idle.0 dwell.0 idle.1" {
		t.Errorf("fired %s", got)
	}
	for _, f := range s.Fired {
		if !f.Late {
			t.Errorf("%s is not marked late", f.Obligation.Rule)
		}
	}
	var r effects.Remind
	if s.Effect("idle.0", journey.Remind, &r); !r.Late {
		t.Error("the reminder does not say that it is late")
	}
}

// What an operator reads: where it stands and what happens next, in both languages.
func TestSays(t *testing.T) {
	s := begin(t, journeytest.View(t))
	if got, want := s.Last.Says.Zh, "海天 · 已联系，由 zhang 负责；若无人处理，2026-03-09 09:00 提醒负责人：已7天没有跟进。"; got != want {
		t.Errorf("says %s\nwant %s", got, want)
	}
	if got, want := s.Last.Says.En, "海天 · Contacted, held by zhang; if nobody acts, at 2026-03-09 09:00: remind the owner: no follow-up for 7 days."; got != want {
		t.Errorf("says %s\nwant %s", got, want)
	}
	o := s.Last.Pending[0]
	if o.ID != "deal:d1:idle.0:1" || o.Policy != "pipelines.p7.contacted.idle[0]" || !slices.Equal(o.Because, []string{"deal/d1/1/0"}) {
		t.Errorf("obligation %+v", o)
	}
}
