package people

import (
	"slices"

	"liuke.dev/shared/problem"
)

// CheckSupervisor checks that a person may have this supervisor: somebody
// active, and never somebody below the person.
func (c Chart) CheckSupervisor(id, supervisor string) []problem.Field {
	if supervisor == "" {
		return nil
	}
	p, ok := c.People[supervisor]
	switch {
	case !ok:
		return []problem.Field{problem.FieldError("supervisor", "exists", "没有这个人", "no such person")}
	case supervisor == id:
		return []problem.Field{problem.FieldError("supervisor", "tree", "不能是自己的上级", "nobody supervises themselves")}
	case !p.Active:
		return []problem.Field{problem.FieldError("supervisor", "active", "此人已离职", "this person has left")}
	case slices.Contains(c.Above(supervisor), id):
		return []problem.Field{problem.FieldError("supervisor", "tree", "形成循环：此人是其下级", "a circle: this person stands below")}
	}
	return nil
}

// CheckTeam checks the place of a team: its parents are a tree, its lead is active.
func (c Chart) CheckTeam(id, parent, lead string) []problem.Field {
	var out []problem.Field
	if parent != "" {
		if _, ok := c.Teams[parent]; !ok {
			out = append(out, problem.FieldError("parent", "exists", "没有这个团队", "no such team"))
		}
		seen := map[string]bool{}
		for t := parent; t != "" && !seen[t]; t = c.Teams[t].Parent {
			if seen[t] = true; t == id {
				out = append(out, problem.FieldError("parent", "tree", "形成循环：上级团队在其之下", "a circle: the parent stands below this team"))
				break
			}
		}
	}
	if lead != "" && !c.People[lead].Active {
		out = append(out, problem.FieldError("lead", "active", "没有这个在职人员", "is not an active person"))
	}
	return out
}

// Successor gives who takes over when a person leaves: the one that was named,
// or the nearest active supervisor. It refuses to leave work without an active
// owner.
func (c Chart) Successor(id, wanted string) (string, error) {
	if wanted != "" {
		p, ok := c.People[wanted]
		switch {
		case !ok:
			return "", problem.InvalidFields(problem.FieldError("successor", "exists", "没有这个人", "no such person"))
		case wanted == id:
			return "", problem.InvalidFields(problem.FieldError("successor", "other", "不能由本人接手", "must be somebody else"))
		case !p.Active:
			return "", problem.InvalidFields(problem.FieldError("successor", "active", "接手人已离职", "the successor has left"))
		}
		return wanted, nil
	}
	for _, s := range c.Above(id) {
		if c.People[s].Active && s != id {
			return s, nil
		}
	}
	return "", problem.Refuse("R-010", "没有可接手的人：请指定在职的接手人", "nobody can take over: name an active successor")
}

// CheckLeaving refuses to lose the last administrator.
func (c Chart) CheckLeaving(id string) error {
	if c.People[id].Admin && c.Administrators() == 1 {
		return problem.Refuse("last_administrator", "这是最后一位系统管理员", "this is the last administrator")
	}
	return nil
}
