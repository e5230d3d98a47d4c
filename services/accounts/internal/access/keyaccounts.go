package access

import "liuke.dev/shared/auth"

// What may be done to key accounts.
const (
	KeyAccountRead      Action = "key_account.read"
	KeyAccountDesignate Action = "key_account.designate" // make a customer one, name its manager, end it
	KeyAccountKeep      Action = "key_account.keep"      // gaps, plans, notes; its manager and who answers for success always may
	CocreationJoin      Action = "cocreation.join"       // open and comment items, move them on
	CocreationInvite    Action = "cocreation.invite"     // invite guests, take invitations back
)

// keyAccountRights are those over key accounts: every department sees them, so that
// all serve them alike.
var keyAccountRights = map[auth.Role]rights{
	auth.Salesperson:    {KeyAccountRead: Mates, KeyAccountKeep: Own, CocreationJoin: Mates, CocreationInvite: Own},
	auth.AccountManager: {KeyAccountRead: All, KeyAccountKeep: Own, CocreationJoin: All, CocreationInvite: Own},
	auth.SalesManager:   {KeyAccountRead: Team, KeyAccountDesignate: Team, KeyAccountKeep: Team, CocreationJoin: Team, CocreationInvite: Team},
	auth.SalesDirector:  {KeyAccountRead: All, KeyAccountDesignate: All, KeyAccountKeep: All, CocreationJoin: All, CocreationInvite: All},
	auth.Management:     {KeyAccountRead: All, KeyAccountDesignate: All, KeyAccountKeep: All, CocreationJoin: All, CocreationInvite: All},
	auth.Marketing:      {KeyAccountRead: All, CocreationJoin: All},
	auth.Service:        {KeyAccountRead: All, CocreationJoin: All},
	auth.Success:        {KeyAccountRead: All, KeyAccountKeep: All, CocreationJoin: All, CocreationInvite: All},
	auth.Implementation: {KeyAccountRead: All, CocreationJoin: All},
	auth.Operations:     {KeyAccountRead: All, CocreationJoin: All},
	auth.Product:        {KeyAccountRead: All, CocreationJoin: All},
	auth.Technical:      {KeyAccountRead: All, CocreationJoin: All},
	auth.Administrator:  {KeyAccountRead: All},
	auth.System:         {KeyAccountRead: All},
}
