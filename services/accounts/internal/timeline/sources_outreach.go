package timeline

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// outreachSources are the facts of contacts, interventions and wake-up plans.
var outreachSources = map[string]Source{
	typeOf(&catalogue.OutreachStepped{}):       of(outreachStepped),
	typeOf(&catalogue.InterventionOpened{}):    of(interventionOpened),
	typeOf(&catalogue.InterventionChanged{}):   of(interventionChanged),
	typeOf(&catalogue.InterventionRecovered{}): of(interventionRecovered),
	typeOf(&catalogue.InterventionClosed{}):    of(interventionClosed),
	typeOf(&catalogue.WakeUpPlanStepped{}):     of(wakeUpPlanStepped),
	typeOf(&catalogue.WakeUpOfferStepped{}):    of(wakeUpOfferStepped),
}

// notSent says what it means where a contact does not leave: whoever counts on it
// is to see that the customer has not heard of it, and why.
var notSent = map[string]lang.Text{catalogue.OutreachRefused: lang.T("未能发送", "Not sent"), catalogue.OutreachDeferred: lang.T("推迟发送", "Deferred"), catalogue.OutreachFailed: lang.T("未能送达", "Not delivered")}

// about says what a contact is about.
func about(o catalogue.Outreach) lang.Text {
	if o.Subject.IsZero() {
		return o.Text
	}
	return o.Subject
}

// outreachStepped keeps what was sent: it is our contact with the customer.
func outreachStepped(d catalogue.OutreachStepped, _ facts.Event) catalogue.TimelineEntry {
	o := d.After
	if held := notSent[d.Change]; !held.IsZero() {
		return catalogue.TimelineEntry{Kind: catalogue.EntryOutreach, Customer: o.Customer, SourceID: "outreach:" + o.ID + ":" + d.Change, Direction: catalogue.Neither, By: o.By, Contact: o.Contact,
			Says: lang.T(held.Zh+"："+about(o).Zh+"（"+o.Reason.Zh+o.Error+"）", held.En+": "+about(o).En+" ("+o.Reason.En+o.Error+")"),
			Data: words("outreach_status", d.Change, "rule", o.Rule, "channel", o.Channel, "purpose", o.Purpose, "department", o.Department)}
	}
	if d.Change != catalogue.OutreachSent {
		return catalogue.TimelineEntry{}
	}
	ref := o.For
	if ref != nil && (ref.Kind == catalogue.KindCustomer || ref.Kind == catalogue.KindStep) { // a plan or a step for the customer is nothing of its own
		ref = nil
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryOutreach, Customer: o.Customer, SourceID: "outreach:" + o.ID, OccurredAt: o.SentAt, Direction: catalogue.Outbound, By: o.By,
		Contact: o.Contact, Ref: ref, Says: about(o), Data: words("outreach", o.ID, "channel", o.Channel, "purpose", o.Purpose, "department", o.Department)}
}

func ofIntervention(i catalogue.Intervention, status string, says lang.Text) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryIntervention, Customer: i.Customer, Direction: catalogue.Neither, Says: says,
		Ref: &catalogue.Subject{Kind: catalogue.KindIntervention, ID: i.ID}, Data: words("status", status, "reason", i.Reason, "result", i.Result)}
}

func interventionOpened(d catalogue.InterventionOpened, _ facts.Event) catalogue.TimelineEntry {
	return ofIntervention(d.After, "opened", lang.T("开启干预："+d.After.Reason, "Intervention opened: "+d.After.Reason))
}

// interventionChanged keeps what a role found.
func interventionChanged(d catalogue.InterventionChanged, _ facts.Event) catalogue.TimelineEntry {
	if d.Change != "outcome" {
		return catalogue.TimelineEntry{}
	}
	for _, r := range d.After.Team {
		if r.Role == d.Role && r.Outcome != nil {
			e := ofIntervention(d.After, "outcome", lang.T(r.Task.Zh+"："+r.Outcome.Says, r.Task.En+": "+r.Outcome.Says))
			e.By = r.Outcome.By
			return e
		}
	}
	return catalogue.TimelineEntry{}
}

func interventionRecovered(d catalogue.InterventionRecovered, _ facts.Event) catalogue.TimelineEntry {
	return ofIntervention(d.After, "recovered", lang.T("客户已回来", "The customer came back"))
}

func interventionClosed(d catalogue.InterventionClosed, _ facts.Event) catalogue.TimelineEntry {
	e := ofIntervention(d.After, "closed", lang.T("干预结束："+d.After.Result+" "+d.After.Note, "Intervention closed: "+d.After.Result+" "+d.After.Note))
	e.By = d.After.ClosedBy
	return e
}

func wakeUpPlanStepped(d catalogue.WakeUpPlanStepped, _ facts.Event) catalogue.TimelineEntry {
	if d.Change != catalogue.WakeUpApproved {
		return catalogue.TimelineEntry{}
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryIntervention, Customer: d.After.Customer, Direction: catalogue.Neither, By: d.After.DecidedBy,
		Says: lang.T("唤醒计划已批准", "Wake-up plan approved"), Data: words("status", "wake_up", "plan", d.After.ID)}
}

// wakeUpOfferStepped keeps what the customer did with a coupon or an invitation.
func wakeUpOfferStepped(d catalogue.WakeUpOfferStepped, _ facts.Event) catalogue.TimelineEntry {
	o := d.After
	e := catalogue.TimelineEntry{Kind: catalogue.EntryEvent, Customer: o.Customer, Direction: catalogue.Inbound, OccurredAt: o.AnswerAt,
		Data: words("status", o.Status, "offer", o.ID, "plan", o.Plan, "order", o.Order)}
	switch d.Change {
	case catalogue.OfferRedeemed:
		e.Kind, e.By, e.Amount, e.Says = catalogue.EntryCoupon, o.By, &o.Coupon.Value, says("使用优惠券 %s", "Used a coupon of %s", o.Coupon.Value)
	case catalogue.OfferAccepted:
		e.Says = lang.T("接受邀请："+o.Name.Zh, "Accepted: "+o.Name.En)
	case catalogue.OfferDeclined:
		e.Says = lang.T("谢绝邀请："+o.Name.Zh, "Declined: "+o.Name.En)
	default:
		return catalogue.TimelineEntry{}
	}
	return e
}
