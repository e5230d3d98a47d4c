package deal

import (
	"cmp"
	"fmt"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
)

// assume fills in what a win asks for and nobody said, where the policy book lets
// it be taken from the deal or from the book.
func assume(d *catalogue.Deal, r Rules) {
	m := r.InForce.Sections.Maintenance
	if d.FollowOnContact == "" && slices.Contains(m.Assumes, policy.WinContact) {
		d.FollowOnContact = cmp.Or(d.KeyPerson, d.DecisionMaker)
	}
	if len(d.ServiceNodes) == 0 && slices.Contains(m.Assumes, policy.WinNodes) {
		d.ServiceNodes = slices.Clone(m.Agreed)
	}
	if d.RevisitCadence == nil && slices.Contains(m.Assumes, policy.WinCadence) && m.Cadence.Every > 0 {
		c := catalogue.Cadence(m.Cadence)
		d.RevisitCadence = &c
	}
}

// afterWin gives what a win asks for and the deal lacks: follow-on contact,
// service nodes, revisit cadence. The gate obeys whoever asks: the
// interface, an import, a drag on the board.
func afterWin(d catalogue.Deal, r Rules) []Needed {
	var missing []Needed
	for _, f := range r.InForce.Sections.Maintenance.Requires {
		if !has(d, f) {
			missing = append(missing, Needed{Field: f, Rule: ruleOf(f), Name: FieldName(f)})
		}
	}
	return missing
}

// care checks what was agreed for the time after a win.
func (c *checks) care(d catalogue.Deal, m policy.Maintenance) {
	c.text("follow_on_contact", d.FollowOnContact, shortText)
	for i, n := range d.ServiceNodes {
		c.option(fmt.Sprintf("service_nodes[%d]", i), n, m.Nodes)
	}
	if d.RevisitCadence == nil {
		return
	}
	if d.RevisitCadence.Every < 1 || d.RevisitCadence.Every > 1000 {
		c.add("revisit_cadence.every", "range", "必须在 1 到 1000 之间", "must be from 1 to 1000")
	}
	if !slices.Contains([]string{"day", "week", "month", "quarter", "year"}, d.RevisitCadence.Unit) {
		c.add("revisit_cadence.unit", "one_of", "只能是：day, week, month, quarter, year", "must be one of day, week, month, quarter, year")
	}
}
