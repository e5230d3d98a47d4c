package standing

import (
	"liuke.dev/shared/catalogue"
	"slices"
)

// cause gives the row of the root-cause model that a rule or group points to,
// empty if none does.
func (e *eye) cause(rule string) string {
	for _, c := range e.s.Rules.RootCauses {
		if slices.Contains(c.Signals, rule) {
			return c.ID
		}
	}
	return ""
}

// causes gives the rows that the signals and groups point to, in the model's order.
func (e *eye) causes(found []catalogue.Signal, groups []string) []string {
	var out []string
	for _, c := range e.s.Rules.RootCauses {
		points := slices.ContainsFunc(found, func(s catalogue.Signal) bool { return slices.Contains(c.Signals, s.Rule) }) ||
			slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(c.Signals, g) })
		if points {
			out = append(out, c.ID)
		}
	}
	return out
}
