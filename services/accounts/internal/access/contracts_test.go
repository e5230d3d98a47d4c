package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

var customers = []accesstest.Relation[access.Holder]{
	{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
	{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
	{Name: "in the pool", Reached: "mta", Thing: access.Holder{Pooled: true}},
	{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
	{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
}

// who may do what with contracts of whose customers.
func TestContractMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
contract.read            m    a    t   a   a    -   a   a    a    a   -    -    a     a
contract.draft           o    o    t   a   a    -   -   -    -    -   -    -    -     -
contract.approve         -    a    t   a   a    a   a   a    a    a   a    a    -     -
contract.pay             o    o    t   a   a    -   -   -    -    a   -    -    a     -
contract.operate         -    -    -   -   -    -   -   -    -    -   -    -    -     a
price.ask                m    a    t   a   a    a   a   a    -    -   -    -    -     a
`, Actions: []access.Action{access.ContractRead, access.ContractDraft, access.ContractApprove, access.ContractPay, access.ContractOperate, access.PriceAsk},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: customers}.Check(t)
}

// who may do what with key accounts and their co-creation space.
func TestKeyAccountMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
key_account.read         m    a    t   a   a    a   a   a    a    a   a    a    a     a
key_account.designate    -    -    t   a   a    -   -   -    -    -   -    -    -     -
key_account.keep         o    o    t   a   a    -   -   a    -    -   -    -    -     -
cocreation.join          m    a    t   a   a    a   a   a    a    a   a    a    -     -
cocreation.invite        o    o    t   a   a    -   -   a    -    -   -    -    -     -
`, Actions: []access.Action{access.KeyAccountRead, access.KeyAccountDesignate, access.KeyAccountKeep, access.CocreationJoin, access.CocreationInvite},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: customers}.Check(t)
}
