package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// What facts say about how a customer stands that its timeline does not, or not in
// the words that rules need. id is the fact's.

// Changes of contacts, as marks keep them.
const (
	contactLeft  = "left"
	contactMoved = "moved" // is no longer decision maker
	contactNew   = "new"
)

// FromContact reads a change of contact: the decision maker or a key contact who
// leaves or moves is an early sign.
func FromContact(id string, at instant.Time, c catalogue.ContactChanged) []Classed {
	mark := func(kind string, when instant.Time) []Classed {
		return []Classed{{Contacts, Mark{At: when, ID: id, Kind: kind, Of: c.After.ID + "\x1f" + c.After.Successor}}}
	}
	weighty := c.After.Key || c.After.Role == catalogue.RoleDecisionMaker || c.Before != nil && (c.Before.Key || c.Before.Role == catalogue.RoleDecisionMaker)
	switch {
	case !weighty:
		return nil
	case c.Change == catalogue.ContactLeft:
		when := at
		if c.After.LeftAt != 0 {
			when = min(at, c.After.LeftAt)
		}
		return mark(contactLeft, when)
	case c.Before != nil && c.Before.Role == catalogue.RoleDecisionMaker && c.After.Role != catalogue.RoleDecisionMaker:
		return mark(contactMoved, at)
	case c.Before != nil && c.After.LeftAt != 0 && c.Before.Successor != c.After.Successor:
		return mark(contactLeft, c.After.LeftAt) // somebody took over later
	case c.Change == catalogue.ContactAdded:
		return mark(contactNew, at)
	}
	return nil
}

// FromChurn reads a confirmed churn: the state is confirmed from when
// somebody confirmed it, whenever the customer went.
func FromChurn(c catalogue.ChurnConfirmed) []Classed {
	return []Classed{{Losses, Mark{At: c.After.ConfirmedAt, ID: c.After.ID}}}
}

// FromWithdrawn reads that a confirmed churn turned out to be none.
func FromWithdrawn(at instant.Time, c catalogue.ChurnWithdrew) []Classed {
	return []Classed{{Regained, Mark{At: at, ID: c.After.ID}}}
}

// FromLink reads the post-sale link that a customer is in (R-053, C-08).
func FromLink(link string, since instant.Time) []Classed {
	return []Classed{{Links, Mark{At: since, ID: link, Of: link}}}
}
