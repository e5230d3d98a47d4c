package access

import "liuke.dev/shared/auth"

// What may be done to files that are kept with customers. Reading one takes the
// right to read the customer.
const (
	Attach Action = "attachment.store"
	Detach Action = "attachment.remove" // somebody else's; one's own whoever may attach
)

// attachmentRights are those over attachments. Every department that serves a
// customer adds to the one file; who sells adds to their own.
var attachmentRights = map[auth.Role]rights{
	auth.Salesperson:    {Attach: Own, Detach: Own},
	auth.AccountManager: {Attach: Own, Detach: Own},
	auth.SalesManager:   {Attach: Team, Detach: Team},
	auth.SalesDirector:  {Attach: All, Detach: All},
	auth.Management:     {Attach: All, Detach: All},
	auth.Marketing:      {Attach: All},
	auth.Service:        {Attach: All},
	auth.Success:        {Attach: All},
	auth.Implementation: {Attach: All},
	auth.Operations:     {Attach: All},
}
