package access

import "liuke.dev/shared/auth"

// What may be done about two files that are one customer.
const (
	Merge Action = "customer.merge" // say that two are one, and take it back
)

// mergeRights are those over merging: of customers that one answers for, or those below one.
var mergeRights = map[auth.Role]rights{
	auth.AccountManager: {Merge: Own},
	auth.SalesManager:   {Merge: Team},
	auth.SalesDirector:  {Merge: All},
	auth.Management:     {Merge: All},
}
