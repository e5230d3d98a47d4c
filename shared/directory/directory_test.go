package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/store"
)

const (
	day = instant.Time(24 * time.Hour / time.Millisecond)
	now = 20000 * day
)

// person makes an active salesperson under a supervisor.
func person(id, supervisor string, change ...func(*catalogue.Person)) catalogue.Person {
	p := catalogue.Person{ID: id, Name: id, Roles: []string{string(auth.Salesperson)}, Supervisor: supervisor, Language: "zh-CN", Zone: "Asia/Shanghai", Active: true}
	for _, c := range change {
		c(&p)
	}
	return p
}

func gone(p *catalogue.Person) { p.Active = false }

func role(r auth.Role) func(*catalogue.Person) {
	return func(p *catalogue.Person) { p.Roles = []string{string(r)} }
}

func successor(id string) func(*catalogue.Person) {
	return func(p *catalogue.Person) { p.Successor = id }
}

func away(from, to instant.Time, delegate string) func(*catalogue.Person) {
	return func(p *catalogue.Person) {
		p.Absences = append(p.Absences, catalogue.Absence{ID: fmt.Sprint(len(p.Absences)), From: from, To: to, Delegate: delegate})
	}
}

func today(delegate string) func(*catalogue.Person) { return away(now-day, now+day, delegate) }

// who acts for a person now.
func TestSubstitute(t *testing.T) {
	director := person("director", "", role(auth.SalesDirector))
	cases := []struct {
		name   string
		people []catalogue.Person
		want   string
	}{
		{"present", []catalogue.Person{person("p", "m"), person("m", "")}, "p"},
		{"absent with a delegate", []catalogue.Person{person("p", "m", today("d")), person("d", ""), person("m", "")}, "d"},
		{"the absence begins at its first instant", []catalogue.Person{person("p", "", away(now, now+day, "d")), person("d", "")}, "d"},
		{"the absence has not begun", []catalogue.Person{person("p", "", away(now+1, now+day, "d")), person("d", "")}, "p"},
		{"the absence ended this instant", []catalogue.Person{person("p", "", away(now-day, now, "d")), person("d", "")}, "p"},
		{"the absence ends an instant later", []catalogue.Person{person("p", "", away(now-day, now+1, "d")), person("d", "")}, "d"},
		{"the delegate is absent too", []catalogue.Person{person("p", "", today("d")), person("d", "", today("e")), person("e", "")}, "e"},
		{"delegates in a circle: the supervisor", []catalogue.Person{person("p", "m", today("d")), person("d", "", today("p")), person("m", "")}, "m"},
		{"the delegate left: their successor", []catalogue.Person{person("p", "m", today("d")), person("d", "", gone, successor("s")), person("s", ""), person("m", "")}, "s"},
		{"two absences at once: the first delegate who is there", []catalogue.Person{person("p", "", today("d"), today("e")), person("d", "", gone), person("e", "")}, "e"},
		{"absent without a delegate: the successor", []catalogue.Person{person("p", "m", today(""), successor("s")), person("s", ""), person("m", "")}, "s"},
		{"left: the successor", []catalogue.Person{person("p", "m", gone, successor("s")), person("s", ""), person("m", "")}, "s"},
		{"left, the delegate of an old absence does not count", []catalogue.Person{person("p", "m", gone, today("d")), person("d", ""), person("m", "")}, "m"},
		{"left, the successor is absent: the successor's delegate", []catalogue.Person{person("p", "m", gone, successor("s")), person("s", "", today("d")), person("d", ""), person("m", "")}, "d"},
		{"left without a successor: the supervisor", []catalogue.Person{person("p", "m", gone), person("m", "")}, "m"},
		{"the supervisor is absent: the supervisor's delegate", []catalogue.Person{person("p", "m", gone), person("m", "g", today("d")), person("d", ""), person("g", "")}, "d"},
		{"the supervisor left: the next one up", []catalogue.Person{person("p", "m", gone), person("m", "g", gone), person("g", "")}, "g"},
		{"nobody above: a sales director", []catalogue.Person{person("p", "", gone), person("x", "", role(auth.Management)), director}, "director"},
		{"no director either: management", []catalogue.Person{person("p", "", gone), person("x", "", role(auth.Management))}, "x"},
		{"supervisors in a circle: a director", []catalogue.Person{person("p", "q", gone), person("q", "p", gone), director}, "director"},
		{"everybody is absent: still somebody active", []catalogue.Person{person("p", "m", today("")), person("m", "", today(""))}, "p"},
		{"left and everybody is absent: the supervisor all the same", []catalogue.Person{person("p", "m", gone), person("m", "", today(""))}, "m"},
		{"nobody knows the person: a director", []catalogue.Person{director}, "director"},
		{"no director, no management: anybody who is present", []catalogue.Person{person("p", "", gone), person("a", "", today("")), person("b", "")}, "b"},
		{"an empty house", []catalogue.Person{person("p", "", gone)}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Of(c.people...).Substitute("p", now); got != c.want {
				t.Errorf("%q instead of %q", got, c.want)
			}
		})
	}
}

// delegates and availability by themselves.
func TestDelegateAndAvailable(t *testing.T) {
	d := Of(person("p", "m", today("d")), person("d", "", today("e")), person("e", ""), person("c", "", today("c2")), person("c2", "", today("c")),
		person("m", ""), person("g", "m", gone), person("n", "", today("")))
	for _, c := range []struct {
		id, delegate string
		available    bool
	}{{"p", "e", false}, {"d", "e", false}, {"e", "", true}, {"c", "", false}, {"g", "", false}, {"n", "", false}, {"nobody", "", false}} {
		if got := d.Delegate(c.id, now); got != c.delegate {
			t.Errorf("delegate of %s: %q", c.id, got)
		}
		if got := d.Available(c.id, now); got != c.available {
			t.Errorf("%s available: %v", c.id, got)
		}
	}
}

// every link names a responsible person; the tree says who is above.
func TestSupervisor(t *testing.T) {
	boss := person("boss", "", role(auth.SalesDirector))
	cases := []struct {
		name   string
		people []catalogue.Person
		want   string
	}{
		{"the supervisor", []catalogue.Person{person("p", "m"), person("m", ""), boss}, "m"},
		{"an absent supervisor is still the supervisor", []catalogue.Person{person("p", "m"), person("m", "", today("")), boss}, "m"},
		{"one who left is passed over", []catalogue.Person{person("p", "m"), person("m", "g", gone), person("g", ""), boss}, "g"},
		{"nobody named: a director", []catalogue.Person{person("p", ""), boss}, "boss"},
		{"an unknown supervisor: a director", []catalogue.Person{person("p", "ghost"), boss}, "boss"},
		{"never oneself", []catalogue.Person{person("p", "p", role(auth.SalesDirector)), person("x", "", role(auth.Management))}, "x"},
		{"a circle", []catalogue.Person{person("p", "q", gone), person("q", "p", gone), boss}, "boss"},
		{"no one", []catalogue.Person{person("p", "")}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Of(c.people...).Supervisor("p"); got != c.want {
				t.Errorf("%q instead of %q", got, c.want)
			}
		})
	}
}

func TestTheTreeOfSupervisorsAndTeams(t *testing.T) {
	d := Of(person("boss", "", role(auth.SalesDirector)), person("m", "boss", role(auth.SalesManager)), person("a", "m"), person("b", "m", gone),
		person("c", "", func(p *catalogue.Person) { p.Team = "north" }), person("lead", "boss"))
	d.PutTeam(catalogue.Team{ID: "sales", Lead: "lead"}, 1)
	d.PutTeam(catalogue.Team{ID: "north", Parent: "sales"}, 1)
	for id, want := range map[string][]string{"boss": {"a", "b", "c", "lead", "m"}, "m": {"a", "b"}, "lead": {"c"}, "a": nil} {
		if got := d.Team(id); !slices.Equal(got, want) {
			t.Errorf("team of %s: %v", id, got)
		}
	}
	if !d.Leads("boss", "a") || d.Leads("a", "boss") || d.Leads("a", "a") || d.Leads("m", "c") {
		t.Error("leads")
	}
	if got := d.Active(auth.SalesManager, auth.SalesDirector); !slices.Equal(got, []string{"boss", "m"}) {
		t.Error(got)
	}
	if got := d.Active(); len(got) != 5 {
		t.Error(got)
	}
	if g, ok := d.Group("north"); !ok || g.Parent != "sales" {
		t.Error(g)
	}
}

// whatever the tree looks like, somebody active is found while there is anybody.
func TestThereIsAlwaysSomebodyActive(t *testing.T) {
	for seed := range 2000 {
		n := 1 + seed%6
		var people []catalogue.Person
		alive := false
		x := uint64(seed)*0x9E3779B97F4A7C15 + 1
		pick := func(k int) int { x ^= x << 13; x ^= x >> 7; x ^= x << 17; return int(x % uint64(k)) }
		for i := range n {
			p := person(fmt.Sprint(i), fmt.Sprint(pick(n+1)), successor(fmt.Sprint(pick(n+1))))
			p.Active = pick(3) > 0
			alive = alive || p.Active
			if pick(2) == 0 {
				today(fmt.Sprint(pick(n + 1)))(&p)
			}
			people = append(people, p)
		}
		d := Of(people...)
		for i := range n {
			got := d.Substitute(fmt.Sprint(i), now)
			who, ok := d.Person(got)
			if alive && (!ok || !who.Active) || !alive && got != "" {
				t.Fatalf("seed %d: %d is acted for by %q", seed, i, got)
			}
			if someone := slices.ContainsFunc(people, func(p catalogue.Person) bool { return d.Available(p.ID, now) }); someone && !d.Available(got, now) {
				t.Fatalf("seed %d: %q is not available, others are", seed, got)
			}
		}
	}
}

func fact(t *testing.T, d catalogue.Data, aggregate string, version int64) kafka.Message {
	t.Helper()
	d.SetHead(catalogue.Head{AggregateVersion: version, Actor: catalogue.Actor{ID: "admin", Kind: catalogue.ActorPerson}})
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := facts.Validate(d.Kind().Type, raw); err != nil {
		t.Fatal(err)
	}
	return facts.ToMessage(facts.Event{ID: store.FactID(aggregate, version, 0), Source: "liuke/organization", Type: d.Kind().Type, Subject: aggregate,
		Time: now, Aggregate: aggregate, Version: version, Data: raw}, d.Kind().Topic, "")
}

func TestTheDirectoryFollowsOrganization(t *testing.T) {
	m := kafkatest.New()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := m.EnsureTopics(ctx, facts.Topics(3, 0)); err != nil {
		t.Fatal(err)
	}
	send := func(messages ...kafka.Message) {
		if err := m.Produce(ctx, messages); err != nil {
			t.Fatal(err)
		}
	}
	old := person("p", "old")
	send(fact(t, &catalogue.PersonChanged{After: person("p", "m")}, "person/p", 2), fact(t, &catalogue.PersonChanged{After: person("m", "")}, "person/m", 1),
		fact(t, &catalogue.PersonChanged{After: old}, "person/p", 1), // came twice and late
		fact(t, &catalogue.TeamChanged{After: catalogue.Team{ID: "north", Name: "North"}}, "team/north", 1),
		kafka.Message{Topic: catalogue.TopicOrganization, Key: "x", Value: []byte("no fact")})
	d := New()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = d.Follow(ctx, m, nil) }()
	if err := d.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if p, _ := d.Person("p"); p.Supervisor != "m" {
		t.Error(p)
	}
	if _, ok := d.Group("north"); !ok {
		t.Error("no team")
	}
	left := person("p", "m")
	send(fact(t, &catalogue.PersonDeactivated{After: left}, "person/p", 3))
	if err := d.Await(ctx, "p", 3); err != nil {
		t.Fatal(err)
	}
	if d.Substitute("p", now) != "m" {
		t.Error("somebody who left still acts")
	}
	soon, stop := context.WithTimeout(ctx, 10*time.Millisecond)
	defer stop()
	if err := d.Await(soon, "p", 4); err == nil {
		t.Error("awaited a version that never came")
	}
	cancel()
	<-ended
}

func TestAMailAddressLeadsToWhoeverIsActive(t *testing.T) {
	mail := func(p *catalogue.Person) { p.Email = "Wang@example.com" }
	d := Of(person("a", "", mail, gone), person("b", "", mail), person("c", "", mail), person("d", ""))
	for range 20 {
		if p, ok := d.ByEmail("wang@EXAMPLE.com"); !ok || p.ID != "b" {
			t.Fatal(p, ok)
		}
	}
	if _, ok := d.ByEmail(""); ok {
		t.Error("nobody's address belongs to somebody")
	}
}
