package timeline

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

func entryOf[D any](t *testing.T, made func(D, facts.Event) catalogue.TimelineEntry, d D) catalogue.TimelineEntry {
	t.Helper()
	return made(d, facts.Event{ID: "case/k1/1/0", Customer: "c1"})
}

// R-149, C-07: a satisfaction is on the timeline on the scale of 100, an NPS never is; both are the customer's word.
func TestAnswersOnTheTimeline(t *testing.T) {
	score := 75
	csat := entryOf(t, surveyAnswered, catalogue.SurveyAnswered{After: catalogue.Survey{ID: "s1", Customer: "c1", Kind: "csat", Name: lang.T("满意度", "Satisfaction"), Answered: 5, Score: &score,
		Raw: &catalogue.ScaleAnswer{Value: 4, Min: 1, Max: 5}}})
	if csat.Kind != catalogue.EntryFeedback || csat.Direction != catalogue.Inbound || csat.Numbers["normalised"] != 75 || csat.Numbers["raw"] != 4 || csat.OccurredAt != 5 || csat.Data["low"] != "" {
		t.Errorf("%+v", csat)
	}
	nps := entryOf(t, surveyAnswered, catalogue.SurveyAnswered{After: catalogue.Survey{ID: "s2", Kind: "nps", NPS: "detractor", Low: true, Raw: &catalogue.ScaleAnswer{Value: 3, Max: 10}}})
	if _, told := nps.Numbers["normalised"]; told || nps.Data["nps"] != "detractor" || nps.Data["kind"] != "nps" || nps.Data["low"] != "true" {
		t.Errorf("%+v", nps)
	}
	if sent := entryOf(t, surveySent, catalogue.SurveySent{}); sent.Direction != catalogue.Neither {
		t.Error("its outreach is the contact, not the survey") // else the budget would count it twice
	}
}

// what is said in a case is on the timeline by who said it; notes are not, and what outreach sends is told by it alone.
func TestCasesOnTheTimeline(t *testing.T) {
	k := catalogue.Case{ID: "k1", Customer: "c1", Kind: "complaint", Complaint: true, Title: "漏水", ReportedAt: 5, OpenedAt: 9, OpenedBy: "wang"}
	opened := entryOf(t, caseOpened, catalogue.CaseOpened{After: k})
	if opened.Kind != catalogue.EntryComplaint || opened.Direction != catalogue.Inbound || opened.OccurredAt != 5 || opened.Ref.ID != "k1" {
		t.Errorf("%+v", opened)
	}
	k.OpenedBy = "survey:s1"
	if low := entryOf(t, caseOpened, catalogue.CaseOpened{After: k}); low.Kind != catalogue.EntryCase || low.Direction != catalogue.Neither {
		t.Errorf("a low answer counts twice: %+v", low)
	}
	for _, c := range []struct {
		side string
		send bool
		want string
	}{{catalogue.CaseInbound, false, catalogue.Inbound}, {catalogue.CaseOutbound, false, catalogue.Outbound}, {catalogue.CaseOutbound, true, ""}, {catalogue.CaseNote, false, ""}} {
		if e := entryOf(t, caseEntry, catalogue.CaseEntryAdded{After: k, Entry: catalogue.CaseEntry{Side: c.side, Send: c.send, Text: "x"}}); e.Direction != c.want {
			t.Errorf("%+v: %+v", c, e)
		}
	}
	for step, want := range map[string]string{"resolved": catalogue.EntryCase, "closed": catalogue.EntryCase, "reopened": catalogue.EntryComplaint, "assigned": "", "waiting": ""} {
		if e := entryOf(t, caseStepped, catalogue.CaseStepped{Step: step, After: k}); e.Kind != want || e.Kind != "" && e.Data["status"] != step {
			t.Errorf("%s: %+v", step, e)
		}
	}
	k.Feature, k.OpenedBy, k.RoundAt = "导出", "wang", 3 // each time that the customer comes with a feature is a remark, not every word of the talk
	for what, c := range map[string]struct {
		e    catalogue.TimelineEntry
		want string
	}{
		"opened":       {entryOf(t, caseOpened, catalogue.CaseOpened{After: k}), "导出"},
		"opened again": {entryOf(t, caseStepped, catalogue.CaseStepped{Step: "reopened", After: k}), "导出"},
		"sorted":       {entryOf(t, caseStepped, catalogue.CaseStepped{Step: "changed", After: k, Before: catalogue.Case{Feature: "打印"}}), "导出"},
		"talk":         {entryOf(t, caseEntry, catalogue.CaseEntryAdded{After: k, Entry: catalogue.CaseEntry{Side: catalogue.CaseInbound, Text: "x"}}), ""},
		"solved":       {entryOf(t, caseStepped, catalogue.CaseStepped{Step: "resolved", After: k}), ""},
	} {
		if c.e.Data["feature"] != c.want {
			t.Errorf("%s: %+v", what, c.e)
		}
	}
	if e := entryOf(t, caseStepped, catalogue.CaseStepped{Step: "changed", After: k, Before: k}); e.Kind != "" {
		t.Errorf("nothing about features changed: %+v", e)
	}
	if e := entryOf(t, caseBreached, catalogue.CaseBreached{Clock: "response", Due: 7, After: k}); e.OccurredAt != 7 || e.Data["clock"] != "response" {
		t.Errorf("%+v", e)
	}
}

// care and taking part are on the timeline; a greeting that was sent is no second contact.
func TestCareOnTheTimeline(t *testing.T) {
	for name, c := range map[string]struct {
		d    catalogue.CareRecorded
		want string
	}{
		"by hand":  {catalogue.CareRecorded{Change: "done", After: catalogue.CareRecord{Kind: "gift"}}, catalogue.Outbound},
		"sent":     {catalogue.CareRecorded{Change: "done", After: catalogue.CareRecord{Kind: "greeting", Outreach: "o1"}}, catalogue.Neither},
		"thanked":  {catalogue.CareRecorded{Change: "response", After: catalogue.CareRecord{Response: "thanked", Responded: 3}}, catalogue.Inbound},
		"no reply": {catalogue.CareRecorded{Change: "response", After: catalogue.CareRecord{Response: "ignored", Responded: 3}}, catalogue.Neither},
	} {
		if e := entryOf(t, careRecorded, c.d); e.Direction != c.want || e.Kind != catalogue.EntryCare {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for status, want := range map[string]string{catalogue.InvitationSent: catalogue.Neither, catalogue.InvitationAccepted: catalogue.Inbound, catalogue.InvitationAttended: catalogue.Inbound,
		catalogue.InvitationAbsent: catalogue.Neither, catalogue.InvitationRefused: ""} {
		if e := entryOf(t, invitationChanged, catalogue.InvitationChanged{After: catalogue.Invitation{Status: status, Responded: instant.Time(1)}}); e.Direction != want {
			t.Errorf("%s: %+v", status, e)
		}
	}
}
