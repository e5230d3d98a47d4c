package timeline

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// reviewSources are the facts of losses and their reviews.
var reviewSources = map[string]Source{
	typeOf(&catalogue.ChurnConfirmed{}):    of(churnConfirmed),
	typeOf(&catalogue.ChurnWithdrew{}):     of(churnWithdrawn),
	typeOf(&catalogue.ChurnReviewClosed{}): of(churnReviewed),
	typeOf(&catalogue.CustomerWonBack{}):   of(wonBack),
}

func ofLoss(c catalogue.ChurnReview, status string, says lang.Text, data ...string) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryReview, Customer: c.Customer, Direction: catalogue.Neither, By: c.ConfirmedBy,
		Ref: &catalogue.Subject{Kind: catalogue.KindChurnReview, ID: c.ID}, Says: says, Data: words(append([]string{"status", status}, data...)...)}
}

func churnConfirmed(d catalogue.ChurnConfirmed, _ facts.Event) catalogue.TimelineEntry {
	return ofLoss(d.After, "confirmed", lang.T("确认流失："+d.After.Evidence, "Confirmed as lost: "+d.After.Evidence), "churned_on", d.After.ChurnedOn.String())
}

func churnWithdrawn(d catalogue.ChurnWithdrew, _ facts.Event) catalogue.TimelineEntry {
	return ofLoss(d.After, "withdrawn", lang.T("撤回流失确认："+d.After.Withdrawn, "Not lost after all: "+d.After.Withdrawn))
}

func churnReviewed(d catalogue.ChurnReviewClosed, _ facts.Event) catalogue.TimelineEntry {
	reason := ""
	if len(d.After.Reasons) > 0 {
		reason = d.After.Reasons[0].Reason
	}
	return ofLoss(d.After, "reviewed", lang.T("流失复盘完成："+d.After.Summary, "Loss reviewed: "+d.After.Summary), "reason", reason)
}

func wonBack(d catalogue.CustomerWonBack, _ facts.Event) catalogue.TimelineEntry {
	return ofLoss(d.After, "won_back", lang.T("客户重新下单，已挽回", "The customer came back"), "shown_by", d.After.WonBackBy)
}
