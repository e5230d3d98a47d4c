package trust

import (
	"fmt"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// late are the stages in which a customer has a reason to speak.
var late = map[string]bool{string(policy.StageQuoted): true, string(policy.StageNegotiation): true, string(policy.StageDecision): true}

// negotiationSilent: a deal is said to be negotiated, but the customer has said
// nothing for longer than the policy allows.
func negotiationSilent(e *eye) {
	heard, any := e.Latest(catalogue.Inbound, board.Spoken)
	for _, r := range e.Items() {
		if r.Subject.Kind != catalogue.KindDeal || !late[r.StageType] {
			continue
		}
		since := r.Since
		var evidence []string
		if any {
			since = max(since, heard.At)
			evidence = []string{heard.Entry}
		}
		if !e.past(since, e.NegotiationSilent) {
			continue
		}
		n := days(since, e.now)
		e.find(board.Finding{Rule: "negotiation_silent", Subject: &r.Subject, Since: since, Evidence: evidence, Says: lang.T(
			fmt.Sprintf("商机“%s”标为 %s 阶段，但客户已 %d 天没有任何来往", r.Title, r.Stage, n),
			fmt.Sprintf("The deal %q is in stage %s, but nothing has come from the customer for %d days", r.Title, r.Stage, n))})
	}
}
