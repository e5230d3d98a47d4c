package intervention

import (
	"fmt"
	"testing"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

const now = instant.Time(1_790_000_000_000)

func staff() *directory.Directory {
	away := []catalogue.Absence{{ID: "a", From: now - 1, To: now + 1}}
	return directory.Of(
		catalogue.Person{ID: "wang", Active: true, Supervisor: "boss", Roles: []string{"salesperson"}},
		catalogue.Person{ID: "ill", Active: true, Supervisor: "boss", Roles: []string{"salesperson"}, Absences: away},
		catalogue.Person{ID: "replaced", Active: true, Supervisor: "boss", Roles: []string{"salesperson"}, Absences: []catalogue.Absence{{ID: "b", From: now - 1, To: now + 1, Delegate: "wang"}}},
		catalogue.Person{ID: "boss", Active: true, Supervisor: "director", Roles: []string{"sales_manager"}},
		catalogue.Person{ID: "director", Active: true, Roles: []string{"sales_director"}},
		catalogue.Person{ID: "kam", Active: true, Supervisor: "director", Roles: []string{"account_manager"}},
		catalogue.Person{ID: "s1", Active: true, Roles: []string{"service"}}, catalogue.Person{ID: "s2", Active: true, Roles: []string{"service"}},
		catalogue.Person{ID: "s3", Active: true, Roles: []string{"service"}, Absences: away}, catalogue.Person{ID: "s4", Roles: []string{"service"}})
}

// C-11, R-110, R-160: who takes something over goes by tier and risk group, to
// nobody who is away or left, and ends at a supervisor.
func TestRoutes(t *testing.T) {
	routes := []policy.Route{{Tiers: []string{"vip"}, To: "account_manager"}, {Groups: []string{"haggling"}, To: policy.ToOwnerSupervisor}, {Groups: []string{"low_ratings"}, To: "product"}, {To: policy.ToOwner}}
	for name, c := range map[string]struct {
		tier   string
		groups []string
		owner  string
		want   string
	}{
		"a key account":          {"vip", []string{"haggling"}, "wang", "kam"},
		"a group":                {"normal", []string{"no_order", "haggling"}, "wang", "boss"},
		"a role that nobody has": {"normal", []string{"low_ratings"}, "wang", "wang"},
		"anybody else":           {"", nil, "wang", "wang"},
		"the owner is away":      {"", nil, "replaced", "wang"},
		"away and nobody stands in: a supervisor": {"", nil, "ill", "boss"},
		"nobody owns it": {"", nil, "", "director"},
	} {
		f := finder{people: staff(), file: customer.File{Customer: catalogue.Customer{ID: "c", Tier: c.tier}}, owner: c.owner, groups: c.groups, now: now}
		if got := f.first(routes); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// a role's people share customers, each customer stays with the same one;
// who is away or left gets none.
func TestARolesPeopleShare(t *testing.T) {
	got := map[string]int{}
	for n := range 400 {
		f := finder{people: staff(), file: customer.File{Customer: catalogue.Customer{ID: fmt.Sprint("c", n)}}, now: now}
		who := f.to("service")
		if again := f.to("service"); again != who {
			t.Fatalf("%s, then %s", who, again)
		}
		got[who]++
	}
	if len(got) != 2 || got["s1"] < 120 || got["s2"] < 120 {
		t.Errorf("shared %v", got)
	}
}

// Routes end at somebody present whatever is asked for.
func TestSomebodyIsAlwaysFound(t *testing.T) {
	for _, owner := range []string{"", "wang", "ill", "replaced", "nobody"} {
		f := finder{people: staff(), owner: owner, now: now}
		if who := f.first([]policy.Route{{To: "technical"}}); who == "" || !f.people.Available(who, now) {
			t.Errorf("owner %q: %q", owner, who)
		}
	}
}
