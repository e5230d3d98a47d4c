package access

import "liuke.dev/shared/auth"

// The actions over care and activities.
const (
	CareRecord Action = "care.record" // record a care and its response
	CareRead   Action = "care.read"
	CarePlan   Action = "care.plan" // plan activities, see whom they are for, invite, note who came
)

// CareActions lists them in the order of the table.
var CareActions = []Action{CareRecord, CareRead, CarePlan}

// careRights: whoever answers for a customer cares; operations, marketing and
// customer success plan activities.
var careRights = map[auth.Role]rights{
	auth.Salesperson:    {CareRecord: Own, CareRead: Mates},
	auth.AccountManager: {CareRecord: Own, CareRead: All},
	auth.SalesManager:   {CareRecord: Team, CareRead: Team},
	auth.SalesDirector:  {CareRecord: All, CareRead: All, CarePlan: All},
	auth.Management:     {CareRecord: All, CareRead: All, CarePlan: All},
	auth.Service:        {CareRecord: All, CareRead: All},
	auth.Success:        {CareRecord: All, CareRead: All, CarePlan: All},
	auth.Operations:     {CareRecord: All, CareRead: All, CarePlan: All},
	auth.Marketing:      {CareRecord: All, CareRead: All, CarePlan: All},
	auth.Implementation: {CareRecord: Own, CareRead: All},
	auth.Administrator:  {CareRead: All},
	auth.System:         {CareRecord: All, CareRead: All},
}
