package timeline

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// leadSources are the facts of winning customers and of who answers for them.
var leadSources = map[string]Source{
	typeOf(&catalogue.LeadRecorded{}):     of(leadRecorded),
	typeOf(&catalogue.FollowUpRecorded{}): of(followUp),
	typeOf(&catalogue.QuoteSent{}):        of(quoteSent),
	typeOf(&catalogue.QuoteConfirmed{}):   of(quoteConfirmed),
	typeOf(&catalogue.DealOpened{}):       of(dealOpened),
	typeOf(&catalogue.DealImported{}):     of(dealImported),
	typeOf(&catalogue.StageChanged{}):     of(stageChanged),
	typeOf(&catalogue.DealClosed{}):       of(dealClosed),
	typeOf(&catalogue.DealReopened{}):     of(dealReopened),
	typeOf(&catalogue.OwnerChanged{}):     of(ownerChanged),
	typeOf(&catalogue.CustomerPooled{}):   of(customerPooled),
	typeOf(&catalogue.TransferStepped{}):  of(transferStepped),
	typeOf(&catalogue.TaskEnded{}):        of(taskEnded),
	typeOf(&catalogue.ReminderIssued{}):   of(escalated),
}

// channels say which kind of entry a follow-up on a channel is.
var channels = map[string]string{"phone": catalogue.EntryCall, "wechat": catalogue.EntryWeChat, "mail": catalogue.EntryMail,
	"visit": catalogue.EntryVisit, "meeting": catalogue.EntryMeeting, "other": catalogue.EntryFollowUp}

func lead(id string) *catalogue.Subject {
	return &catalogue.Subject{Kind: catalogue.KindLead, ID: id}
}

func deal(id string) *catalogue.Subject {
	return &catalogue.Subject{Kind: catalogue.KindDeal, ID: id}
}

func leadRecorded(d catalogue.LeadRecorded, _ facts.Event) catalogue.TimelineEntry {
	l := d.After
	at := l.ArrivedAt
	if l.FirstContactAt != 0 {
		at = l.FirstContactAt
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryInquiry, Customer: l.Customer, OccurredAt: at, Direction: catalogue.Inbound, By: l.Owner, Contact: l.Contact,
		Amount: l.Value, Ref: lead(l.ID), Says: lang.T("询问："+l.Need, "Asked for: "+l.Need), Data: words("source", l.Source)}
}

func followUp(d catalogue.FollowUpRecorded, _ facts.Event) catalogue.TimelineEntry {
	f := d.FollowUp
	return catalogue.TimelineEntry{Kind: channels[f.Channel], OccurredAt: f.OccurredAt, RecordedAt: f.RecordedAt, Direction: f.Direction, By: f.By, Contact: f.KeyPerson,
		Ref: &f.Subject, Says: lang.T(f.KeyPoints, f.KeyPoints), Data: words("result", f.Result, "next_action", f.NextAction, "next_touch_at", f.NextTouchAt.String(),
			"question", f.Question, "objections", strings.Join(f.Objections, ","), "not_owner_reason", f.NotOwnerReason)}
}

func quoteSent(d catalogue.QuoteSent, _ facts.Event) catalogue.TimelineEntry {
	q := d.Quote
	return catalogue.TimelineEntry{Kind: catalogue.EntryQuote, OccurredAt: q.SentAt, Direction: catalogue.Outbound, By: q.By, Amount: &q.Amount, Ref: deal(d.Deal),
		Says: says("报价 %s", "Quoted %s", q.Amount), Data: words("quote", q.ID, "remark", q.Remark)}
}

func quoteConfirmed(d catalogue.QuoteConfirmed, _ facts.Event) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryQuote, OccurredAt: d.At, Direction: catalogue.Inbound, Ref: deal(d.Deal),
		Says: lang.T("客户确认报价", "The customer confirmed the quote"), Data: words("quote", d.Quote, "status", "confirmed")}
}

func dealOpened(d catalogue.DealOpened, _ facts.Event) catalogue.TimelineEntry {
	return ofDeal(d.After, d.After.OpenedAt, catalogue.DealOpen, "商机开启："+d.After.Title, "Deal opened: "+d.After.Title)
}

func dealImported(d catalogue.DealImported, _ facts.Event) catalogue.TimelineEntry {
	return closed(d.After)
}

func stageChanged(d catalogue.StageChanged, _ facts.Event) catalogue.TimelineEntry {
	e := ofDeal(d.State, d.At, "stage", "商机阶段："+d.Before+" → "+d.After, "Deal moved: "+d.Before+" → "+d.After)
	e.Data["before"], e.Data["after"] = d.Before, d.After
	return e
}

func dealClosed(d catalogue.DealClosed, _ facts.Event) catalogue.TimelineEntry {
	return closed(d.State)
}

func closed(d catalogue.Deal) catalogue.TimelineEntry {
	if d.Outcome == catalogue.DealWon {
		return ofDeal(d, d.ClosedAt, catalogue.DealWon, "赢单："+d.Title, "Deal won: "+d.Title)
	}
	e := ofDeal(d, d.ClosedAt, catalogue.DealLost, "丢单："+d.Title, "Deal lost: "+d.Title)
	if d.LostReason != "" {
		e.Data["reason"] = d.LostReason
	}
	return e
}

func dealReopened(d catalogue.DealReopened, e facts.Event) catalogue.TimelineEntry {
	return ofDeal(d.State, e.Time, "reopened", "商机重新开启："+d.State.Title, "Deal taken up again: "+d.State.Title)
}

func ofDeal(d catalogue.Deal, at instant.Time, status, zh, en string) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryDeal, Customer: d.Customer, OccurredAt: at, Direction: catalogue.Neither, By: d.Owner, Amount: d.Amount, Ref: deal(d.ID),
		Says: lang.T(zh, en), Data: words("status", status, "stage", d.Stage, "product", d.Product)}
}

func ownerChanged(d catalogue.OwnerChanged, _ facts.Event) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryOwnership, Customer: d.After.Customer, OccurredAt: d.After.Since, Direction: catalogue.Neither, By: d.After.Owner,
		Says: lang.T("负责人变更", "Another owner"), Data: words("before", d.Before.Owner, "after", d.After.Owner, "reason", d.Reason)}
}

func customerPooled(d catalogue.CustomerPooled, _ facts.Event) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryOwnership, Customer: d.After.Customer, OccurredAt: d.After.PooledAt, Direction: catalogue.Neither,
		Says: lang.T("进入公共资源", "To the public pool"), Data: words("before", d.Before.Owner, "reason", d.Reason)}
}

// transferStepped keeps the hand-over note: it is what the next owner is to know.
func transferStepped(d catalogue.TransferStepped, _ facts.Event) catalogue.TimelineEntry {
	t := d.After
	if t.Status != catalogue.TransferHandedOver {
		return catalogue.TimelineEntry{}
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryOwnership, Customer: t.Customer, OccurredAt: t.HandedAt, Direction: catalogue.Neither, By: t.From,
		Ref: &catalogue.Subject{Kind: catalogue.KindTransfer, ID: t.ID}, Says: lang.T("交接说明："+t.Note, "Handed over: "+t.Note), Data: words("before", t.From, "after", t.To)}
}

// taskEnded keeps what somebody did and says so; a next touch is told by its follow-up.
func taskEnded(d catalogue.TaskEnded, _ facts.Event) catalogue.TimelineEntry {
	t := d.After
	if t.Status != catalogue.TaskDone || t.Outcome == "" || t.Customer == "" || t.Kind == catalogue.TaskNextTouch {
		return catalogue.TimelineEntry{}
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryTask, Customer: t.Customer, OccurredAt: t.EndedAt, Direction: catalogue.Neither, By: t.Assignee, Ref: &t.Subject,
		Says: lang.T(t.Title.Zh+"："+t.Outcome, t.Title.En+": "+t.Outcome), Data: words("task", t.Kind, "overdue", overdue(t))}
}

// escalated keeps that something promised was so late that a superior was told.
func escalated(d catalogue.ReminderIssued, _ facts.Event) catalogue.TimelineEntry {
	r := d.After
	if r.Level != catalogue.LevelEscalate || r.Customer == "" {
		return catalogue.TimelineEntry{}
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryTask, Customer: r.Customer, OccurredAt: r.At, Direction: catalogue.Neither, By: r.Owner, Ref: &r.Subject,
		Says: lang.T("升级："+r.Text.Zh, "Escalated: "+r.Text.En), Data: words("escalated", "true", "rule", r.Rule, "reminder", r.ID, "due", r.Due.String())}
}

// overdue says that a task was done after it was due.
func overdue(t catalogue.Task) string {
	if t.Overdue {
		return "true"
	}
	return ""
}

// words makes the data of an entry of names and values; those without a value are left out.
func words(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[pairs[i]] = pairs[i+1]
		}
	}
	return out
}
