package pursuit

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
)

// Take applies a fact to the state that has this care, and tells whether it changed
// it. A newer fact of the lead's or deal's own always does; where facts come late or
// twice, or are a task's or a signal's, only comparing tells.
func Take[S any](s *S, c *Care, f journey.Fact, apply func()) bool {
	if f.After(c.Newest.Ref) && own(f) {
		apply()
		return true
	}
	return journey.Changed(s, apply)
}

// own tells whether the fact is the lead's or deal's own, not a task's or a signal's.
func own(f journey.Fact) bool {
	switch f.Data.(type) {
	case *catalogue.FirstContactSignalled, *catalogue.TaskCreated, *catalogue.TaskChanged, *catalogue.TaskEnded:
		return false
	}
	return true
}
