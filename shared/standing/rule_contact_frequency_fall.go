package standing

import (
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// contactFrequencyFall sees that one talks less with a customer, whoever begins:
// weekly turns into half-monthly (沟通频率下降, R-083, C-14).
func contactFrequencyFall(e *eye, r policy.SignalRule) (finding, bool) {
	list := e.talked(e.reach(r), e.at+1)
	return e.fell(r, e.began(), lang.T("沟通频率", "communication"), list, countIn(list))
}
