package directory

// Calendar names the working calendar of a person, active or not: their own, else
// that of the nearest team around them that has one. Empty is the default of the
// policy book.
func (d *Directory) Calendar(id string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.calendar(d.people[id])
}

// Calendars gives the working calendars of everybody who has one, by the ids of
// the people. It is one picture of the company that never changes: whoever
// decides by it can be given it as a value, and must leave it as it is.
func (d *Directory) Calendars() map[string]string {
	d.mu.RLock()
	known := d.calendars
	d.mu.RUnlock()
	if known != nil {
		return known
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calendars == nil {
		d.calendars = map[string]string{}
		for id, p := range d.people {
			if c := d.calendar(p); c != "" {
				d.calendars[id] = c
			}
		}
	}
	return d.calendars
}

func (d *Directory) calendar(p entry) string {
	if p.Calendar != "" {
		return p.Calendar
	}
	seen := map[string]bool{}
	for t := p.Team; t != "" && !seen[t]; t = d.teams[t].Parent {
		seen[t] = true
		if c := d.teams[t].Calendar; c != "" {
			return c
		}
	}
	return ""
}
