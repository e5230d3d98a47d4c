package access

import "liuke.dev/shared/auth"

// What may be done to changes of need.
const (
	NeedRequest Action = "need_change.request"
	NeedApprove Action = "need_change.approve" // where the policy says a supervisor approves
	NeedCancel  Action = "need_change.cancel"  // somebody else's; one's own whoever may request
	NeedExpire  Action = "need_change.expire"  // what journeys ask for
)

// needChangeRights are those over changes of need. Whoever serves a customer may
// learn that a need changed; who sells speaks of their own customers. Who approves
// is the policy's word: the supervisors here, or those of a role. A department
// confirms for itself.
var needChangeRights = map[auth.Role]rights{
	auth.Salesperson:    {NeedRequest: Own},
	auth.AccountManager: {NeedRequest: Own},
	auth.SalesManager:   {NeedRequest: Team, NeedApprove: Team, NeedCancel: Team},
	auth.SalesDirector:  {NeedRequest: All, NeedApprove: All, NeedCancel: All},
	auth.Management:     {NeedRequest: All, NeedApprove: All, NeedCancel: All},
	auth.Marketing:      {NeedRequest: All},
	auth.Service:        {NeedRequest: All},
	auth.Success:        {NeedRequest: All},
	auth.Implementation: {NeedRequest: All},
	auth.Operations:     {NeedRequest: All},
	auth.System:         {NeedExpire: All},
}
