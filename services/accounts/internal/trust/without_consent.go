package trust

import (
	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// withoutConsent: the file says that the customer does not want to be reached on a
// channel, but somebody has reached them on it since.
func withoutConsent(e *eye) {
	for _, kind := range e.ConsentChannels {
		withdrawn, ok := e.Withdrawn[kind]
		t, reached := e.Touches[kind+"/"+catalogue.Outbound]
		if !ok || !reached || t.At <= withdrawn {
			continue
		}
		e.find(board.Finding{Rule: "contacted_without_consent." + kind, Since: t.At, Evidence: []string{t.Entry}, Says: lang.T(
			"客户已撤回 "+kind+" 渠道的同意，此后仍被联系", "The customer withdrew consent for "+kind+" and was contacted by it since")})
	}
}
