package trust

import (
	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// boughtAfterLoss: a deal is said to be lost, but the customer bought or used the
// product shortly after. It holds as long as nothing newer of the deal is said.
func boughtAfterLoss(e *eye) {
	if e.UsedAfterLoss.IsZero() {
		return
	}
	t, bought := e.Latest(catalogue.Inbound, []string{catalogue.EntryOrder, catalogue.EntryPayment, catalogue.EntryLogin, catalogue.EntryUsage})
	for _, l := range e.Lost {
		if !bought || t.At <= l.At || t.At > l.At.Add(e.UsedAfterLoss.Elapsed()) {
			continue
		}
		e.find(board.Finding{Rule: "bought_after_loss", Subject: &catalogue.Subject{Kind: catalogue.KindDeal, ID: l.Deal}, Since: t.At, Evidence: []string{t.Entry}, Says: lang.T(
			"商机“"+l.Title+"”标为丢单，但客户此后仍有订单、付款或使用", "The deal “"+l.Title+"” is lost, but the customer ordered, paid or used the product after it")})
	}
}
