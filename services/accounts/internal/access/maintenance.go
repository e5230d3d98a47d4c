package access

import "liuke.dev/shared/auth"

// What may be done to how customers are looked after.
const (
	MaintenanceRead    Action = "maintenance.read"    // what runs, who acts next
	MaintenanceBegin   Action = "maintenance.begin"   // by hand, for customers of before
	MaintenanceRun     Action = "maintenance.run"     // begin and cancel processes, end other people's steps
	MaintenanceAgree   Action = "maintenance.agree"   // contact, nodes, cadence, people, links, referrals
	MaintenanceOperate Action = "maintenance.operate" // what journeys ask for
)

// maintenanceRights are those over maintenance. Customer success owns how customers
// grow and runs it for all; who sells runs that of their own.
var maintenanceRights = map[auth.Role]rights{
	auth.Salesperson:    {MaintenanceRead: Mates, MaintenanceBegin: Own, MaintenanceRun: Own, MaintenanceAgree: Own},
	auth.AccountManager: {MaintenanceRead: All, MaintenanceBegin: Own, MaintenanceRun: Own, MaintenanceAgree: Own},
	auth.SalesManager:   {MaintenanceRead: Team, MaintenanceBegin: Team, MaintenanceRun: Team, MaintenanceAgree: Team},
	auth.SalesDirector:  {MaintenanceRead: All, MaintenanceBegin: All, MaintenanceRun: All, MaintenanceAgree: All},
	auth.Management:     {MaintenanceRead: All, MaintenanceBegin: All, MaintenanceRun: All, MaintenanceAgree: All},
	auth.Marketing:      {MaintenanceRead: All},
	auth.Service:        {MaintenanceRead: All},
	auth.Success:        {MaintenanceRead: All, MaintenanceBegin: All, MaintenanceRun: All, MaintenanceAgree: All},
	auth.Implementation: {MaintenanceRead: All},
	auth.Operations:     {MaintenanceRead: All},
	auth.Product:        {MaintenanceRead: All},
	auth.Administrator:  {MaintenanceRead: All, MaintenanceBegin: All},
	auth.System:         {MaintenanceRead: All, MaintenanceOperate: All},
}
