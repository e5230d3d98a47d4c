package directory

import (
	"maps"
	"testing"

	"liuke.dev/shared/catalogue"
)

// R-060, C-06: working time is a person's: by their own calendar, else by the
// nearest team's around them, else by the default of the book.
func TestCalendar(t *testing.T) {
	by := func(team, calendar string) func(*catalogue.Person) {
		return func(p *catalogue.Person) { p.Team, p.Calendar = team, calendar }
	}
	d := Of(person("own", "", by("night", "shop")), person("team", "", by("night", "")), person("around", "", by("branch", "")),
		person("none", ""), person("circle", "", by("a", "")), person("gone", "", gone, by("night", "")))
	d.PutTeam(catalogue.Team{ID: "night", Calendar: "night"}, 1)
	d.PutTeam(catalogue.Team{ID: "branch", Parent: "night"}, 1)
	d.PutTeam(catalogue.Team{ID: "a", Parent: "b"}, 1)
	d.PutTeam(catalogue.Team{ID: "b", Parent: "a"}, 1)
	want := map[string]string{"own": "shop", "team": "night", "around": "night", "gone": "night"}
	for _, id := range []string{"own", "team", "around", "none", "circle", "gone", "stranger"} {
		if got := d.Calendar(id); got != want[id] {
			t.Errorf("%s works by %q, want %q", id, got, want[id])
		}
	}
	before := d.Calendars()
	if !maps.Equal(before, want) {
		t.Errorf("all: %v", before)
	}
	d.Put(person("none", "", by("", "shop")), 2)
	if d.Calendars()["none"] != "shop" || before["none"] != "" {
		t.Errorf("after a change %v, and what was given before %v", d.Calendars(), before)
	}
}
