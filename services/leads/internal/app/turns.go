package app

import (
	"slices"
	"sync"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// turns remembers how many leads each person was given in turn, so that the
// next one goes to whoever got the fewest. It lives in the process: several
// processes are each balanced by themselves, which balances the whole.
type turns struct {
	mu    sync.Mutex
	given map[string]int
}

// next gives whose turn it is among the candidates; somebody new begins level
// with whoever got the fewest.
func (t *turns) next(candidates []string) string {
	if len(candidates) == 0 {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.given == nil {
		t.given = map[string]int{}
	}
	fewest, known := 0, false
	for _, c := range candidates {
		if n, ok := t.given[c]; ok && (!known || n < fewest) {
			fewest, known = n, true
		}
	}
	best := ""
	for _, c := range candidates {
		if _, ok := t.given[c]; !ok {
			t.given[c] = fewest
		}
		if best == "" || t.given[c] < t.given[best] {
			best = c
		}
	}
	t.given[best]++
	return best
}

// inTurn gives who takes the next lead: one of the policy's default assignees,
// else any salesperson, who is available at this instant. Where nobody is, the
// one who acts for them, so that nothing stays without an active owner;
// empty only in a company without active people.
func (a *App) inTurn(v *policy.View, except string, at instant.Time) string {
	named := v.Sections.Intake.DefaultAssignees
	if len(named) == 0 {
		named = a.People.Active(auth.Salesperson)
	}
	free := make([]string, 0, len(named))
	for _, id := range named {
		if id != except && a.People.Available(id, at) {
			free = append(free, id)
		}
	}
	if len(free) > 0 {
		return a.turns.next(free)
	}
	named = append(slices.Clone(named), except)
	for _, id := range named {
		if s := a.People.Substitute(id, at); s != "" && s != except {
			return s
		}
	}
	return ""
}
