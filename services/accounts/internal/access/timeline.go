package access

import "liuke.dev/shared/auth"

// What may be done to timelines, orders and findings.
const (
	TimelineAppend Action = "timeline.append"    // tell what happened with a customer
	Unmatched      Action = "timeline.unmatched" // see and place what belongs to nobody known
	OrderRecord    Action = "order.record"       // orders, payments, usage
	FindingList    Action = "finding.list"       // data-trust findings over all customers one may read
	FindingSettle  Action = "finding.settle"     // set a finding aside with a reason
)

// timelineRights are those over timelines. Every department tells what it did with a
// customer; who sells tells of those that they may read. Reading a timeline
// or a panorama takes the right to read the customer.
var timelineRights = map[auth.Role]rights{
	auth.Salesperson:    {TimelineAppend: Mates, OrderRecord: Own, FindingList: Own, FindingSettle: Own},
	auth.AccountManager: {TimelineAppend: All, OrderRecord: Own, FindingList: All, FindingSettle: Own},
	auth.SalesManager:   {TimelineAppend: Team, OrderRecord: Team, FindingList: Team, FindingSettle: Team},
	auth.SalesDirector:  {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All, FindingSettle: All},
	auth.Management:     {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All, FindingSettle: All},
	auth.Marketing:      {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All},
	auth.Service:        {TimelineAppend: All, Unmatched: All, FindingList: All},
	auth.Success:        {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All, FindingSettle: All},
	auth.Implementation: {TimelineAppend: All, FindingList: All},
	auth.Operations:     {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All, FindingSettle: All},
	auth.Administrator:  {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All},
	auth.System:         {TimelineAppend: All, Unmatched: All, OrderRecord: All, FindingList: All},
}

// Everywhere tells whether the principal may do the action to every customer, so
// that whose it is need not be asked.
func (g Guard) Everywhere(p auth.Principal, a Action) bool { return table.ScopeOf(p, a) == All }
