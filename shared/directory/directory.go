// Package directory knows the company's people and teams in every process, kept
// from the facts of organization, and answers who acts for whom: so that no
// work is ever given to somebody who left or is away without a delegate.
package directory

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
)

// Directory is a projection of people and teams; safe for concurrent use.
type Directory struct {
	mu      sync.RWMutex
	people  map[string]entry
	teams   map[string]team
	changed chan struct{} // closed and replaced with every change
	ready   chan struct{} // closed once everything recorded was read
	once    sync.Once
	// calendars is what Calendars gives, nil when it has to be worked out anew.
	calendars map[string]string
}

type entry struct {
	catalogue.Person
	version int64
}

type team struct {
	catalogue.Team
	version int64
}

// New gives an empty directory, which is not ready until Follow has read everything.
func New() *Directory {
	return &Directory{people: map[string]entry{}, teams: map[string]team{}, changed: make(chan struct{}), ready: make(chan struct{})}
}

// Of gives a directory of these people that is ready, for tests.
func Of(people ...catalogue.Person) *Directory {
	d := New()
	for _, p := range people {
		d.Put(p, 1)
	}
	d.markReady()
	return d
}

// Put sets a person as of a version of theirs; an older version changes nothing.
func (d *Directory) Put(p catalogue.Person, version int64) {
	d.change(func() bool {
		if d.people[p.ID].version > version {
			return false
		}
		d.people[p.ID] = entry{p, version}
		return true
	})
}

// PutTeam sets a team as of a version of its; an older version changes nothing.
func (d *Directory) PutTeam(t catalogue.Team, version int64) {
	d.change(func() bool {
		if d.teams[t.ID].version > version {
			return false
		}
		d.teams[t.ID] = team{t, version}
		return true
	})
}

func (d *Directory) change(apply func() bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if apply() {
		d.calendars = nil
		close(d.changed)
		d.changed = make(chan struct{})
	}
}

func (d *Directory) markReady() { d.once.Do(func() { close(d.ready) }) }

// Ready is closed once everything recorded at the start was read.
func (d *Directory) Ready() <-chan struct{} { return d.ready }

// Wait waits until the directory is ready.
func (d *Directory) Wait(ctx context.Context) error {
	select {
	case <-d.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Await waits until the directory knows at least this version of a person. A
// consumer that reacts to a fact about a person calls it first, because the
// directory reads the same facts by a way of its own.
func (d *Directory) Await(ctx context.Context, person string, version int64) error {
	for {
		d.mu.RLock()
		known, changed := d.people[person].version, d.changed
		d.mu.RUnlock()
		if known >= version {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Person gives a person, active or not.
func (d *Directory) Person(id string) (catalogue.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.people[id]
	return p.Person, ok
}

// Group gives a team by its id.
func (d *Directory) Group(id string) (catalogue.Team, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	t, ok := d.teams[id]
	return t.Team, ok
}

// Active gives the ids of the active people who have any of the roles, sorted;
// without roles those of all active people.
func (d *Directory) Active(roles ...auth.Role) []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.active(roles...)
}

// Everybody gives the ids of all people, those who left too, sorted.
func (d *Directory) Everybody() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Sorted(maps.Keys(d.people))
}

func (d *Directory) active(roles ...auth.Role) []string {
	var ids []string
	for id, p := range d.people {
		if p.Active && (len(roles) == 0 || p.has(roles)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (e entry) has(roles []auth.Role) bool {
	return slices.ContainsFunc(roles, func(r auth.Role) bool { return slices.Contains(e.Roles, string(r)) })
}

// Team gives the ids of everybody below a person in the tree of supervisors,
// active or not, sorted; the person is not among them.
func (d *Directory) Team(id string) []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	below := map[string][]string{}
	for _, p := range d.people {
		if s := d.superior(p.ID); s != "" {
			below[s] = append(below[s], p.ID)
		}
	}
	found := map[string]bool{id: true}
	for queue := []string{id}; len(queue) > 0; queue = queue[1:] {
		for _, b := range below[queue[0]] {
			if !found[b] {
				found[b] = true
				queue = append(queue, b)
			}
		}
	}
	delete(found, id)
	return slices.Sorted(maps.Keys(found))
}

// Leads tells whether a person stands above another in the tree of supervisors.
func (d *Directory) Leads(person, other string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return person != other && slices.Contains(d.above(other), person)
}

// ByEmail gives a person by mail address; of several an active one, and always the same.
func (d *Directory) ByEmail(email string) (catalogue.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var found catalogue.Person
	for _, p := range d.people {
		if p.Email == "" || !strings.EqualFold(p.Email, email) {
			continue
		}
		if found.ID == "" || p.Active && !found.Active || p.Active == found.Active && p.ID < found.ID {
			found = p.Person
		}
	}
	return found, found.ID != ""
}

// Principal gives a person as the one who calls.
func Principal(p catalogue.Person) auth.Principal {
	roles := make([]auth.Role, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = auth.Role(r)
	}
	return auth.Principal{ID: p.ID, Name: p.Name, Roles: roles, Language: p.Language}
}
