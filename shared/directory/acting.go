package directory

import (
	"slices"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Supervisor gives who is responsible above a person: the next active one up
// the tree, else any active sales director, else anybody active in management;
// empty if there is none. The person is never their own supervisor.
func (d *Directory) Supervisor(id string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.supervisor(id, func(p entry) bool { return p.Active })
}

// Available tells whether a person is active and not absent at the instant.
func (d *Directory) Available(id string, at instant.Time) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.available(id, at)
}

// Delegate gives who stands in for an absent person: the first available one
// along the delegates, and delegates of delegates, who were named for their
// absences. Empty if the person is not absent or nobody along is available.
func (d *Directory) Delegate(id string, at instant.Time) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.delegate(id, at)
}

// Substitute gives who acts for a person at the instant: the person if active
// and present; else the delegate of the absence; else the successor; else the
// supervisors; else a sales director or management, each with the stand-ins of
// their own. Where nobody is present, it gives somebody active. It is empty
// only in a company without any active person.
func (d *Directory) Substitute(id string, at instant.Time) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if s := d.standIn(id, at, map[string]bool{}); s != "" {
		return s
	}
	for _, above := range d.above(id) {
		if s := d.standIn(above, at, map[string]bool{}); s != "" {
			return s
		}
	}
	present := func(p entry) bool { return d.available(p.ID, at) }
	for _, choose := range []func(entry) bool{present, func(p entry) bool { return p.Active }} {
		if s := d.lastResort(id, choose); s != "" {
			return s
		}
	}
	return ""
}

// lastResort gives somebody who may hold anything: for somebody inactive a
// superior first, then anybody of the house at all.
func (d *Directory) lastResort(id string, fits func(entry) bool) string {
	if p, ok := d.people[id]; ok && fits(p) {
		return id
	}
	if s := d.supervisor(id, fits); s != "" {
		return s
	}
	for _, other := range d.active() {
		if fits(d.people[other]) {
			return other
		}
	}
	return ""
}

// standIn follows delegates of those absent and successors of those gone.
func (d *Directory) standIn(id string, at instant.Time, visited map[string]bool) string {
	p, ok := d.people[id]
	if !ok || visited[id] {
		return ""
	}
	visited[id] = true
	if d.available(id, at) {
		return id
	}
	if p.Active {
		for _, a := range absences(p, at) {
			if s := d.standIn(a.Delegate, at, visited); s != "" {
				return s
			}
		}
	}
	return d.standIn(p.Successor, at, visited)
}

func (d *Directory) delegate(id string, at instant.Time) string {
	visited := map[string]bool{id: true}
	queue := absences(d.people[id], at)
	for ; len(queue) > 0; queue = queue[1:] {
		next := queue[0].Delegate
		if visited[next] {
			continue
		}
		visited[next] = true
		if d.available(next, at) {
			return next
		}
		queue = append(queue, absences(d.people[next], at)...)
	}
	return ""
}

func (d *Directory) available(id string, at instant.Time) bool {
	p, ok := d.people[id]
	return ok && p.Active && len(absences(p, at)) == 0
}

// absences gives those that cover the instant: from From, up to but not including To.
func absences(p entry, at instant.Time) []catalogue.Absence {
	var now []catalogue.Absence
	for _, a := range p.Absences {
		if a.From <= at && at < a.To {
			now = append(now, a)
		}
	}
	return now
}

func (d *Directory) supervisor(id string, fits func(entry) bool) string {
	for _, above := range d.above(id) {
		if p, ok := d.people[above]; ok && fits(p) {
			return above
		}
	}
	for _, role := range []auth.Role{auth.SalesDirector, auth.Management} {
		for _, other := range d.active(role) {
			if other != id && fits(d.people[other]) {
				return other
			}
		}
	}
	return ""
}

// above gives the people above one, nearest first; a circle ends where it closes.
func (d *Directory) above(id string) []string {
	var up []string
	for s := d.superior(id); s != "" && s != id && !slices.Contains(up, s); s = d.superior(s) {
		up = append(up, s)
	}
	return up
}

// superior gives who stands directly above: the supervisor, or where none is
// named the lead of the team or of the nearest team around it.
func (d *Directory) superior(id string) string {
	p := d.people[id]
	if p.Supervisor != "" {
		return p.Supervisor
	}
	seen := map[string]bool{}
	for t := p.Team; t != "" && !seen[t]; t = d.teams[t].Parent {
		seen[t] = true
		if lead := d.teams[t].Lead; lead != "" && lead != id {
			return lead
		}
	}
	return ""
}
