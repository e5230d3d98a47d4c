package people

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// CheckAbsence checks an absence against the person's others and against the
// delegate's: at every instant of it somebody must stand in.
func (c Chart) CheckAbsence(id string, a catalogue.Absence, now instant.Time) []problem.Field {
	var out []problem.Field
	if a.From.IsZero() {
		out = append(out, problem.Required("from"))
	}
	switch {
	case a.To.IsZero():
		out = append(out, problem.Required("to"))
	case a.To <= a.From:
		out = append(out, problem.FieldError("to", "ascending", "必须晚于开始时间", "must be later than from"))
	case a.To <= now:
		out = append(out, problem.FieldError("to", "in_past", "不能已经结束", "must not be in the past"))
	}
	for _, other := range c.People[id].Absences {
		if other.ID != a.ID && other.From < a.To && a.From < other.To {
			out = append(out, problem.FieldError("from", "overlap", "与另一段请假重叠："+other.From.String(), "overlaps the absence from "+other.From.String()))
		}
	}
	return append(out, c.checkDelegate(id, a)...)
}

func (c Chart) checkDelegate(id string, a catalogue.Absence) []problem.Field {
	d, ok := c.People[a.Delegate]
	switch {
	case a.Delegate == "":
		return []problem.Field{problem.Required("delegate")}
	case !ok:
		return []problem.Field{problem.FieldError("delegate", "exists", "没有这个人", "no such person")}
	case a.Delegate == id:
		return []problem.Field{problem.FieldError("delegate", "other", "不能由本人代理", "must be somebody else")}
	case !d.Active:
		return []problem.Field{problem.FieldError("delegate", "active", "代理人已离职", "the delegate has left")}
	case c.returns(a.Delegate, id, a.From, a.To, map[string]bool{}):
		return []problem.Field{problem.FieldError("delegate", "circle", "代理形成循环", "a circle: the delegate's own delegate leads back here")}
	case covered(d.Absences, a.From, a.To):
		return []problem.Field{problem.FieldError("delegate", "present", "代理人在整段时间内都不在", "the delegate is absent all that time")}
	}
	return nil
}

// covered tells whether absences fill a span without a gap.
func covered(absences []Span, from, to instant.Time) bool {
	sorted := slices.SortedFunc(slices.Values(absences), func(a, b Span) int { return int(min(1, max(-1, a.From-b.From))) })
	for _, a := range sorted {
		if a.From > from {
			break
		}
		from = max(from, a.To)
	}
	return from >= to
}

// returns tells whether, at some instant of the span, delegates of delegates
// lead back to the person.
func (c Chart) returns(from, id string, start, end instant.Time, visited map[string]bool) bool {
	if visited[from] {
		return false
	}
	visited[from] = true
	defer delete(visited, from)
	for _, a := range c.People[from].Absences {
		s, e := max(start, a.From), min(end, a.To)
		if s >= e {
			continue
		}
		if a.Delegate == id || c.returns(a.Delegate, id, s, e, visited) {
			return true
		}
	}
	return false
}
