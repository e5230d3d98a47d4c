package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// shipped is the book as it is shipped: what facts name by id has its words there.
var shipped = policy.Defaults()

// aboutDeals say what happens to deals.
var aboutDeals = []telling{
	of(func(_ Names, d catalogue.DealOpened) lang.Text {
		return say("建立商机 %s", "opened the deal %s", d.After.Title)
	}),
	of(func(_ Names, d catalogue.DealImported) lang.Text {
		return say("导入历史商机 %s（%s）", "imported the past deal %s (%s)", d.After.Title, word(dealOutcomes, d.After.Outcome))
	}),
	of(func(_ Names, d catalogue.DealChanged) lang.Text {
		return say("修改商机：%s", "edited the deal: %s", fieldsOf(d.Changed))
	}),
	of(func(_ Names, d catalogue.StageChanged) lang.Text {
		return say("阶段 %s → %s", "stage %s → %s", stageOf(d.Pipeline, d.Before), stageOf(d.Pipeline, d.After))
	}),
	of(func(_ Names, d catalogue.QuoteSent) lang.Text {
		return say("发送报价 %s", "sent a quote of %s", d.Quote.Amount.String())
	}),
	always(&catalogue.QuoteConfirmed{}, "客户已确认收到并理解报价", "the customer confirmed that the quote was received and understood"),
	of(func(_ Names, d catalogue.DealClosed) lang.Text {
		if d.Outcome == catalogue.DealWon {
			return lang.T("成交", "won")
		}
		return with(lang.T("流失", "lost"), choice(shipped.Pipelines.Reasons(), d.Reason))
	}),
	of(func(_ Names, d catalogue.DealReopened) lang.Text {
		return say("重新跟进已流失的商机 %s", "took the lost deal %s up again", d.State.Title)
	}),
	of(func(names Names, d catalogue.DealAssigned) lang.Text {
		return handed(names, lang.T("商机负责人", "deal owner"), d.Before, d.After, d.Reason)
	}),
	of(func(_ Names, d catalogue.DealLinked) lang.Text {
		return say("商机 %s 已关联客户档案", "the deal %s belongs to a customer's file now", d.State.Title)
	}),
	of(func(names Names, d catalogue.DealIntervened) lang.Text {
		if d.Action == "reassign" {
			return with(say("主管介入，商机由 %s 改派给 %s", "a manager stepped in: the deal goes from %s to %s", names.of(d.Before), names.of(d.After)), same(d.Note))
		}
		return with(lang.T("主管介入", "a manager stepped in"), same(d.Note))
	}),
}

var dealOutcomes = map[string]lang.Text{
	catalogue.DealOpen: lang.T("进行中", "open"), catalogue.DealWon: lang.T("成交", "won"), catalogue.DealLost: lang.T("流失", "lost"),
}

// stageOf gives the name of a stage. One that is not shipped has its id alone:
// the version of the book that names it is not at hand.
func stageOf(pipeline, stage string) lang.Text {
	found := same(stage)
	for _, p := range shipped.Pipelines.Pipelines {
		for _, s := range p.Stages {
			if s.ID == stage && (p.ID == pipeline || found == same(stage)) {
				found = s.Name
			}
		}
	}
	return found
}
