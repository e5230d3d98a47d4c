package people

import (
	"fmt"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"pgregory.net/rapid"
)

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("p%d", i)
	}
	return out
}

// However supervisors change, as long as each change passes, they are a tree.
func TestSupervisorsStayATree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := names(6)
		c := Chart{}
		for _, id := range ids {
			c = c.With(id, Place{Active: true})
		}
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			id, s := rapid.SampledFrom(ids).Draw(t, "id"), rapid.SampledFrom(ids).Draw(t, "supervisor")
			if len(c.CheckSupervisor(id, s)) == 0 {
				p := c.People[id]
				p.Supervisor = s
				c = c.With(id, p)
			}
		}
		for _, id := range ids {
			seen := map[string]bool{id: true}
			for s := c.People[id].Supervisor; s != ""; s = c.People[s].Supervisor {
				if seen[s] {
					t.Fatalf("a circle through %s: %+v", s, c.People)
				}
				seen[s] = true
			}
		}
	})
}

// However absences are recorded, as long as each passes its check, following
// delegates at any instant never comes back to where it began.
func TestDelegatesNeverGoInCircles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := names(4)
		c := Chart{}
		for _, id := range ids {
			c = c.With(id, Place{Active: true})
		}
		for n := range rapid.IntRange(1, 25).Draw(t, "absences") {
			from := rapid.Int64Range(1, 20).Draw(t, "from")
			a := catalogue.Absence{ID: fmt.Sprint(n), From: instant.Time(from), To: instant.Time(from + rapid.Int64Range(1, 8).Draw(t, "days")), Delegate: rapid.SampledFrom(ids).Draw(t, "delegate")}
			id := rapid.SampledFrom(ids).Draw(t, "id")
			if len(c.CheckAbsence(id, a, 0)) == 0 {
				p := c.People[id]
				p.Absences = append(append([]Span{}, p.Absences...), Span{a.ID, a.From, a.To, a.Delegate})
				c = c.With(id, p)
			}
		}
		for at := instant.Time(0); at < 30; at++ {
			for _, id := range ids {
				steps := 0
				for who := id; ; steps++ {
					next := delegateAt(c, who, at)
					if next == "" {
						break
					}
					if next == id || steps > len(ids) {
						t.Fatalf("at %d the delegates of %s go in a circle: %+v", at, id, c.People)
					}
					who = next
				}
			}
		}
	})
}

func delegateAt(c Chart, id string, at instant.Time) string {
	for _, a := range c.People[id].Absences {
		if a.From <= at && at < a.To {
			return a.Delegate
		}
	}
	return ""
}

func TestSuccessor(t *testing.T) {
	c := Chart{}.With("top", Place{Active: true}).With("mid", Place{Supervisor: "top"}).With("low", Place{Supervisor: "mid", Active: true}).With("lone", Place{Active: true})
	if s, err := c.Successor("low", ""); err != nil || s != "top" { // past a supervisor who left
		t.Errorf("%s %v", s, err)
	}
	if s, err := c.Successor("low", "lone"); err != nil || s != "lone" {
		t.Errorf("%s %v", s, err)
	}
	led := c.WithTeam("house", TeamPlace{Lead: "top"}).WithTeam("shop", TeamPlace{Parent: "house", Lead: "clerk"}).With("clerk", Place{Active: true, Team: "shop"})
	if s, err := led.Successor("clerk", ""); err != nil || s != "top" { // where no supervisor is named, the lead of the team around
		t.Errorf("%s %v", s, err)
	}
	if !led.Leads("top", "clerk") || led.Leads("clerk", "top") || len(led.Reports("top")) != 1 {
		t.Error("leads of teams lead")
	}
	for _, wanted := range []string{"", "mid", "lone", "nobody"} {
		if s, err := c.Successor("lone", wanted); err == nil {
			t.Errorf("%q: %s", wanted, s)
		}
	}
}
