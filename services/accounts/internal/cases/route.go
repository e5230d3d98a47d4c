package cases

import (
	"context"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// route gives who answers a case: the customer's owner if they have the kind's
// role; else whoever above the owner has it; else the one with the role who has
// the fewest open cases. Who is absent has somebody act for them. It is empty
// only in a company without any active person.
func (c *Cases) route(ctx context.Context, kind *policy.CaseKind, holder access.Holder, at instant.Time) (string, error) {
	role := auth.Role(kind.Role)
	if holder.Owner != "" {
		for id, seen := holder.Owner, map[string]bool{}; id != "" && !seen[id]; id = c.People.Supervisor(id) {
			seen[id] = true
			if c.has(id, role) {
				return c.People.Substitute(id, at), nil
			}
		}
	}
	able := c.People.Active(role)
	if free := slices.DeleteFunc(slices.Clone(able), func(id string) bool { return !c.People.Available(id, at) }); len(free) > 0 {
		return c.idlest(ctx, free)
	}
	for _, id := range append(able, holder.Owner) {
		if s := c.People.Substitute(id, at); s != "" {
			return s, nil
		}
	}
	return "", nil
}

func (c *Cases) has(person string, role auth.Role) bool {
	p, ok := c.People.Person(person)
	return ok && p.Active && slices.Contains(p.Roles, string(role))
}

// idlest gives who has the fewest open cases, the first of those who have equally many.
func (c *Cases) idlest(ctx context.Context, people []string) (string, error) {
	best, fewest := "", int64(0)
	for _, id := range people {
		n, err := c.docs.Count(ctx, store.Query{Index: byOwner, Equal: []any{true, id}})
		if err != nil {
			return "", err
		}
		if best == "" || n < fewest {
			best, fewest = id, n
		}
	}
	return best, nil
}
