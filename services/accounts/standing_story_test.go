package accounts_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
)

// when another version of the model comes into force everybody is
// judged anew by it; the scores of before keep the version that they were made by.
func TestAnotherModelJudgesAnew(t *testing.T) {
	var book *policy.Holder
	r := run(t, func(d *service.Deps) { book = d.Policy })
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	r.tell(c, "complaint", "k-1", 3, "inbound")
	until(t, "scored", func() bool { return r.stands(c).Health == 75 })
	next := policy.Book{Version: 2, EffectiveFrom: instant.Now(), Sections: policy.Defaults()}
	next.Sections.Health.Models[0].Version = 2
	next.Sections.Health.Models[0].Inputs[4].Zero = 2 // two complaints are as bad as can be
	if err := book.Put(next); err != nil {
		t.Fatal(err)
	}
	until(t, "judged by the new version", func() bool { return r.stands(c).HealthVersion == "general.2" })
	s := r.stands(c)
	if s.Health != 50 || s.PolicyVersion != 2 || len(s.Scores) != 2 || s.Scores[0].Version != "general.1" || s.Scores[1].Version != "general.2" {
		t.Errorf("%d by policy %d: %+v", s.Health, s.PolicyVersion, s.Scores)
	}
	i := slices.IndexFunc(s.Parts, func(p catalogue.HealthPart) bool { return p.Input == policy.InputComplaints })
	if i < 0 || s.Parts[i].Was == nil || *s.Parts[i].Was != 75 {
		t.Errorf("it does not say what changed: %+v", s.Parts)
	}
}

// D-7, R-098: whoever reads the stream alone knows of every customer how it stands,
// as the service answers it.
func TestStandingsFromTheStreamAlone(t *testing.T) {
	r := run(t)
	ids := r.fill(6, 20)
	for i, id := range ids {
		for n := range i {
			r.tell(id, "complaint", fmt.Sprintf("k-%d-%d", i, n), float64(n), "inbound")
		}
	}
	r.settled(ids)
	type heard struct {
		version int64
		catalogue.Standing
	}
	var from map[string]heard
	read := func() {
		from = map[string]heard{}
		for _, m := range r.cluster.Messages(catalogue.TopicAccounts) {
			e, err := facts.FromMessage(m)
			if err != nil || e.Type != (&catalogue.StandingAssessed{}).Kind().Type {
				continue
			}
			var d catalogue.StandingAssessed
			if err := json.Unmarshal(e.Data, &d); err != nil {
				t.Fatal(err)
			}
			if known := from[d.After.Customer]; known.version < e.Version {
				if known.version > 0 && (d.Before == nil || d.Before.Health != known.Health || d.Before.Lifecycle != known.Lifecycle || d.Before.Red != known.Red) {
					t.Errorf("%s: it was %d %s, the fact says %+v", e.ID, known.Health, known.Lifecycle, d.Before)
				}
				from[d.After.Customer] = heard{e.Version, d.After}
			}
		}
	}
	until(t, "all published", func() bool { read(); return len(from) == len(ids) })
	for _, id := range ids {
		until(t, id+" as the service answers it", func() bool {
			read()
			s := r.stands(id)
			h := from[id]
			return s.Health == h.Health && s.Lifecycle == h.Lifecycle && s.Red == h.Red && slices.Equal(s.Groups, h.Groups) && s.HealthVersion == h.HealthVersion && s.NextCheckAt == h.NextCheckAt
		})
	}
}

// a merge makes one history of two, and its undo gives both their own back
// with what has happened since.
func TestStandingsAcrossAMergeAndItsUndo(t *testing.T) {
	r := run(t)
	a, b := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("华兴(上海)商贸行", "13912345678")
	for n := range 3 { // inquiries set nothing else in motion
		r.tell(a, "inquiry", fmt.Sprintf("a-%d", n), float64(n+1), "inbound")
	}
	r.tell(b, "inquiry", "b-0", 1, "inbound")
	asked := func(id string) float64 {
		for _, i := range r.stands(id).Indicators {
			if i.ID == "inquiries_90d" {
				return i.Value
			}
		}
		return -1
	}
	until(t, "both known", func() bool { return asked(a) == 3 && asked(b) == 1 })
	var m catalogue.Merge
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": a, "drop": b, "reason": "同一家"}, &m); status >= 300 {
		t.Fatalf("merge: %d", status)
	}
	until(t, "one history", func() bool { return asked(m.Into) == 4 && asked(m.From) == 4 })
	if status, _ := r.call("director", "POST", "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "不是同一家"}, nil); status >= 300 {
		var would any
		r.call("director", "GET", "/v1/merges/"+m.ID+"/undo", nil, &would)
		t.Fatalf("undo: %d; it would do %v", status, would)
	}
	until(t, "each its own again", func() bool { return asked(a) == 3 && asked(b) == 1 })
}

// C-11: a member of a risk group is watched by a named person: the
// process that its journey begins gives the task to whom the policy's routes name
// by tier and group, and where nobody has that role to the owner's supervisor.
func TestMembersOfARiskGroupAreWatched(t *testing.T) {
	r := run(t, team, func(d *service.Deps) {
		d.Directory.Put(catalogue.Person{ID: "am", Name: "安", Active: true, Supervisor: "director", Roles: []string{"account_manager"}}, 1)
	})
	for i, c := range []struct{ tier, watcher string }{{"vip", "am"}, {"normal", "director"}} {
		id := r.customer(fmt.Sprintf("盯防客户%d有限公司", i), fmt.Sprintf("1381234560%d", i))
		if status, _ := r.call("director", "PUT", "/v1/customers/"+id+"/maintenance", map[string]any{"contact": "刘总"}, nil); status != 200 {
			t.Fatalf("began: %d", status)
		}
		if status, _ := r.call("director", "PATCH", "/v1/customers/"+id, map[string]any{"tier": c.tier}, nil); status != 200 {
			t.Fatalf("tier: %d", status)
		}
		r.tell(id, "order", fmt.Sprintf("w-%d", i), 91, "inbound", ordered(500))
		until(t, "a member of the group", func() bool {
			m, _ := r.maintenance(id)
			return slices.Contains(m.Standing.Groups, catalogue.GroupNoOrder) && m.Tier == c.tier
		})
		until(t, "the policy's watcher", func() bool {
			s := r.stands(id)
			return s.Watcher != nil && (s.Watcher.Role == "account_manager") == (c.tier == "vip")
		})
		if status, _ := r.call("journeys", "PUT", path(id, "maintenance:"+id+":begin_process:1:0"), map[string]any{"process": "watch", "occasion": "group:no_order", "for": "2026-03-02T00:00:00Z"}, nil); status != 200 {
			t.Fatalf("begin: %d", status)
		}
		if m, _ := r.maintenance(id); len(m.ActsNext) != 1 || m.ActsNext[0].Person != c.watcher {
			t.Errorf("%s is watched by %+v, want %s", c.tier, m.ActsNext, c.watcher)
		}
	}
}
