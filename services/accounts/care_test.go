package accounts_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// exactly those are invited whom an activity suits, the preview said
// so before; response, attendance and absence are kept and are on the timeline.
func TestAnActivityAndItsGuests(t *testing.T) {
	var d desk
	r := run(t, d.with)
	mail := func(name, address, tier string) string {
		var c struct{ ID string }
		if status, _ := r.call("director", "POST", "/v1/customers", map[string]any{"name": name, "email": address}, &c); status != 201 {
			t.Fatal(status)
		}
		if status, _ := r.call("director", "PATCH", "/v1/customers/"+c.ID, map[string]any{"tier": tier}, nil); status != 200 {
			t.Fatalf("tier: %d", status)
		}
		return c.ID
	}
	vip, core, normal := mail("上海华兴贸易有限公司", "a@huaxing.cn", "vip"), mail("北京大成科技有限公司", "b@dacheng.cn", "core"), mail("广州明远有限公司", "c@mingyuan.cn", "normal")
	begins := instant.Now() + instant.Time(48*3_600_000)
	plan := map[string]any{"kind": "event", "name": lang.T("新品发布会", "Launch"), "text": lang.T("欢迎", "Welcome"), "place": "上海", "starts_at": begins.String(), "tiers": []string{"vip", "core"}}
	var a struct {
		catalogue.Activity
	}
	if status, _ := r.call("ops", "POST", "/v1/care/activities", plan, &a); status != 201 || a.Status != "planned" || a.Owner != "ops" {
		t.Fatalf("plan: %d %+v", status, a)
	}
	path := "/v1/care/activities/" + a.ID
	var preview struct {
		All    int
		Guests []struct {
			Customer string
			Because  []string
		}
	}
	if status, _ := r.call("ops", "GET", path+"/audience", nil, &preview); status != 200 || preview.All != 2 || slices.ContainsFunc(preview.Guests, func(g struct {
		Customer string
		Because  []string
	}) bool {
		return g.Customer == normal || len(g.Because) != 1
	}) {
		t.Errorf("preview: %d %+v", status, preview)
	}
	for range 2 {
		if status, _ := r.call("ops", "POST", path+"/invitations", nil, nil); status != 200 {
			t.Errorf("invite: %d", status)
		}
	}
	invitations := func(of string) []catalogue.Invitation {
		var page struct{ Items []catalogue.Invitation }
		r.call("ops", "GET", "/v1/care/invitations?"+of, nil, &page)
		return page.Items
	}
	until(t, "two are invited", func() bool {
		r.call("ops", "GET", path, nil, &a)
		return a.Status == "invited" && a.Invited == 2 && len(invitations("activity="+a.ID)) == 2
	})
	if len(invitations("customer="+normal)) != 0 {
		t.Error("somebody was invited whom it does not suit")
	}
	link := ""
	until(t, "the invitation is on its way", func() bool {
		var sent struct{ Items []catalogue.Outreach }
		r.call("director", "GET", "/v1/outreach?customer="+vip, nil, &sent)
		for _, o := range sent.Items {
			if i := strings.Index(o.Text.Zh, "/v1/links/event/"); i >= 0 && o.Purpose == "event" {
				link = strings.TrimSpace(o.Text.Zh[i:])
			}
		}
		return link != ""
	})
	if status, text := r.page("GET", link, nil); status != 200 || !strings.Contains(text, "新品发布会") || !strings.Contains(text, "上海") {
		t.Errorf("page: %d", status)
	}
	for _, c := range []struct {
		response string
		want     int
	}{{"", 422}, {"maybe", 422}, {"declined", 200}, {"accepted", 200}} {
		if status, _ := r.page("POST", link, url.Values{"response": {c.response}}); status != c.want {
			t.Errorf("%q: %d", c.response, status)
		}
	}
	if status, _ := r.call("ops", "POST", path+"/attendance", map[string]any{"attended": []string{vip}}, nil); status != 409 {
		t.Errorf("came before it began: %d", status)
	}
	d.forward(49 * time.Hour)
	if status, _ := r.page("POST", link, url.Values{"response": {"declined"}}); status != 409 {
		t.Errorf("declined afterwards: %d", status)
	}
	if status, _ := r.call("ops", "POST", path+"/attendance", map[string]any{"attended": []string{"none"}}, nil); status != 422 {
		t.Errorf("nobody came: %d", status)
	}
	if status, _ := r.call("ops", "POST", path+"/attendance", map[string]any{"attended": []string{core, normal}, "done": true}, nil); status != 200 {
		t.Errorf("attendance: %d", status)
	}
	for customer, want := range map[string]string{vip: "absent", core: "attended", normal: "attended"} {
		if i := invitations("customer=" + customer); len(i) != 1 || i[0].Status != want {
			t.Errorf("%s: %+v, want %s", customer, i, want)
		}
	}
	var took struct{ Invited, Attended, Percent int }
	if r.call("ops", "GET", "/v1/care/participation?customer="+vip, nil, &took); took.Invited != 1 || took.Attended != 0 || took.Percent != 0 {
		t.Errorf("%+v", took)
	}
	if r.call("ops", "GET", "/v1/care/participation?customer="+core, nil, &took); took.Attended != 1 || took.Percent != 100 {
		t.Errorf("%+v", took)
	}
	until(t, "taking part is on the timeline", func() bool {
		return slices.ContainsFunc(r.timeline(core, "?kind=event").Items, func(e catalogue.TimelineEntry) bool {
			return e.Data["status"] == "attended" && e.Direction == "inbound"
		})
	})
}

// greetings that were sent are care records, once; care done by hand and responses too.
func TestCareRecords(t *testing.T) {
	var d desk
	r := run(t, d.with)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	sent := catalogue.Outreach{ID: "o1", Customer: c, Channel: "mail", Purpose: "care", Department: "success", Subject: lang.T("生日快乐", "Happy birthday"), Text: lang.T("祝好", "Best wishes"),
		Status: "sent", PlannedAt: instant.Now(), SentAt: instant.Now()}
	for range 2 {
		r.happens("outreach/o1", c, &catalogue.OutreachStepped{Change: "sent", After: sent})
	}
	other := sent
	other.ID, other.Purpose = "o2", "contract"
	r.happens("outreach/o2", c, &catalogue.OutreachStepped{Change: "sent", After: other})
	list := func() []catalogue.CareRecord {
		var page struct{ Items []catalogue.CareRecord }
		r.call("ops", "GET", "/v1/care/records?customer="+c, nil, &page)
		return page.Items
	}
	until(t, "the greeting is a care record", func() bool { return len(list()) == 1 })
	if g := list()[0]; g.Kind != "greeting" || g.Occasion != "生日快乐" || g.Outreach != "o1" {
		t.Errorf("%+v", g)
	}
	var done catalogue.CareRecord
	if status, _ := r.call("ops", "POST", "/v1/care/records", map[string]any{"customer": c, "kind": "gift", "text": "中秋月饼"}, &done); status != 201 || done.By != "ops" {
		t.Fatalf("gift: %d", status)
	}
	if status, _ := r.call("ops", "PUT", "/v1/care/records/"+done.ID+"/response", map[string]any{"response": "thanked"}, &done); status != 200 || done.Response != "thanked" {
		t.Errorf("response: %d %+v", status, done)
	}
	until(t, "greeting, gift and thanks are on the timeline", func() bool { return len(r.timeline(c, "?kind=care").Items) == 3 })
	if len(list()) != 2 {
		t.Errorf("%+v", list())
	}
	var took struct{ Care, Thanked int }
	if r.call("ops", "GET", "/v1/care/participation?customer="+c, nil, &took); took.Care != 2 || took.Thanked != 1 {
		t.Errorf("%+v", took)
	}
	plan := func(change func(map[string]any)) map[string]any {
		p := map[string]any{"kind": "event", "name": lang.T("a", "b"), "starts_at": (instant.Now() + 3_600_000).String()}
		change(p)
		return p
	}
	for name, x := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"future":            {"ops", "POST", "/v1/care/records", map[string]any{"customer": c, "kind": "gift", "at": (instant.Now() + 60_000).String()}, 422},
		"no such customer":  {"ops", "POST", "/v1/care/records", map[string]any{"customer": "none", "kind": "gift"}, 404},
		"no such kind":      {"ops", "POST", "/v1/care/records", map[string]any{"customer": c, "kind": "x"}, 422},
		"who may not":       {"tech", "POST", "/v1/care/records", map[string]any{"customer": c, "kind": "gift"}, 403},
		"no such record":    {"ops", "PUT", "/v1/care/records/none/response", map[string]any{"response": "thanked"}, 404},
		"begun already":     {"ops", "POST", "/v1/care/activities", plan(func(p map[string]any) { p["starts_at"] = "2020-01-01T00:00:00Z" }), 422},
		"no such tier":      {"ops", "POST", "/v1/care/activities", plan(func(p map[string]any) { p["tiers"] = []string{"x"} }), 422},
		"no such tag":       {"ops", "POST", "/v1/care/activities", plan(func(p map[string]any) { p["tags"] = []string{"x"} }), 422},
		"no name":           {"ops", "POST", "/v1/care/activities", plan(func(p map[string]any) { p["name"] = lang.T("a", "") }), 422},
		"planned by nobody": {"li", "POST", "/v1/care/activities", plan(func(map[string]any) {}), 403},
		"no such activity":  {"ops", "GET", "/v1/care/activities/none", nil, 404},
		"neither":           {"ops", "GET", "/v1/care/invitations", nil, 422},
		"a tampered link":   {"", "POST", "/v1/links/event/x", map[string]any{"response": "accepted"}, 403},
	} {
		if status, _ := r.call(x.who, x.method, x.path, x.body, nil); status != x.status {
			t.Errorf("%s: %d, want %d", name, status, x.status)
		}
	}
}
