package access

import (
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
)

// Relations tells how people stand to one another at this moment.
type Relations struct {
	People *directory.Directory
	Clock  instant.Clock
}

// Owns tells whether a person is the owner or stands in for the absent owner.
func (r Relations) Owns(person, owner string) bool {
	return owner != "" && (person == owner || r.People.Delegate(owner, r.Clock()) == person)
}

// Mates tells whether two persons are of one team.
func (r Relations) Mates(a, b string) bool {
	x, _ := r.People.Person(a)
	y, _ := r.People.Person(b)
	return x.Team != "" && x.Team == y.Team
}

// Covers tells whether a scope of a person reaches what an owner answers for, each
// scope containing the one before it.
func (r Relations) Covers(s Scope, person, owner string) bool {
	switch {
	case s == All:
		return true
	case s == None || owner == "":
		return false
	case r.Owns(person, owner), s >= Mates && r.Mates(person, owner):
		return true
	}
	return s >= Team && r.People.Leads(person, owner)
}
