package access

import "liuke.dev/shared/auth"

// What may be done to contacts with customers and their budget.
const (
	OutreachReach    Action = "outreach.reach"    // what journeys ask for
	OutreachCancel   Action = "outreach.cancel"   // a subject's, what journeys ask for
	OutreachPlan     Action = "outreach.plan"     // a contact that a person plans
	OutreachWithdraw Action = "outreach.withdraw" // take back one that was not sent
	OutreachRead     Action = "outreach.read"
	BudgetRead       Action = "contact_budget.read"    // may the customer be contacted now?
	BudgetReserve    Action = "contact_budget.reserve" // before a call
)

// outreachRights are those over contacts with customers. Whoever may contact a
// customer asks the budget before (D-9); who sells plans contacts with their own.
var outreachRights = map[auth.Role]rights{
	auth.Salesperson:    {OutreachPlan: Own, OutreachWithdraw: Own, OutreachRead: Mates, BudgetRead: Mates, BudgetReserve: Mates},
	auth.AccountManager: {OutreachPlan: All, OutreachWithdraw: Own, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.SalesManager:   {OutreachPlan: Team, OutreachWithdraw: Team, OutreachRead: Team, BudgetRead: Team, BudgetReserve: Team},
	auth.SalesDirector:  {OutreachPlan: All, OutreachWithdraw: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Management:     {OutreachPlan: All, OutreachWithdraw: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Marketing:      {OutreachPlan: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Service:        {OutreachPlan: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Success:        {OutreachPlan: All, OutreachWithdraw: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Implementation: {OutreachPlan: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Operations:     {OutreachPlan: All, OutreachWithdraw: All, OutreachRead: All, BudgetRead: All, BudgetReserve: All},
	auth.Product:        {BudgetRead: All, BudgetReserve: All},
	auth.Technical:      {BudgetRead: All, BudgetReserve: All},
	auth.Administrator:  {OutreachRead: All, BudgetRead: All},
	auth.System:         {OutreachReach: All, OutreachCancel: All, OutreachRead: All, BudgetRead: All},
}
