package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// customer success runs how all customers are looked after, who
// sells that of their own; what journeys ask for nobody else may.
func TestMaintenanceMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
maintenance.read         m    a    t   a   a    a   a   a    a    a   a    -    a     a
maintenance.begin        o    o    t   a   a    -   -   a    -    -   -    -    a     -
maintenance.run          o    o    t   a   a    -   -   a    -    -   -    -    -     -
maintenance.agree        o    o    t   a   a    -   -   a    -    -   -    -    -     -
maintenance.operate      -    -    -   -   -    -   -   -    -    -   -    -    -     a
`, Actions: []access.Action{access.MaintenanceRead, access.MaintenanceBegin, access.MaintenanceRun, access.MaintenanceAgree, access.MaintenanceOperate},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: customers}.Check(t)
}
