package accounts_test

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

// the post-sale link is moved with a reason and keeps where it was.
func TestPostSaleLinks(t *testing.T) {
	r, c := began(t)
	for _, move := range []struct {
		link, reason string
		status       int
	}{{"implementation", "合同已签", 200}, {"after_sales", "", 422}, {"nowhere", "x", 422}, {"repurchase", "复购洽谈", 200}} {
		if status, _ := r.call("su", "POST", "/v1/customers/"+c+"/maintenance/link", map[string]any{"link": move.link, "reason": move.reason}, nil); status != move.status {
			t.Errorf("%s: %d, want %d", move.link, status, move.status)
		}
	}
	if m, _ := r.maintenance(c); m.Link != "repurchase" || len(m.Links) != 2 || m.Links[1].Link != "implementation" || m.Links[1].Reason != "复购洽谈" {
		t.Errorf("%s %+v", m.Link, m.Links)
	}
}

// referrals are noted once each, and never of the customer itself.
func TestReferrals(t *testing.T) {
	r, c := began(t)
	other := r.customer("北京新世纪科技有限公司", "13900001111")
	refer := func(body map[string]any) int {
		status, _ := r.call("su", "POST", "/v1/customers/"+c+"/referrals", body, nil)
		return status
	}
	for i, want := range []int{200, 409} {
		if status := refer(map[string]any{"customer": other, "name": "x"}); status != want {
			t.Errorf("time %d: %d", i, status)
		}
	}
	if status := refer(map[string]any{"customer": c, "name": "自己"}); status != 422 {
		t.Errorf("itself: %d", status)
	}
	if m, _ := r.maintenance(c); m.Refers != 1 || m.Referred[0].Name != "北京新世纪科技有限公司" || m.Referred[0].By != "su" {
		t.Errorf("%+v", m.Referred)
	}
}

// by hand, with what is agreed; who may not is refused, and
// everything wrong is named at once.
func TestMaintenanceByHand(t *testing.T) {
	r, c := began(t)
	at := "/v1/customers/" + c + "/maintenance"
	for name, x := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"twice":               {"director", "PUT", at, map[string]any{}, 409},
		"an unknown customer": {"director", "PUT", "/v1/customers/nobody/maintenance", map[string]any{}, 404},
		"by marketing":        {"marketing", "PATCH", at, map[string]any{"contact": "x"}, 403},
		"unknown nodes":       {"su", "PATCH", at, map[string]any{"nodes": []string{"nonsense"}, "success": "ghost"}, 422},
		"no process":          {"su", "PUT", path(c, "x"), map[string]any{"process": "nonsense", "occasion": "", "for": "2026-03-02T00:00:00Z"}, 409},
		"cancel nothing":      {"su", "POST", path(c, "x", "cancellation"), map[string]any{"reason": "x"}, 404},
	} {
		var p httpx.Problem
		if status, _ := r.call(x.who, x.method, x.path, x.body, &p); status != x.status {
			t.Errorf("%s: %d %+v, want %d", name, status, p, x.status)
		} else if name == "unknown nodes" && len(p.Errors) != 2 {
			t.Errorf("%+v", p)
		}
	}
	if status, _ := r.call("su", "PATCH", at, map[string]any{"success": "su", "cadence": map[string]any{"every": 6, "unit": "week"}}, nil); status != 200 {
		t.Errorf("agree: %d", status)
	}
	var list struct{ Items []maintained }
	if r.call("su", "GET", "/v1/customers/maintained?success=su", nil, &list); len(list.Items) != 1 || list.Items[0].Cadence.Unit != "week" {
		t.Errorf("%+v", list)
	}
}

// where a customer stands reaches its maintenance; a confirmed loss
// ends it, and a customer that is won back is maintained again.
func TestStandingReachesMaintenance(t *testing.T) {
	r, c := began(t)
	begin := instant.Now()
	later := func(hours int) instant.Time { return begin.Add(time.Duration(hours) * time.Hour) } // than what the service itself finds meanwhile
	stand := func(n int, state string, red bool) {
		r.happens("standing/"+c, c, &catalogue.StandingAssessed{After: catalogue.Standing{Customer: c, Lifecycle: state, Computed: state, Health: 40, HealthVersion: "m.1", Red: red, Parts: []catalogue.HealthPart{},
			Signals: []catalogue.Signal{}, Groups: []string{"no_order"}, AsOf: later(n), NextCheckAt: later(n) + 1000}, Changed: []string{"lifecycle"}})
	}
	for i, x := range []struct {
		state  string
		status string
	}{{"silent", "running"}, {"churned", "ended"}, {"won_back", "running"}} {
		stand(i+1, x.state, i == 0)
		until(t, x.state, func() bool { m, _ := r.maintenance(c); return m.Standing.Lifecycle == x.state })
		if m, _ := r.maintenance(c); m.Status != x.status || m.Standing.Entries < i+1 {
			t.Errorf("%s: %s, %+v", x.state, m.Status, m.Standing)
		}
	}
}

// a file that turns out to be another customer's stands still, and the other
// customer is looked after from then on with what was agreed.
func TestFoldedMaintenance(t *testing.T) {
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	gone := r.customer("天津百川物流有限公司", "13712345678")
	r.happens("deal/d1", gone, wonDeal(gone, "d1"))
	until(t, "maintained", func() bool { _, ok := r.maintenance(gone); return ok })
	r.happens("customer/"+gone, gone, &catalogue.CustomerFolded{From: gone, Into: c})
	until(t, "the other is maintained", func() bool { _, ok := r.maintenance(c); return ok })
	if m, _ := r.maintenance(c); m.Wins != 1 || m.Contact != "刘总" {
		t.Errorf("%+v", m.Maintenance)
	}
	until(t, "the folded one stands still", func() bool { m, _ := r.maintenance(gone); return m.Status == catalogue.MaintenanceStill })
}

// files that are taken apart are looked after each for itself again: the
// one that came back goes on where it stood, the other is not maintained for it any more.
func TestMaintenanceTakenApart(t *testing.T) {
	r := run(t, team)
	c, gone := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("天津百川物流有限公司", "13712345678")
	r.happens("deal/d1", gone, wonDeal(gone, "d1"))
	until(t, "maintained", func() bool { _, ok := r.maintenance(gone); return ok })
	r.happens("customer/"+gone, gone, &catalogue.CustomerFolded{From: gone, Into: c})
	until(t, "the other is maintained", func() bool { _, ok := r.maintenance(c); return ok })
	r.happens("customer/"+gone, gone, &catalogue.CustomerUnfolded{From: gone, Into: c, Merge: "m1", After: catalogue.Customer{ID: gone, Kind: "company", Name: "天津百川物流有限公司", CreatedAt: instant.Now()}})
	until(t, "it goes on", func() bool { m, _ := r.maintenance(gone); return m.Status == catalogue.MaintenanceRunning })
	until(t, "the other ends", func() bool { m, _ := r.maintenance(c); return m.Status == catalogue.MaintenanceEnded })
}

// steps that ended are on the timeline, with outcome and evidence.
func TestStepsAreOnTheTimeline(t *testing.T) {
	r, c := began(t)
	r.call("journeys", "PUT", path(c, "p1"), map[string]any{"process": "implementation", "occasion": "win:d1", "for": "2026-03-02T00:00:00Z"}, nil)
	r.call("im", "POST", path(c, "p1", "steps", "kick_off", "completion"), map[string]any{"outcome": "启动会已开", "proof": []string{"doc/1"}}, nil)
	until(t, "the step is told", func() bool {
		return slices.ContainsFunc(r.timeline(c, "?kind=task").Items, func(e catalogue.TimelineEntry) bool {
			return e.Data["step"] == "kick_off" && e.Data["proof"] == "doc/1" && e.By == "im"
		})
	})
}
