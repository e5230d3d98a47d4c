package access

import "liuke.dev/shared/auth"

// What may be done to churn reviews, the experience base and scheduled reviews.
const (
	ChurnConfirm Action = "churn.confirm"    // say that a customer is lost, or that it is not after all
	ChurnRead    Action = "churn.read"       // a review, its map and whose promises were broken
	ChurnWork    Action = "churn.work"       // reasons, interview, participants, closing
	ChurnOpen    Action = "churn.open"       // what journeys ask for
	ChurnReport  Action = "churn.report"     // figures over all lost customers
	LessonRead   Action = "experience.read"  // search what was learnt
	LessonWrite  Action = "experience.write" // add to it by hand
	ReviewRead   Action = "review.read"      // scheduled reviews
	ReviewHold   Action = "review.hold"      // record that one was held; its owner may at any rate
	ReviewPlan   Action = "review.plan"      // what journeys ask for
)

// churnRights are those over reviews. Who sells confirms and works on the loss of
// their own customers; those who answer for all of sales or for keeping customers
// work on all. A participant may write their own findings at any rate. What was
// learnt is everybody's.
var churnRights = map[auth.Role]rights{
	auth.Salesperson:    {ChurnConfirm: Own, ChurnRead: Own, ChurnWork: Own, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.AccountManager: {ChurnConfirm: Own, ChurnRead: All, ChurnWork: Own, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.SalesManager:   {ChurnConfirm: Team, ChurnRead: Team, ChurnWork: Team, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All, ReviewHold: All},
	auth.SalesDirector:  {ChurnConfirm: All, ChurnRead: All, ChurnWork: All, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All, ReviewHold: All},
	auth.Management:     {ChurnConfirm: All, ChurnRead: All, ChurnWork: All, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All, ReviewHold: All},
	auth.Marketing:      {ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Service:        {ChurnRead: All, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Success:        {ChurnConfirm: All, ChurnRead: All, ChurnWork: All, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Implementation: {ChurnRead: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Operations:     {ChurnRead: All, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Product:        {ChurnRead: All, ChurnReport: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Technical:      {ChurnRead: All, LessonRead: All, LessonWrite: All, ReviewRead: All},
	auth.Administrator:  {LessonRead: All, ReviewRead: All},
	auth.System:         {ChurnOpen: All, ChurnRead: All, LessonRead: All, ReviewRead: All, ReviewPlan: All},
}
