// Package period reads the beginning and end of what figures are asked for.
package period

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Query is embedded in the input of operations that give figures.
type Query struct {
	From string `query:"from" maxLength:"40" doc:"From this instant on: a time with a zone; empty: from the first"`
	To   string `query:"to" maxLength:"40" doc:"Before this instant; empty: until now"`
}

// Instants gives both; unset where nothing was asked. Errors name the parameter.
func (q Query) Instants() (from, to instant.Time, err error) {
	var wrong []problem.Field
	for _, p := range []struct {
		name, text string
		into       *instant.Time
	}{{"query.from", q.From, &from}, {"query.to", q.To, &to}} {
		if p.into.UnmarshalText([]byte(p.text)) != nil {
			wrong = append(wrong, problem.FieldError(p.name, "instant", "应为带时区的时间，例如 2026-04-01T09:30:00+08:00", "must be a time with a zone such as 2026-04-01T09:30:00+08:00"))
		}
	}
	if len(wrong) == 0 && !from.IsZero() && !to.IsZero() && to <= from {
		wrong = append(wrong, problem.FieldError("query.to", "ascending", "必须晚于 from", "must be later than from"))
	}
	return from, to, problem.InvalidFields(wrong...)
}
