package standing

import (
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// orderFrequencyFall sees that a customer orders less often than it used to
// (下单频率下降, R-082).
func orderFrequencyFall(e *eye, r policy.SignalRule) (finding, bool) {
	return e.fell(r, e.bought(), lang.T("下单频率", "order frequency"), e.orders, countIn(e.orders))
}
