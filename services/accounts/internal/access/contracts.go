package access

import "liuke.dev/shared/auth"

// What may be done to contracts and prices.
const (
	ContractRead    Action = "contract.read"
	ContractDraft   Action = "contract.draft"   // draft, change, submit, send, renew, add to, end
	ContractApprove Action = "contract.approve" // decide a step that waits for one's role
	ContractPay     Action = "contract.pay"     // record a payment
	ContractOperate Action = "contract.operate" // what journeys ask for
	PriceAsk        Action = "price.ask"        // what a customer pays, requests for quotes
)

// contractRights are those over contracts of customers. A step of an approval also
// takes the role that the policy names for it.
var contractRights = map[auth.Role]rights{
	auth.Salesperson:    {ContractRead: Mates, ContractDraft: Own, ContractPay: Own, PriceAsk: Mates},
	auth.AccountManager: {ContractRead: All, ContractDraft: Own, ContractApprove: All, ContractPay: Own, PriceAsk: All},
	auth.SalesManager:   {ContractRead: Team, ContractDraft: Team, ContractApprove: Team, ContractPay: Team, PriceAsk: Team},
	auth.SalesDirector:  {ContractRead: All, ContractDraft: All, ContractApprove: All, ContractPay: All, PriceAsk: All},
	auth.Management:     {ContractRead: All, ContractDraft: All, ContractApprove: All, ContractPay: All, PriceAsk: All},
	auth.Marketing:      {ContractApprove: All, PriceAsk: All},
	auth.Service:        {ContractRead: All, ContractApprove: All, PriceAsk: All},
	auth.Success:        {ContractRead: All, ContractApprove: All, PriceAsk: All},
	auth.Implementation: {ContractRead: All, ContractApprove: All},
	auth.Operations:     {ContractRead: All, ContractApprove: All, ContractPay: All},
	auth.Product:        {ContractApprove: All},
	auth.Technical:      {ContractApprove: All},
	auth.Administrator:  {ContractRead: All, ContractPay: All},
	auth.System:         {ContractRead: All, ContractOperate: All, PriceAsk: All},
}
