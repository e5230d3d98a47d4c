package trust

import (
	"fmt"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// wonWithoutOrder: a deal is said to be won, but neither order, payment nor contract came of it.
func wonWithoutOrder(e *eye) {
	for _, w := range e.Won {
		if w.Fulfilled != "" || !e.past(w.At, e.WonWithoutOrder) {
			continue
		}
		n := days(w.At, e.now)
		e.find(board.Finding{Rule: "won_without_order", Subject: &catalogue.Subject{Kind: catalogue.KindDeal, ID: w.Deal}, Since: w.At, Says: lang.T(
			fmt.Sprintf("商机“%s”赢单 %d 天，没有订单、付款或合同", w.Title, n),
			fmt.Sprintf("The deal %q was won %d days ago and has neither order, payment nor contract", w.Title, n))})
	}
}
