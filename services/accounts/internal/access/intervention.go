package access

import "liuke.dev/shared/auth"

// What may be done to interventions, wake-up plans and by the warning group. Where an
// action is about a role of a team, whoever holds the role stands for the owner.
const (
	InterventionAsk   Action = "intervention.ask"   // what journeys ask for
	InterventionOpen  Action = "intervention.open"  // by a person
	InterventionRead  Action = "intervention.read"  // every department serves in teams
	InterventionWork  Action = "intervention.work"  // a role's outcome, a planned contact: whoever holds the role
	InterventionSteer Action = "intervention.steer" // hand over a role, extend, close: whoever watches, and the group
	WakeUpRead        Action = "wake_up.read"
	WakeUpMake        Action = "wake_up.make"
	WakeUpDecide      Action = "wake_up.decide"     // approve, reject, stop
	GroupRead         Action = "warning_group.read" // the list and its meetings
	GroupMeet         Action = "warning_group.meet" // log a meeting; the group's members may
)

// interventionRights are those over interventions (R-114 to R-120, C-10, C-11).
var interventionRights = map[auth.Role]rights{
	auth.Salesperson: {InterventionOpen: Own, InterventionRead: Mates, InterventionWork: Own, InterventionSteer: Own, WakeUpRead: Mates, WakeUpMake: Own},
	auth.AccountManager: {InterventionOpen: All, InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, WakeUpRead: All, WakeUpMake: All, WakeUpDecide: Own,
		GroupRead: All},
	auth.SalesManager: {InterventionOpen: Team, InterventionRead: Team, InterventionWork: Team, InterventionSteer: Team, WakeUpRead: Team, WakeUpMake: Team, WakeUpDecide: Team,
		GroupRead: All, GroupMeet: All},
	auth.SalesDirector: {InterventionOpen: All, InterventionRead: All, InterventionWork: All, InterventionSteer: All, WakeUpRead: All, WakeUpMake: All, WakeUpDecide: All,
		GroupRead: All, GroupMeet: All},
	auth.Management: {InterventionOpen: All, InterventionRead: All, InterventionWork: All, InterventionSteer: All, WakeUpRead: All, WakeUpMake: All, WakeUpDecide: All,
		GroupRead: All, GroupMeet: All},
	auth.Marketing:      {InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, WakeUpRead: All, WakeUpMake: All, WakeUpDecide: All, GroupRead: All},
	auth.Service:        {InterventionOpen: All, InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, WakeUpRead: All, GroupRead: All},
	auth.Success:        {InterventionOpen: All, InterventionRead: All, InterventionWork: Own, InterventionSteer: All, WakeUpRead: All, WakeUpMake: All, WakeUpDecide: All, GroupRead: All, GroupMeet: All},
	auth.Implementation: {InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, WakeUpRead: All, GroupRead: All},
	auth.Operations:     {InterventionOpen: All, InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, WakeUpRead: All, WakeUpMake: All, WakeUpDecide: All, GroupRead: All},
	auth.Product:        {InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, GroupRead: All},
	auth.Technical:      {InterventionRead: All, InterventionWork: Own, InterventionSteer: Own, GroupRead: All},
	auth.Administrator:  {InterventionRead: All, WakeUpRead: All, GroupRead: All},
	auth.System:         {InterventionAsk: All, InterventionRead: All, WakeUpRead: All, GroupRead: All},
}
