package access

import "liuke.dev/shared/auth"

// The actions over cases. A case is its owner's, and its customer's owner's.
const (
	CaseOpen   Action = "case.open" // also a complaint, in one step
	CaseRead   Action = "case.read"
	CaseWork   Action = "case.work" // say, wait, solve, close, open again
	CaseAssign Action = "case.assign"
	CaseDecide Action = "case.decide" // what becomes of a suggestion
	CaseInvite Action = "case.invite" // make the links by which customers complain
	CaseEffect Action = "case.effect" // what journeys ask for
)

// CaseActions lists them in the order of the table.
var CaseActions = []Action{CaseOpen, CaseRead, CaseWork, CaseAssign, CaseDecide, CaseInvite, CaseEffect}

// caseRights: whoever hears a customer may open a case; departments that serve
// customers see all and work on all; others work on their own.
var caseRights = map[auth.Role]rights{
	auth.Salesperson:    {CaseOpen: All, CaseRead: Mates, CaseWork: Own, CaseAssign: Own, CaseInvite: All},
	auth.AccountManager: {CaseOpen: All, CaseRead: All, CaseWork: Own, CaseAssign: Own, CaseInvite: All},
	auth.SalesManager:   {CaseOpen: All, CaseRead: Team, CaseWork: Team, CaseAssign: Team, CaseDecide: Team, CaseInvite: All},
	auth.SalesDirector:  {CaseOpen: All, CaseRead: All, CaseWork: All, CaseAssign: All, CaseDecide: All, CaseInvite: All},
	auth.Management:     {CaseOpen: All, CaseRead: All, CaseWork: All, CaseAssign: All, CaseDecide: All, CaseInvite: All},
	auth.Service:        {CaseOpen: All, CaseRead: All, CaseWork: All, CaseAssign: All, CaseDecide: Own, CaseInvite: All},
	auth.Success:        {CaseOpen: All, CaseRead: All, CaseWork: All, CaseAssign: All, CaseDecide: Own, CaseInvite: All},
	auth.Implementation: {CaseOpen: All, CaseRead: All, CaseWork: Own, CaseAssign: Own},
	auth.Product:        {CaseOpen: All, CaseRead: All, CaseWork: Own, CaseAssign: Own, CaseDecide: All},
	auth.Technical:      {CaseOpen: All, CaseRead: Own, CaseWork: Own, CaseAssign: Own},
	auth.Operations:     {CaseOpen: All, CaseRead: All, CaseWork: Own, CaseAssign: Own, CaseInvite: All},
	auth.Marketing:      {CaseOpen: All, CaseRead: Own, CaseWork: Own, CaseAssign: Own, CaseInvite: All},
	auth.Administrator:  {CaseRead: All, CaseInvite: All},
	auth.System:         {CaseOpen: All, CaseRead: All, CaseWork: All, CaseAssign: All, CaseEffect: All},
}
