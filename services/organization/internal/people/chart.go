// Package people holds the rules of people and teams: a tree of supervisors,
// absences in which somebody always stands in, and a successor for everyone
// who leaves. It knows no store, no clock and no HTTP.
package people

import (
	"maps"
	"slices"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Chart is the company's structure in one piece: what the rules that reach over
// several people need to know. It is kept in one document, so that two changes
// at the same time cannot together make what each alone may not.
type Chart struct {
	People map[string]Place     `json:"people,omitempty"`
	Teams  map[string]TeamPlace `json:"teams,omitempty"`
}

// Place is where a person stands.
type Place struct {
	Supervisor string `json:"supervisor,omitempty"`
	Team       string `json:"team,omitempty"`
	Active     bool   `json:"active,omitempty"`
	Admin      bool   `json:"admin,omitempty"`
	Absences   []Span `json:"absences,omitempty"`
}

// Span is an absence as the chart keeps it.
type Span struct {
	ID       string       `json:"id"`
	From     instant.Time `json:"from"`
	To       instant.Time `json:"to"`
	Delegate string       `json:"delegate"`
}

// TeamPlace is where a team stands.
type TeamPlace struct {
	Parent string `json:"parent,omitempty"`
	Lead   string `json:"lead,omitempty"`
}

// PlaceOf gives the place of a person.
func PlaceOf(p catalogue.Person) Place {
	place := Place{Supervisor: p.Supervisor, Team: p.Team, Active: p.Active, Admin: p.Active && slices.Contains(p.Roles, string(auth.Administrator))}
	for _, a := range p.Absences {
		place.Absences = append(place.Absences, Span{a.ID, a.From, a.To, a.Delegate})
	}
	return place
}

// Same tells whether two places are alike.
func (p Place) Same(q Place) bool {
	return p.Supervisor == q.Supervisor && p.Team == q.Team && p.Active == q.Active && p.Admin == q.Admin && slices.Equal(p.Absences, q.Absences)
}

// With gives the chart with a person at a place; the chart itself stays.
func (c Chart) With(id string, p Place) Chart {
	people := maps.Clone(c.People)
	if people == nil {
		people = map[string]Place{}
	}
	people[id] = p
	return Chart{People: people, Teams: c.Teams}
}

// WithTeam gives the chart with a team at a place.
func (c Chart) WithTeam(id string, p TeamPlace) Chart {
	teams := maps.Clone(c.Teams)
	if teams == nil {
		teams = map[string]TeamPlace{}
	}
	teams[id] = p
	return Chart{People: c.People, Teams: teams}
}

// superior gives who stands directly above a person: the supervisor, or where
// none is named the lead of the team, or of the nearest team around it.
func (c Chart) superior(id string) string {
	p := c.People[id]
	if p.Supervisor != "" {
		return p.Supervisor
	}
	seen := map[string]bool{}
	for t := p.Team; t != "" && !seen[t]; t = c.Teams[t].Parent {
		seen[t] = true
		if lead := c.Teams[t].Lead; lead != "" && lead != id {
			return lead
		}
	}
	return ""
}

// Above gives those above a person, nearest first; a circle ends where it closes.
func (c Chart) Above(id string) []string {
	var up []string
	for s := c.superior(id); s != "" && s != id && !slices.Contains(up, s); s = c.superior(s) {
		up = append(up, s)
	}
	return up
}

// Leads tells whether a person stands above another.
func (c Chart) Leads(person, other string) bool {
	return person != other && slices.Contains(c.Above(other), person)
}

// Reports gives the active people directly below a person, sorted.
func (c Chart) Reports(id string) []string {
	var out []string
	for other, p := range c.People {
		if p.Active && c.superior(other) == id {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return out
}

// Administrators counts the active administrators.
func (c Chart) Administrators() int {
	n := 0
	for _, p := range c.People {
		if p.Admin {
			n++
		}
	}
	return n
}
