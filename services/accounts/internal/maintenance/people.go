package maintenance

import (
	"hash/fnv"
	"strings"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// people find who takes a step in the directory.
type people struct {
	*directory.Directory
	rules policy.Standing // who watches (R-110, C-11)
}

var _ plan.People = people{}

// Of gives who a relation or role means for a customer. A role's people share
// customers evenly, each customer always the same one while they are there; where
// a role has nobody, it is the owner's supervisor, and in the end anybody active
//
func (p people) Of(who string, m catalogue.Maintenance, at instant.Time) string {
	if p.Directory == nil {
		return m.Owner
	}
	if who == "watcher" {
		who = p.watcher(m)
	}
	switch role, isRole := strings.CutPrefix(who, "role:"); {
	case isRole:
		return p.oneOf(auth.Role(role), m, at)
	case who == "owner":
		return p.standing(m.Owner, m.Owner, at)
	case who == "success":
		return p.standing(m.Success, p.oneOf(auth.Success, m, at), at)
	case who == "implementation":
		return p.standing(m.Implementation, p.oneOf(auth.Implementation, m, at), at)
	case who == "owner_supervisor":
		return p.standing(p.Supervisor(m.Owner), m.Owner, at)
	case who == "success_supervisor":
		return p.standing(p.Supervisor(m.Success), m.Success, at)
	}
	return p.standing(m.Owner, m.Owner, at)
}

// watcher gives who watches a customer, as the policy's routes by tier and risk
// group say; the owner's supervisor where none fits (R-110, C-11).
func (p people) watcher(m catalogue.Maintenance) string {
	w := standing.Watcher(p.rules, m.Tier, m.Standing.Groups, m.Standing.Red)
	switch {
	case w == nil || w.Role == "owners_supervisor":
		return "owner_supervisor"
	case w.Role == "owner":
		return "owner"
	}
	return "role:" + w.Role
}

// Have tells whether anybody active has a role.
func (p people) Have(role string) bool {
	return p.Directory != nil && len(p.Active(auth.Role(role))) > 0
}

// standing gives the person if active, else who acts for them or for the other.
func (p people) standing(id, other string, at instant.Time) string {
	if person, ok := p.Person(id); ok && person.Active {
		return id
	}
	if id != "" {
		if s := p.Substitute(id, at); s != "" {
			return s
		}
	}
	if other != "" && other != id {
		return other
	}
	return p.Substitute(other, at)
}

func (p people) oneOf(role auth.Role, m catalogue.Maintenance, at instant.Time) string {
	all := p.Active(role)
	if len(all) == 0 {
		if s := p.Supervisor(m.Owner); s != "" {
			return s
		}
		return p.Substitute(m.Owner, at)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.Customer))
	return all[int(h.Sum32()%uint32(len(all)))]
}

// View gives the book in the working time of a person.
func (p people) View(v *policy.View, person string) *policy.View {
	if p.Directory == nil {
		return v
	}
	return v.On(p.Calendar(person))
}

// Name of a person, the id where it is not known.
func (p people) Name(id string) string {
	if p.Directory != nil {
		if person, ok := p.Person(id); ok && person.Name != "" {
			return person.Name
		}
	}
	return id
}
