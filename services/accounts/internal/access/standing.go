package access

import "liuke.dev/shared/auth"

// What may be done to where customers stand.
const (
	StandingRead     Action = "standing.read"     // health, signals, groups, with their explanation
	StandingAssess   Action = "standing.assess"   // have a customer assessed anew
	StandingOverride Action = "standing.override" // set the life-cycle state by hand
	StandingReview   Action = "standing.review"   // log a review of the list of customers at risk
	StandingScore    Action = "standing.score"    // score everything from scratch
)

// standingRights are those over standings. Who reads a customer sees how it stands;
// the list of those at risk is management's to review, and customer success runs it.
var standingRights = map[auth.Role]rights{
	auth.Salesperson:    {StandingRead: Mates, StandingAssess: Own},
	auth.AccountManager: {StandingRead: All, StandingAssess: All, StandingOverride: Own},
	auth.SalesManager:   {StandingRead: Team, StandingAssess: Team, StandingOverride: Team, StandingReview: All},
	auth.SalesDirector:  {StandingRead: All, StandingAssess: All, StandingOverride: All, StandingReview: All},
	auth.Management:     {StandingRead: All, StandingAssess: All, StandingOverride: All, StandingReview: All},
	auth.Marketing:      {StandingRead: All},
	auth.Service:        {StandingRead: All, StandingAssess: All},
	auth.Success:        {StandingRead: All, StandingAssess: All, StandingOverride: All, StandingReview: All},
	auth.Implementation: {StandingRead: All},
	auth.Operations:     {StandingRead: All},
	auth.Product:        {StandingRead: All},
	auth.Administrator:  {StandingRead: All, StandingAssess: All, StandingScore: All},
	auth.System:         {StandingRead: All, StandingAssess: All, StandingScore: All},
}
