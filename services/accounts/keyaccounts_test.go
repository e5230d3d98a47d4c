package accounts_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
)

func init() {
	people["manager"] = auth.Principal{ID: "manager", Roles: []auth.Role{auth.AccountManager}}
	people["product"] = auth.Principal{ID: "product", Roles: []auth.Role{auth.Product}}
}

// keyed is a trade in which a customer is a key account.
func keyed(t testing.TB) (*trade, string) {
	t.Helper()
	now := &atomic.Int64{}
	now.Store(int64(instant.Now()))
	o := &trade{now: now, office: start(t, tradeWith(t, now), func(d *service.Deps) {
		d.Directory = directory.Of(catalogue.Person{ID: "wang", Active: true, Team: "east", Roles: []string{"salesperson"}}, catalogue.Person{ID: "manager", Name: "陈经理", Active: true, Roles: []string{"account_manager"}},
			catalogue.Person{ID: "success", Active: true, Roles: []string{"customer_success"}}, catalogue.Person{ID: "gone", Roles: []string{"account_manager"}})
	})}
	id := o.customer("上海华兴贸易有限公司")
	if status, _ := o.call("director", "PUT", "/v1/key-accounts/"+id, map[string]string{"manager": "manager", "success": "success", "goal": "用量翻倍"}, nil); status != 201 {
		t.Fatalf("designated: %d", status)
	}
	return o, id
}

type sheet struct {
	catalogue.KeyAccount
	Version int64
}

// a key account has a manager of its own and somebody of customer
// success who answers for its growth in value; only such people can be named.
func TestDesignation(t *testing.T) {
	o, id := keyed(t)
	path := "/v1/key-accounts/" + id
	var s sheet
	if status, _ := o.call("tech", "GET", path, nil, &s); status != 200 || s.Manager != "manager" || s.Success != "success" || s.Goal != "用量翻倍" || len(s.Gaps) != 6 || len(s.Indicators) != 4 {
		t.Errorf("%d %+v", status, s)
	}
	for name, c := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"by a salesperson":     {"wang", "PUT", path, map[string]string{"manager": "manager"}, 403},
		"no account manager":   {"director", "PUT", path, map[string]string{"manager": "wang"}, 422},
		"somebody who left":    {"director", "PUT", path, map[string]string{"manager": "gone"}, 422},
		"no success role":      {"director", "PUT", path, map[string]string{"manager": "manager", "success": "wang"}, 422},
		"nobody":               {"", "GET", path, nil, 401},
		"of no customer":       {"director", "PUT", "/v1/key-accounts/none", map[string]string{"manager": "manager"}, 404},
		"read of none":         {"director", "GET", "/v1/key-accounts/none", nil, 404},
		"again, without owner": {"director", "PUT", path, map[string]string{"manager": "manager"}, 200},
		"listed":               {"manager", "GET", "/v1/key-accounts?manager=manager", nil, 200},
	} {
		if status, _ := o.call(c.who, c.method, c.path, c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	if status, _ := o.call("manager", "POST", path+"/notes", map[string]string{"kind": "industry_news", "title": "行业新规", "source": "协会"}, nil); status != 201 {
		t.Errorf("note: %d", status)
	}
	if status, _ := o.call("manager", "POST", path+"/notes", map[string]string{"kind": "need_change", "title": "要对接 ERP"}, nil); status != 201 {
		t.Errorf("note: %d", status)
	}
	if status, _ := o.call("product", "POST", path+"/notes", map[string]string{"kind": "other", "title": "x"}, nil); status != 403 {
		t.Errorf("note by another: %d", status)
	}
	var notes struct{ Items []catalogue.KeyAccountNote }
	if o.call("product", "GET", path+"/notes", nil, &notes); len(notes.Items) != 2 || notes.Items[0].By != "manager" {
		t.Errorf("notes %+v", notes)
	}
	if status, _ := o.call("director", "POST", path+"/ending", map[string]string{"reason": "规模缩减"}, nil); status != 200 {
		t.Errorf("ended: %d", status)
	}
	if status, _ := o.call("manager", "POST", path+"/notes", map[string]string{"kind": "other", "title": "x"}, nil); status != 409 {
		t.Errorf("note after the end: %d", status)
	}
}

// six gaps, each with state, evidence, owner and due time; R-157: plans of what adds value.
func TestGapsAndPlans(t *testing.T) {
	o, id := keyed(t)
	path := "/v1/key-accounts/" + id
	future := instant.Time(o.now.Load()).Add(24 * time.Hour)
	for name, c := range map[string]struct {
		gap    string
		body   map[string]any
		status int
	}{
		"closed without evidence": {"data", map[string]any{"state": "closed", "evidence": " "}, 422},
		"closed with evidence":    {"data", map[string]any{"state": "closed", "evidence": "所有数据已汇入客户档案"}, 200},
		"open without owner":      {"renewal", map[string]any{"state": "open", "due": future}, 422},
		"open without due":        {"renewal", map[string]any{"state": "open", "owner": "manager"}, 422},
		"open and due before":     {"renewal", map[string]any{"state": "open", "owner": "manager", "due": instant.Time(o.now.Load())}, 422},
		"open":                    {"renewal", map[string]any{"state": "open", "owner": "success", "due": future}, 200},
		"no such gap":             {"none", map[string]any{"state": "closed", "evidence": "x"}, 404},
		"no such state":           {"data", map[string]any{"state": "perhaps"}, 422},
	} {
		if status, _ := o.call("manager", "PUT", path+"/gaps/"+c.gap, c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	var s sheet
	if status, _ := o.call("success", "POST", path+"/plans", map[string]any{"kind": "industry_insight", "title": "半年行业洞察报告", "owner": "success", "due": future}, &s); status != 201 || len(s.Plans) != 1 {
		t.Fatalf("plan: %d %+v", status, s.Plans)
	}
	if status, _ := o.call("success", "POST", path+"/plans", map[string]any{"kind": "custom_report", "title": "x", "owner": "nobody", "due": "2020-01-01T00:00:00Z"}, nil); status != 422 {
		t.Errorf("a plan of nobody in the past: %d", status)
	}
	outcome := path + "/plans/" + s.Plans[0].ID + "/outcome"
	for i, want := range []int{200, 409} {
		if status, _ := o.call("success", "POST", outcome, map[string]string{"state": "delivered", "outcome": "已交付并讲解"}, nil); status != want {
			t.Errorf("%d: %d", i, status)
		}
	}
	o.call("manager", "GET", path, nil, &s)
	for _, g := range s.Gaps {
		switch g.ID {
		case "data":
			if g.State != "closed" || g.CheckedBy != "manager" || g.Evidence == "" {
				t.Errorf("%+v", g)
			}
		case "renewal":
			if g.State != "open" || g.Owner != "success" || g.Due != future {
				t.Errorf("%+v", g)
			}
		default:
			if g.State != "unchecked" {
				t.Errorf("%+v", g)
			}
		}
	}
	if s.Plans[0].State != "delivered" || s.Plans[0].Outcome == "" {
		t.Errorf("%+v", s.Plans[0])
	}
}

// follow reads an event stream: the items that it tells.
func follow(t *testing.T, server *httptest.Server, token, path string) <-chan catalogue.CocreationItem {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	t.Cleanup(end)
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 {
		t.Fatalf("stream: %d", resp.StatusCode)
	}
	out := make(chan catalogue.CocreationItem, 100)
	ready := make(chan struct{})
	go func() {
		defer close(out)
		defer func() { _ = resp.Body.Close() }()
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), ": hello") {
				close(ready)
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var it catalogue.CocreationItem
				if json.Unmarshal([]byte(data), &it) == nil {
					out <- it
				}
			}
		}
	}()
	<-ready
	return out
}

// arrives waits for an item that a stream tells within a second.
func arrives(t *testing.T, what string, from <-chan catalogue.CocreationItem, ok func(catalogue.CocreationItem) bool) {
	t.Helper()
	begin := time.Now()
	for {
		select {
		case it, open := <-from:
			if !open {
				t.Fatalf("%s: the stream ended", what)
			}
			if ok(it) {
				t.Logf("%s after %v", what, time.Since(begin).Round(time.Millisecond))
				return
			}
		case <-time.After(time.Second - time.Since(begin)):
			t.Fatalf("%s: not within a second", what)
		}
	}
}

// customer and team see the same items and their state; what one says
// reaches the other's stream within a second, both ways; an invitation that is taken
// back opens nothing and ends its stream.
func TestCocreationIsLiveBothWays(t *testing.T) {
	o, id := keyed(t)
	space := "/v1/key-accounts/" + id + "/cocreation"
	var guest struct{ ID, Link string }
	if status, _ := o.call("manager", "POST", space+"/guests", map[string]string{"name": "华兴 李总"}, &guest); status != 201 {
		t.Fatalf("invited: %d", status)
	}
	link := strings.TrimSuffix(strings.TrimPrefix(guest.Link, "https://crm.example.com"), "/page")
	team, theirs := follow(t, o.server, "product", space+"/events"), follow(t, o.server, "", link+"/events")
	var it catalogue.CocreationItem
	o.pass(time.Millisecond)
	if status, _ := o.call("", "POST", link+"/items", map[string]string{"kind": "idea", "title": "批量导入", "text": "希望支持 Excel"}, &it); status != 201 || !it.Guest || it.Name != "华兴 李总" {
		t.Fatalf("idea: %d %+v", status, it)
	}
	arrives(t, "the guest's idea reaches the team", team, func(i catalogue.CocreationItem) bool { return i.ID == it.ID && i.Guest })
	o.call("", "POST", link+"/items/"+it.ID+"/comments", map[string]string{"text": "最好下个季度"}, nil)
	arrives(t, "the guest's comment reaches the team", team, func(i catalogue.CocreationItem) bool { return len(i.Comments) == 1 && i.Comments[0].Guest })
	o.call("manager", "POST", space+"/items/"+it.ID+"/comments", map[string]string{"text": "已列入计划"}, nil)
	arrives(t, "the team's comment reaches the guest", theirs, func(i catalogue.CocreationItem) bool {
		return len(i.Comments) == 2 && i.Comments[1].Name == "陈经理" && !i.Comments[1].Guest
	})
	if status, _ := o.call("product", "PUT", space+"/items/"+it.ID+"/state", map[string]string{"state": "planned"}, nil); status != 200 {
		t.Fatalf("moved: %d", status)
	}
	arrives(t, "the state reaches the guest", theirs, func(i catalogue.CocreationItem) bool { return i.State == "planned" })
	var mine, ours struct{ Items []catalogue.CocreationItem }
	o.call("", "GET", link, nil, &mine)
	o.call("product", "GET", space+"/items", nil, &ours)
	if a, b := asText(t, mine), asText(t, ours); a != b || len(mine.Items) != 1 {
		t.Errorf("they see different things:\n%s\n%s", a, b)
	}
	for name, c := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"an empty comment":       {"", "POST", link + "/items/" + it.ID + "/comments", map[string]string{"text": " "}, 422},
		"on nothing":             {"", "POST", link + "/items/none/comments", map[string]string{"text": "x"}, 404},
		"a kind that is none":    {"", "POST", link + "/items", map[string]string{"kind": "x", "title": "y"}, 422},
		"tampered":               {"", "GET", "/v1/links/cocreation/x" + strings.TrimPrefix(link, "/v1/links/cocreation/"), nil, 403},
		"state by somebody else": {"", "PUT", space + "/items/" + it.ID + "/state", map[string]string{"state": "done"}, 401},
		"too long an invitation": {"manager", "POST", space + "/guests", map[string]any{"name": "x", "expires": "2099-01-01T00:00:00Z"}, 422},
		"invited by product":     {"product", "POST", space + "/guests", map[string]any{"name": "x"}, 403},
		"stream without Accept":  {"product", "GET", space + "/events", nil, 422},
		"revoke none":            {"manager", "DELETE", space + "/guests/none", nil, 404},
	} {
		if status, _ := o.call(c.who, c.method, c.path, c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	for form, want := range map[string]int{"item=" + it.ID + "&text=%E8%B0%A2%E8%B0%A2": 200, "item=new&text=%E6%96%B0%E7%9A%84%E6%83%B3%E6%B3%95": 200, "item=new&text=+": 422, "text=x": 422, "item=none&text=x": 404} {
		resp := httpxtest.Send(t, "", "POST", o.server.URL+link+"/page", form, "Content-Type", "application/x-www-form-urlencoded")
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != want || want == 200 && !strings.Contains(string(text), "批量导入") {
			t.Errorf("the page, %s: %d %v", form, resp.StatusCode, err)
		}
	}
	o.call("product", "GET", space+"/items", nil, &ours)
	if len(ours.Items) != 2 {
		t.Errorf("%d items after the page, want 2", len(ours.Items))
	}
	if status, _ := o.call("manager", "DELETE", space+"/guests/"+guest.ID, nil, nil); status != 204 {
		t.Fatalf("revoked: %d", status)
	}
	var p httpx.Problem
	if status, _ := o.call("", "GET", link, nil, &p); status != 403 || p.Rule != "link.withdrawn" {
		t.Errorf("after it was taken back: %d %s", status, p.Rule)
	}
	for open := true; open; {
		select {
		case _, open = <-theirs:
		case <-time.After(2 * time.Second):
			t.Fatal("the stream of an invitation that was taken back goes on")
		}
	}
}

func asText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
