package policy

import (
	"slices"
	"testing"
)

// The shipped numbers are those of the requirements.
func TestDefaultsAreTheRequirements(t *testing.T) {
	s := Defaults()
	if s.Risk.UnansweredContacts != 2 { // C-06: two contacts in a row
		t.Errorf("%d unanswered contacts remind", s.Risk.UnansweredContacts)
	}
	for name, c := range map[string]struct {
		got  Duration
		want string
	}{
		"R-002 entry":                 {s.Intake.EntryWithin, "24h"},
		"R-007 first touch":           {s.Intake.FirstTouchWithin, "10m"},
		"R-008 band from":             {s.Intake.ResponseBandFrom, "10m"},
		"R-008 band to":               {s.Intake.ResponseBandTo, "30m"},
		"R-021 quote confirmation":    {s.Tasks.QuoteConfirmWithin, "24h"},
		"R-028, C-04 quote confirmed": {s.Risk.QuoteConfirmedWithin, "48h"},
		"C-06 reply window":           {s.Risk.ReplyWindow, "3wd"},
		"R-045 recycle":               {s.Ownership.RecycleAfter, "30d"},
		"R-045 first warning":         {s.Ownership.WarnBefore[0], "7d"},
		"R-045 second warning":        {s.Ownership.WarnBefore[1], "3d"},
		"R-045 last warning":          {s.Ownership.WarnBefore[2], "1d"},
	} {
		if c.got != D(c.want) {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
	if s.Risk.TouchesWithoutProgress != 3 {
		t.Errorf("R-062: %d", s.Risk.TouchesWithoutProgress)
	}
	for _, id := range []string{"ads", "website", "referral", "exhibition", "wechat", "phone", "mail", "import"} {
		if !Has(s.Intake.Sources, id) {
			t.Errorf("R-005: no source %s", id)
		}
	}
	for _, id := range []string{"price", "feature", "competitor", "internal_process"} {
		if !Has(s.FollowUp.Objections, id) {
			t.Errorf("R-018: no objection %s", id)
		}
	}
	if !slices.Equal(s.Risk.Leaks, Leaks) {
		t.Errorf("leaks: %v", s.Risk.Leaks)
	}
	if len(s.Chain.Links) != 9 { // R-011, C-01
		t.Errorf("R-011: %d links", len(s.Chain.Links))
	}
}

func TestShippedPipelines(t *testing.T) {
	s := Defaults()
	v, err := NewView(&Book{Version: 1, Sections: s}, 1)
	if err != nil {
		t.Fatal(err)
	}
	ids := func(p string) (out []string) {
		for _, st := range v.Pipeline(p).Stages {
			out = append(out, st.ID)
		}
		return out
	}
	if got := ids("p5"); !slices.Equal(got, []string{"initial_contact", "need_confirmation", "solution", "negotiation", "decision", "won", "lost"}) {
		t.Errorf("R-051: %v", got)
	}
	if got := ids("p7"); !slices.Equal(got, []string{"contacted", "need_confirmed", "proposed", "quoted", "negotiating", "to_sign", "won", "lost"}) {
		t.Errorf("R-052: %v", got)
	}
	for from, to := range map[string]string{"initial_contact": "contacted", "need_confirmation": "need_confirmed", "solution": "proposed", "negotiation": "negotiating", "decision": "to_sign"} {
		if got := v.Reported("p5", from); got != to { // C-01
			t.Errorf("C-01: %s counts as %s, want %s", from, got, to)
		}
	}
	for _, p := range []string{"p5", "p7"} {
		asked := map[string]bool{}
		for _, st := range v.Pipeline(p).Stages {
			for _, q := range st.Questions {
				asked[q.ID] = q.Mandatory
			}
			if st.Type.Final() {
				continue
			}
			if st.Idle[0].After != D("7d") || st.Idle[0].Action != ActRemind { // R-060, C-02
				t.Errorf("R-060: %s of %s: %v", st.ID, p, st.Idle)
			}
			if len(st.Dwell) == 0 || st.DwellClock != ClockInStage { // R-063, C-02
				t.Errorf("R-063: %s of %s has no dwell clock", st.ID, p)
			}
			if st.Type == StageSolution && (st.Dwell[0].After != D("14d") || st.Dwell[0].Action != ActWarn) {
				t.Errorf("R-061: %v", st.Dwell)
			}
			if st.Type == StageNegotiation && !slices.Equal(st.Requires, []string{"objections", "competitors"}) {
				t.Errorf("R-057: %v", st.Requires)
			}
			if st.Type == StageDecision && !slices.Equal(st.Requires, []string{"decision_maker", "procurement_node"}) {
				t.Errorf("R-058: %v", st.Requires)
			}
			if v.NoReplyAfter(p, st.ID).IsZero() {
				t.Errorf("R-022: %s of %s", st.ID, p)
			}
			if v.QuoteConfirmWithin(p, st.ID) != D("24h") {
				t.Errorf("R-021: %s of %s", st.ID, p)
			}
		}
		if len(asked) != 3 || !asked["need_clear"] || !asked["budget_clear"] || !asked["decision_maker_reached"] {
			t.Errorf("R-055: %s asks %v", p, asked)
		}
		if lost := v.Stage(p, "lost"); !slices.Contains(lost.Requires, "lost_reason") {
			t.Errorf("R-066: %v", lost.Requires)
		}
	}
	if v.Stage("p7", "quoted").RevisitWithin != D("24h") {
		t.Error("R-056")
	}
}

// C-03: entry, first touch and the band of the first response are clocks of their own.
func TestFirstContactClocksAreNeverMerged(t *testing.T) {
	clocks := map[string]func(*Sections) *Duration{
		"entry_within":       func(s *Sections) *Duration { return &s.Intake.EntryWithin },
		"first_touch_within": func(s *Sections) *Duration { return &s.Intake.FirstTouchWithin },
		"response_band_from": func(s *Sections) *Duration { return &s.Intake.ResponseBandFrom },
		"response_band_to":   func(s *Sections) *Duration { return &s.Intake.ResponseBandTo },
	}
	for name, clock := range clocks {
		s := edited(t, func(s *Sections) { *clock(s) = D("29m") })
		changes := Diff(Defaults(), s)
		if len(changes) != 1 || changes[0].Path != "intake."+name {
			t.Errorf("changing %s changes %v", name, changes)
		}
	}
}

// C-04: the task is due after a day, the rate is measured over two.
func TestQuoteClocksAreTwo(t *testing.T) {
	v, err := NewView(&Book{Version: 1, Sections: Defaults()}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if task, window := v.QuoteConfirmWithin("p7", "quoted"), v.Sections.Risk.QuoteConfirmedWithin; task != D("24h") || window != D("48h") {
		t.Errorf("task %s, window %s", task, window)
	}
	changed := edited(t, func(s *Sections) { s.Pipelines.Pipelines[0].Stages[3].RevisitWithin = D("12h") })
	if v, err = NewView(&Book{Version: 2, Sections: changed}, 1); err != nil || v.QuoteConfirmWithin("p7", "quoted") != D("12h") || v.QuoteConfirmWithin("p5", "solution") != D("24h") {
		t.Errorf("a stage's own clock does not win (%v)", err)
	}
}
