package timeline

import (
	"strconv"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// caseSources are the facts of cases, surveys, care and activities.
var caseSources = map[string]Source{
	typeOf(&catalogue.CaseOpened{}):        of(caseOpened),
	typeOf(&catalogue.CaseEntryAdded{}):    of(caseEntry),
	typeOf(&catalogue.CaseStepped{}):       of(caseStepped),
	typeOf(&catalogue.CaseBreached{}):      of(caseBreached),
	typeOf(&catalogue.SurveySent{}):        of(surveySent),
	typeOf(&catalogue.SurveyAnswered{}):    of(surveyAnswered),
	typeOf(&catalogue.CareRecorded{}):      of(careRecorded),
	typeOf(&catalogue.InvitationChanged{}): of(invitationChanged),
}

// sides are the directions of what is said in a case.
var sides = map[string]string{catalogue.CaseInbound: catalogue.Inbound, catalogue.CaseOutbound: catalogue.Outbound}

func ofCase(k catalogue.Case, kind, status, zh, en string) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: kind, Customer: k.Customer, Direction: catalogue.Neither, By: k.Owner, Contact: k.Contact, Ref: &catalogue.Subject{Kind: catalogue.KindCase, ID: k.ID},
		Says: lang.T(zh, en), Data: words("status", status, "case_kind", k.Kind, "priority", k.Priority, "channel", k.Channel, "round", strconv.Itoa(k.Round))}
}

func caseOpened(d catalogue.CaseOpened, _ facts.Event) catalogue.TimelineEntry {
	k, kind := d.After, catalogue.EntryCase
	// The low answer or the other system's entry itself is on the timeline already.
	told := strings.HasPrefix(k.OpenedBy, "survey:") || strings.HasPrefix(k.OpenedBy, "entry:")
	switch {
	case told:
	case k.Complaint:
		kind = catalogue.EntryComplaint
	case k.Kind == "inquiry":
		kind = catalogue.EntryInquiry
	}
	e := ofCase(k, kind, "opened", k.KindName.Zh+"："+k.Title, k.KindName.En+": "+k.Title)
	e.OccurredAt, e.RecordedAt = k.ReportedAt, k.OpenedAt
	if !told {
		e.Direction = catalogue.Inbound
		naming(&e, k)
	}
	return e
}

// caseEntry keeps who spoke to whom. What is sent to the customer is told by its outreach.
func caseEntry(d catalogue.CaseEntryAdded, _ facts.Event) catalogue.TimelineEntry {
	direction := sides[d.Entry.Side]
	if direction == "" || d.Entry.Send {
		return catalogue.TimelineEntry{}
	}
	e := ofCase(d.After, catalogue.EntryCase, "talk", d.Entry.Text, d.Entry.Text)
	e.Direction, e.OccurredAt = direction, d.Entry.At
	if d.Entry.By != "" {
		e.By = d.Entry.By
	}
	return e
}

// naming says which feature of a product the customer speaks of: once for each time
// that they come with it, and not with every word of the conversation.
func naming(e *catalogue.TimelineEntry, k catalogue.Case) {
	if k.Feature != "" {
		e.Data["feature"] = k.Feature
	}
}

var caseSteps = map[string]lang.Text{"resolved": lang.T("工单已解决", "Case solved"), "closed": lang.T("工单已关闭", "Case closed"), "reopened": lang.T("工单重新打开", "Case opened again"),
	"outcome": lang.T("建议处理结果", "Outcome of a suggestion"), "told": lang.T("已告知客户处理结果", "The customer was told the outcome")}

func caseStepped(d catalogue.CaseStepped, _ facts.Event) catalogue.TimelineEntry {
	if d.Step == "changed" && d.After.Feature != d.Before.Feature {
		e := ofCase(d.After, catalogue.EntryCase, "about", "工单涉及功能："+d.After.Feature, "The case is about the feature "+d.After.Feature)
		e.OccurredAt = d.After.RoundAt // when the customer spoke of it
		naming(&e, d.After)
		return e
	}
	name, ok := caseSteps[d.Step]
	if !ok {
		return catalogue.TimelineEntry{}
	}
	more := d.After.Title
	if d.Step == "outcome" && d.After.Outcome != nil {
		more += " · " + d.After.Outcome.Outcome
	}
	e := ofCase(d.After, catalogue.EntryCase, d.Step, name.Zh+"："+more, name.En+": "+more)
	if d.Step == "reopened" && d.After.Complaint { // the customer complains once more
		e.Kind, e.Direction = catalogue.EntryComplaint, catalogue.Inbound
	}
	if d.Step == "reopened" {
		naming(&e, d.After)
	}
	if d.Step == "resolved" || d.Step == "closed" {
		e.Numbers = map[string]float64{"response_ms": float64(d.After.Response.TookMS), "solution_ms": float64(d.After.Solution.TookMS)}
	}
	return e
}

func caseBreached(d catalogue.CaseBreached, _ facts.Event) catalogue.TimelineEntry {
	what := map[string]lang.Text{catalogue.ClockResponse: lang.T("响应超时", "Answered too late"), catalogue.ClockSolution: lang.T("解决超时", "Solved too late")}[d.Clock]
	e := ofCase(d.After, catalogue.EntryCase, "breached", what.Zh+"："+d.After.Title, what.En+": "+d.After.Title)
	e.OccurredAt, e.Data["clock"] = d.Due, d.Clock
	return e
}

func ofSurvey(s catalogue.Survey, kind, status, zh, en string) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: kind, Customer: s.Customer, Direction: catalogue.Neither, Contact: s.Contact, Ref: &catalogue.Subject{Kind: catalogue.KindSurvey, ID: s.ID},
		Says: lang.T(zh, en), Data: words("status", status, "kind", s.Kind, "template", s.Template, "occasion", s.Occasion, "link", s.Link, "nps", s.NPS)}
}

func surveySent(d catalogue.SurveySent, _ facts.Event) catalogue.TimelineEntry {
	return ofSurvey(d.After, catalogue.EntrySurvey, "sent", "已发送："+d.After.Name.Zh, "Sent: "+d.After.Name.En)
}

// surveyAnswered is the customer's own rating; a satisfaction is normalised to 0
// to 100, an NPS is not one (C-07).
func surveyAnswered(d catalogue.SurveyAnswered, _ facts.Event) catalogue.TimelineEntry {
	s := d.After
	e := ofSurvey(s, catalogue.EntryFeedback, "answered", s.Name.Zh, s.Name.En)
	e.Direction, e.OccurredAt = catalogue.Inbound, s.Answered
	if s.Low {
		e.Data["low"] = "true"
	}
	if s.Raw != nil {
		e.Says = says("%s：%d/%d", s.Name.Zh, s.Raw.Value, s.Raw.Max)
		e.Says.En = says("%s: %d/%d", s.Name.En, s.Raw.Value, s.Raw.Max).Zh
		e.Numbers = map[string]float64{"raw": float64(s.Raw.Value), "min": float64(s.Raw.Min)}
		if s.Score != nil {
			e.Numbers["normalised"] = float64(*s.Score)
		}
	}
	return e
}

// careRecorded keeps a care and the customer's response. What was sent is told by its outreach as well.
func careRecorded(d catalogue.CareRecorded, _ facts.Event) catalogue.TimelineEntry {
	r := d.After
	e := catalogue.TimelineEntry{Kind: catalogue.EntryCare, Customer: r.Customer, Direction: catalogue.Neither, By: r.By, Contact: r.Contact, OccurredAt: r.At,
		Says: lang.T("关怀："+r.Occasion+" "+r.Text, "Care: "+r.Occasion+" "+r.Text), Data: words("status", d.Change, "care_kind", r.Kind, "occasion", r.Occasion, "response", r.Response, "care", r.ID)}
	switch {
	case d.Change == "response":
		e.OccurredAt, e.Says = r.Responded, lang.T("对关怀的回应："+r.Response, "Response to care: "+r.Response)
		if r.Response != "ignored" {
			e.Direction = catalogue.Inbound
		}
	case r.Outreach == "":
		e.Direction = catalogue.Outbound
	}
	return e
}

var invitationSteps = map[string]lang.Text{catalogue.InvitationSent: lang.T("已邀请", "Invited"), catalogue.InvitationAccepted: lang.T("接受邀请", "Accepted"),
	catalogue.InvitationDeclined: lang.T("谢绝邀请", "Declined"), catalogue.InvitationAttended: lang.T("参加活动", "Came"), catalogue.InvitationAbsent: lang.T("未到场", "Stayed away")}

func invitationChanged(d catalogue.InvitationChanged, _ facts.Event) catalogue.TimelineEntry {
	i := d.After
	name, ok := invitationSteps[i.Status]
	if !ok {
		return catalogue.TimelineEntry{}
	}
	e := catalogue.TimelineEntry{Kind: catalogue.EntryEvent, Customer: i.Customer, Direction: catalogue.Neither, Says: lang.T(name.Zh+"："+i.Name.Zh, name.En+": "+i.Name.En),
		Data: words("status", i.Status, "activity", i.Activity, "invitation", i.ID)}
	switch i.Status {
	case catalogue.InvitationAccepted, catalogue.InvitationDeclined:
		e.Direction, e.OccurredAt = catalogue.Inbound, i.Responded
	case catalogue.InvitationAttended:
		e.Direction, e.OccurredAt = catalogue.Inbound, i.Attended
	}
	return e
}
