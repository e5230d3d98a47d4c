package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"slices"
)

// technical are the roles with which one works together on the product and its buying.
var technical = []string{catalogue.RoleUser, catalogue.RoleProcurement, "technical"}

// cooperationFall sees that working together with the customer's technical people
// and procurement cools, that we are marginalised (技术支持减少, R-087).
func cooperationFall(e *eye, r policy.SignalRule) (finding, bool) {
	var list []Mark
	for _, m := range e.talked(e.reach(r), e.at+1) {
		if slices.Contains(technical, e.s.Roles[m.Of]) {
			list = append(list, m)
		}
	}
	return e.fell(r, e.began(), lang.T("技术与采购配合", "cooperation with technical people and procurement"), list, countIn(list))
}
