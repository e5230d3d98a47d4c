package deal

import (
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Assign gives the deal to somebody, or to the public pool if to is empty; who
// holds it already keeps it.
func Assign(d catalogue.Deal, to, reason string) Change {
	if d.Owner == to && d.Pooled == (to == "") {
		return unchanged(d)
	}
	f := &catalogue.DealAssigned{Deal: d.ID, Before: d.Owner, After: to, Reason: reason}
	d.Owner, d.Pooled = to, to == ""
	return changed(d, f)
}

// Link names the deal's customer.
func Link(d catalogue.Deal, customer string) (Change, error) {
	switch d.Customer {
	case customer:
		return unchanged(d), nil
	case "":
	default:
		return Change{}, problem.Refuse("linked", "商机已关联其他客户", "The deal belongs to another customer already")
	}
	d.Customer = customer
	d.Marks = slices.DeleteFunc(slices.Clone(d.Marks), func(m catalogue.Mark) bool { return m.Rule == GapCustomer })
	return changed(d, &catalogue.DealLinked{Deal: d.ID, State: d}), nil
}

// GapCustomer marks a deal that came in without a customer.
const GapCustomer = catalogue.MarkGapCustomer

// SetMark sets a mark of a rule; one that stands stays as it is.
func SetMark(d catalogue.Deal, m catalogue.Mark) Change {
	if slices.ContainsFunc(d.Marks, func(o catalogue.Mark) bool { return o.Rule == m.Rule }) {
		return unchanged(d)
	}
	d.Marks = append(slices.Clone(d.Marks), m)
	return changed(d, &catalogue.MarkSet{Subject: Subject(d), Mark: m})
}

// ClearMark clears a mark of a rule, if it stands.
func ClearMark(d catalogue.Deal, rule string) Change {
	i := slices.IndexFunc(d.Marks, func(o catalogue.Mark) bool { return o.Rule == rule })
	if i < 0 {
		return unchanged(d)
	}
	d.Marks = slices.Delete(slices.Clone(d.Marks), i, i+1)
	return changed(d, &catalogue.MarkCleared{Subject: Subject(d), Rule: rule})
}

// Intervene records that a manager stepped in: with a remark, or by
// giving the deal to somebody else.
func Intervene(d catalogue.Deal, by, note, to string) (Change, error) {
	if err := mustBeOpen(d); err != nil {
		return Change{}, err
	}
	note = strings.TrimSpace(note)
	var c checks
	c.text("note", note, longText)
	if note == "" {
		c = append(c, problem.Required("note"))
	}
	if err := problem.InvalidFields(c...); err != nil {
		return Change{}, err
	}
	f := &catalogue.DealIntervened{Deal: d.ID, By: by, Note: note, Action: "comment"}
	if to == "" || to == d.Owner {
		return changed(d, f), nil
	}
	f.Action, f.Before, f.After = "reassign", d.Owner, to
	given := Assign(d, to, "manual")
	return changed(given.Deal, append([]catalogue.Data{f}, given.Facts...)...), nil
}

// MoveToVersion puts the deal on the version of its pipeline that is in force
// it must still have the deal's stage.
func MoveToVersion(d catalogue.Deal, r Rules) (Change, error) {
	if err := mustBeOpen(d); err != nil {
		return Change{}, err
	}
	to := r.InForce
	if d.PipelineVersion == to.Version {
		return unchanged(d), nil
	}
	s := to.Stage(d.Pipeline, d.Stage)
	if s == nil || Terminal(s.Type) {
		return Change{}, problem.Refuse("R-054", "现行流程没有商机所在的阶段 "+d.Stage, "The pipeline in force has no stage "+d.Stage+" for an open deal")
	}
	before := d
	d.PipelineVersion, d.StageType = to.Version, string(s.Type)
	return changed(d, &catalogue.DealChanged{Before: before, After: d, Changed: []string{"pipeline_version"}}), nil
}

// DwellOf sums the time spent in each stage, milliseconds, the current one up
// to now.
func DwellOf(d catalogue.Deal, now instant.Time) map[string]int64 {
	sums := map[string]int64{}
	for _, v := range d.Dwell {
		sums[v.Stage] += v.MS
	}
	if d.Outcome == catalogue.DealOpen && now > d.StageSince {
		sums[d.Stage] += now.Sub(d.StageSince).Milliseconds()
	}
	return sums
}
