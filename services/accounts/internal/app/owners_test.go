package app

import (
	"context"
	"path/filepath"
	"testing"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

func owned(t *testing.T, version int64, data catalogue.Data) facts.Event {
	t.Helper()
	f, err := facts.Record(context.Background(), facts.Stamp{Source: "liuke/leads", At: instant.Now()}, version, data)
	if err != nil {
		t.Fatal(err)
	}
	f.Aggregate, f.Version, f.ID = "ownership/c", version, store.FactID("ownership/c", version, 0)
	e, err := facts.Stored(f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// R-034, C-17: a customer is seen by whoever answers for it by now, though facts
// come twice and late; R-045: one in the pool by every salesperson.
func TestOwnersDecideWhoSees(t *testing.T) {
	a, f := open(t, filepath.Join(t.TempDir(), "a"))
	defer func() { _ = f.Engine.Close() }()
	if _, err := a.MatchOrCreate(t.Context(), "c", "journeys", Ask{MatchCustomer: effects.MatchCustomer{Name: "华兴贸易"}}); err != nil {
		t.Fatal(err)
	}
	sees := func(who string) bool {
		_, err := a.Get(t.Context(), auth.Principal{ID: who, Roles: []auth.Role{auth.Salesperson}}, "c")
		return err == nil
	}
	to := func(owner string) catalogue.Ownership {
		return catalogue.Ownership{Customer: "c", Owner: owner, Pooled: owner == "", Since: instant.Now()}
	}
	for _, c := range []struct {
		version    int64
		fact       catalogue.Data
		wang, zhao bool
	}{
		{1, &catalogue.OwnerChanged{Before: to(""), After: to("wang"), Reason: "intake"}, true, false},
		{3, &catalogue.CustomerPooled{Before: to("wang"), After: to(""), Reason: "recycle"}, true, true},
		{2, &catalogue.OwnerChanged{Before: to(""), After: to("wang"), Reason: "manual"}, true, true}, // late: changes nothing
		{4, &catalogue.CustomerClaimed{After: to("zhao")}, false, true},
		{4, &catalogue.CustomerClaimed{After: to("zhao")}, false, true}, // again
	} {
		if err := a.Observe(t.Context(), owned(t, c.version, c.fact)); err != nil {
			t.Fatal(err)
		}
		if sees("wang") != c.wang || sees("zhao") != c.zhao {
			t.Errorf("after version %d: wang %v, zhao %v", c.version, sees("wang"), sees("zhao"))
		}
	}
}
