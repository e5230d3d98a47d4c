package accounts_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/services/accounts"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

var people = authtest.Tokens{
	"journeys": {ID: "journeys", Roles: []auth.Role{auth.System}},
	"wang":     {ID: "wang", Roles: []auth.Role{auth.Salesperson}},
	"zhao":     {ID: "zhao", Roles: []auth.Role{auth.Salesperson}},
	"director": {ID: "director", Roles: []auth.Role{auth.SalesDirector}},
	"tech":     {ID: "tech", Roles: []auth.Role{auth.Technical}},
}

type office struct {
	t      testing.TB
	store  store.Engine
	server *httptest.Server

	service *accounts.Service
}

// start opens the service on a store of its own; with changes what it is given.
func start(t testing.TB, with ...func(*service.Deps)) *office {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	key, err := auth.LoadOrCreateKey(t.TempDir() + "/key")
	if err != nil {
		t.Fatal(err)
	}
	deps := service.Deps{Store: e, Key: key, Clock: instant.Now, Log: slog.New(slog.DiscardHandler), Policy: policytest.Holder(t), Directory: directory.Of(
		catalogue.Person{ID: "wang", Active: true, Team: "east"}, catalogue.Person{ID: "zhao", Active: true, Team: "west"})}
	for _, w := range with {
		w(&deps)
	}
	s, err := accounts.New(t.Context(), deps)
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "accounts", Version: "1", Engine: engine, Answers: e, Verifier: people})
	if err != nil {
		t.Fatal(err)
	}
	s.Register(r)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	return &office{t, e, server, s}
}

// call answers status, headers and body of a request by a person.
func (o *office) call(who, method, path string, body any, into any, header ...string) (int, http.Header) {
	o.t.Helper()
	resp := httpxtest.Send(o.t, who, method, o.server.URL+path, body, header...)
	defer func() { _ = resp.Body.Close() }()
	if into != nil && resp.StatusCode < 300 {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			o.t.Fatal(err)
		}
	} else if p, ok := into.(*httpx.Problem); ok {
		_ = json.NewDecoder(resp.Body).Decode(p)
	}
	return resp.StatusCode, resp.Header
}

type card struct {
	Name    string `json:"name"`
	Contact string `json:"contact,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
}

// cards are those of an exhibition: the originals, and others of the same firms
// that agree with the original in one way only, in another spelling.
func cards(originals, copies int) []card {
	out := make([]card, 0, originals+copies)
	for i := range originals {
		out = append(out, card{Name: fmt.Sprintf("上海华兴%s贸易有限公司", number(i)), Contact: "张伟",
			Phone: fmt.Sprintf("13%09d", 610000000+i*7), Email: fmt.Sprintf("sales@huaxing%d.com.cn", i)})
	}
	for j := range copies {
		i := j * originals / copies
		switch n := number(i); j % 6 {
		case 0:
			out = append(out, card{Name: "上海市華興" + n + "貿易股份有限公司"})
		case 1:
			out = append(out, card{Name: " 上海华兴 " + n + "贸易（集团）有限公司 ", Contact: "李娜", Phone: fmt.Sprintf("15%09d", 10000000+j)})
		case 2:
			out = append(out, card{Name: "HX Trading Co., Ltd. " + fmt.Sprint(j), Phone: fmt.Sprintf("+86 13%01d-%04d-%04d", (610000000+i*7)/100000000, (610000000+i*7)/10000%10000, (610000000+i*7)%10000)})
		case 3:
			out = append(out, card{Name: "华兴" + fmt.Sprint(j) + "部", Email: fmt.Sprintf("SALES@HuaXing%d.COM.CN", i)})
		case 4:
			out = append(out, card{Name: "采购" + fmt.Sprint(j) + "科", Email: fmt.Sprintf("li.na@mail.huaxing%d.com.cn", i)})
		case 5:
			out = append(out, card{Name: fmt.Sprintf("某单位%d", j), Contact: "王五", Phone: fmt.Sprintf("１３%s", wide(610000000+i*7))})
		}
	}
	rand.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
	return out
}

func number(i int) string {
	var b strings.Builder
	for _, d := range fmt.Sprintf("%04d", i) {
		b.WriteRune([]rune("甲乙丙丁戊己庚辛壬癸")[d-'0'])
	}
	return b.String()
}

func wide(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, fmt.Sprintf("%09d", n))
}

// an exhibition's 2,000 business cards posted by 16 clients at once, a
// third of them duplicates in other spellings, end as exactly the right number
// of customers.
func TestAnExhibitionsCards(t *testing.T) {
	o := start(t)
	const originals, copies = 1334, 666
	all := cards(originals, copies)
	begin := time.Now()
	var wg sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				var m struct{ Customer string }
				if status, _ := o.call("journeys", "PUT", fmt.Sprintf("/v1/customers/matches/lead-%04d", i), all[i], &m); status != 200 || m.Customer == "" {
					t.Errorf("card %d: %d", i, status)
				}
			}
		}()
	}
	for i := range all {
		next <- i
	}
	close(next)
	wg.Wait()
	t.Logf("%d cards in %v", len(all), time.Since(begin).Round(time.Millisecond))
	if n := o.customers(); n != originals {
		t.Errorf("%d customers, want %d", n, originals)
	}
	seen := map[string]int{}
	for i := range all { // asking again changes nothing and answers the same customer
		if i%20 != 0 {
			continue
		}
		var m struct{ Customer string }
		o.call("journeys", "PUT", fmt.Sprintf("/v1/customers/matches/lead-%04d", i), all[i], &m)
		seen[m.Customer]++
	}
	if n := o.customers(); n != originals {
		t.Errorf("%d customers after asking again, want %d", n, originals)
	}
}

// customers counts over HTTP, page by page.
func (o *office) customers() int {
	n, after := 0, ""
	ids := map[string]bool{}
	for {
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		if status, _ := o.call("director", "GET", "/v1/customers?limit=200&after="+after, nil, &page); status != 200 {
			o.t.Fatalf("list: %d", status)
		}
		for _, i := range page.Items {
			ids[i.ID] = true
			n++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if len(ids) != n {
		o.t.Errorf("%d customers listed, %d different", n, len(ids))
	}
	return n
}

type seen struct {
	ID      string
	Name    string
	Names   []string
	Phones  []string
	Emails  []string
	Owner   string
	Masked  bool
	Version int64
	TaxID   string `json:"tax_id"`
}

// creating a second is routed to the first, and says so; whoever may not
// see it gets it masked.
func TestCreateRoutesToTheExisting(t *testing.T) {
	o := start(t)
	var first, again, other seen
	status, h := o.call("wang", "POST", "/v1/customers", card{Name: "上海华兴贸易有限公司", Phone: "13812341234", Contact: "张小三"}, &first)
	if status != 201 || h.Get("Location") != "/v1/customers/"+first.ID || h.Get("ETag") == "" {
		t.Fatalf("create: %d %v", status, h)
	}
	status, h = o.call("wang", "POST", "/v1/customers", card{Name: "上海市華興貿易股份有限公司", Email: "a@huaxing.cn"}, &again)
	if status != 200 || h.Get("Liuke-Existing") != "true" || again.ID != first.ID || again.Masked || len(again.Names) != 1 {
		t.Errorf("again: %d %v %+v", status, h, again)
	}
	status, _ = o.call("zhao", "POST", "/v1/customers", card{Name: "别的名字", Phone: "+86 138 1234 1234"}, &other)
	if status != 200 || other.ID != first.ID || !other.Masked || other.Phones[0] != "138****1234" || other.Owner != "" || strings.Contains(other.Name, "华兴") {
		t.Errorf("by somebody else: %d %+v", status, other)
	}
	if n := o.customers(); n != 1 {
		t.Errorf("%d customers", n)
	}
}

// while somebody types, they learn whether the customer exists.
func TestLookUpWhileTyping(t *testing.T) {
	o := start(t)
	o.call("wang", "POST", "/v1/customers", card{Name: "华兴贸易（上海）有限公司", Phone: "13812341234", Email: "wang@huaxing.cn"}, nil)
	o.call("wang", "POST", "/v1/customers", map[string]string{"kind": "person", "name": "张小三", "phone": "13900001111"}, nil)
	for query, want := range map[string]struct {
		exists  bool
		by      string
		similar int
	}{
		"phone=138-1234-1234": {true, "phone", 0}, "email=WANG@huaxing.cn": {true, "mail,domain", 0}, "email=li@huaxing.cn": {true, "domain", 0},
		"name=華興貿易(上海)": {true, "name", 0}, "name=上海华兴贸易": {false, "", 1}, "name=北京大成": {false, "", 0}, "phone=1": {false, "", 0},
		"kind=person&name=张小三": {false, "", 0}, "phone=13900001111": {true, "phone", 0},
	} {
		var got struct {
			Exists    bool
			Customers []struct {
				seen
				By []string
			}
			Similar []seen
		}
		status, _ := o.call("zhao", "GET", "/v1/customers/match?"+query, nil, &got)
		if status != 200 || got.Exists != want.exists || len(got.Similar) != want.similar {
			t.Errorf("%s: %d %+v", query, status, got)
			continue
		}
		if want.exists && (strings.Join(got.Customers[0].By, ",") != want.by || !got.Customers[0].Masked) {
			t.Errorf("%s: %+v", query, got.Customers)
		}
		if query == "phone=13900001111" && got.Customers[0].Name != "张*三" {
			t.Errorf("masked as %s", got.Customers[0].Name)
		}
	}
}

func TestChange(t *testing.T) {
	o := start(t)
	var c, d, after seen
	o.call("wang", "POST", "/v1/customers", card{Name: "华兴", Phone: "13812341234"}, &c)
	o.call("wang", "POST", "/v1/customers", card{Name: "大成", Phone: "13912341234"}, &d)
	path := "/v1/customers/" + c.ID
	if status, h := o.call("wang", "PATCH", path, `{"name":"华兴实业","phone":"13712341234","tax_id":"9144030071526726XG"}`, &after, "If-Match", `"1"`); status != 200 || h.Get("ETag") != `"2"` ||
		after.Name != "华兴实业" || len(after.Phones) != 2 || after.TaxID == "" || len(after.Names) != 1 {
		t.Fatalf("change: %d %+v", status, after)
	}
	for name, c := range map[string]struct {
		who, path, body, match string
		status                 int
		rule                   string
	}{
		"stale":               {"wang", path, `{"name":"x"}`, `"1"`, 412, ""},
		"another's phone":     {"wang", path, `{"phone":"13912341234"}`, "", 409, "R-032"},
		"another's name":      {"wang", path, `{"name":"大成有限公司"}`, "", 409, "R-032"},
		"another tax id":      {"wang", path, `{"tax_id":"914403001922038216"}`, "", 409, "R-032"},
		"wrong check digit":   {"wang", "/v1/customers/" + d.ID, `{"tax_id":"914403001922038215"}`, "", 422, ""},
		"wrong phone":         {"wang", path, `{"phone":"12"}`, "", 422, ""},
		"empty name":          {"wang", path, `{"name":" "}`, "", 422, ""},
		"unknown field":       {"wang", path, `{"owner":"wang"}`, "", 422, ""},
		"not mine":            {"zhao", path, `{"name":"x"}`, "", 403, "customer.change.own"},
		"not my role":         {"tech", path, `{"name":"x"}`, "", 403, "customer.change.none"},
		"nobody":              {"", path, `{"name":"x"}`, "", 401, ""},
		"no such customer":    {"wang", "/v1/customers/none", `{"name":"x"}`, "", 404, ""},
		"new phone finds it":  {"wang", path, `{"phone":"13712341234"}`, "", 200, ""},
		"director may change": {"director", path, `{"sector":"software"}`, "", 200, ""},
	} {
		var p httpx.Problem
		var header []string
		if c.match != "" {
			header = []string{"If-Match", c.match}
		}
		if status, _ := o.call(c.who, "PATCH", c.path, c.body, &p, header...); status != c.status || p.Rule != c.rule {
			t.Errorf("%s: %d rule %q, want %d %q", name, status, p.Rule, c.status, c.rule)
		}
	}
}

func TestStatuses(t *testing.T) {
	o := start(t)
	var c seen
	o.call("wang", "POST", "/v1/customers", card{Name: "华兴"}, &c)
	many := map[string]any{"items": make([]map[string]string, 501)}
	for name, c := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"effect by a person":      {"wang", "PUT", "/v1/customers/matches/x", card{Name: "华兴"}, 403},
		"effect without name":     {"journeys", "PUT", "/v1/customers/matches/x", `{}`, 422},
		"batch by a salesperson":  {"wang", "POST", "/v1/customers/matches", map[string]any{"items": []any{map[string]string{"id": "1", "name": "a"}}}, 403},
		"batch":                   {"director", "POST", "/v1/customers/matches", map[string]any{"items": []any{map[string]string{"id": "1", "name": "大成"}}}, 200},
		"batch too large":         {"director", "POST", "/v1/customers/matches", many, 422},
		"batch without a name":    {"director", "POST", "/v1/customers/matches", map[string]any{"items": []any{map[string]string{"id": "1", "name": " "}}}, 422},
		"empty batch":             {"director", "POST", "/v1/customers/matches", map[string]any{"items": []any{}}, 422},
		"create without name":     {"wang", "POST", "/v1/customers", card{Phone: "13812341234"}, 422},
		"create with wrong phone": {"wang", "POST", "/v1/customers", card{Name: "a", Phone: "12"}, 422},
		"create by technical":     {"tech", "POST", "/v1/customers", card{Name: "a"}, 403},
		"read mine":               {"wang", "GET", "/v1/customers/" + c.ID, nil, 200},
		"read another's":          {"zhao", "GET", "/v1/customers/" + c.ID, nil, 403},
		"read none":               {"wang", "GET", "/v1/customers/none", nil, 404},
		"list":                    {"wang", "GET", "/v1/customers?name=华", nil, 200},
		"list by phone":           {"wang", "GET", "/v1/customers?phone=13812341234", nil, 200},
		"list by two things":      {"wang", "GET", "/v1/customers?phone=13812341234&name=a", nil, 422},
		"foreign cursor":          {"wang", "GET", "/v1/customers?after=abc", nil, 422},
		"nobody":                  {"", "GET", "/v1/customers", nil, 401},
	} {
		if status, _ := o.call(c.who, c.method, c.path, c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
}

// A preview of many asks says who is known and who would be new, and writes nothing.
func TestAPreviewOfManyWritesNothing(t *testing.T) {
	o := start(t)
	ask := func(preview bool) (items []map[string]any) {
		t.Helper()
		var got struct{ Items []map[string]any }
		if status, _ := o.call("director", "POST", "/v1/customers/matches", map[string]any{"preview": preview, "items": []any{
			map[string]string{"id": "crm:dacheng", "name": "大成机械有限公司"}, map[string]string{"id": "crm:huaxing", "name": "华兴贸易有限公司"}}}, &got); status != 200 {
			t.Fatal(status)
		}
		return got.Items
	}
	var known seen
	o.call("wang", "POST", "/v1/customers", card{Name: "华兴贸易有限公司"}, &known)
	for range 2 {
		if got := ask(true); got[0]["created"] != true || got[0]["customer"] != "" || got[1]["created"] == true || got[1]["customer"] != known.ID {
			t.Errorf("%v", got)
		}
		var list struct{ Items []seen }
		if o.call("director", "GET", "/v1/customers", nil, &list); len(list.Items) != 1 {
			t.Errorf("the preview left %d customers", len(list.Items))
		}
	}
	made := ask(false)
	if got := ask(true); made[0]["created"] != true || got[0]["created"] == true || got[0]["customer"] != made[0]["customer"] || got[0]["asked"] != true {
		t.Errorf("%v, made %v", got, made)
	}
}

// A repeated Idempotency-Key makes no second customer, even one without keys.
func TestRepeatedCreate(t *testing.T) {
	o := start(t)
	var a, b seen
	o.call("wang", "POST", "/v1/customers", map[string]string{"kind": "person", "name": "张伟"}, &a, "Idempotency-Key", "k")
	o.call("wang", "POST", "/v1/customers", map[string]string{"kind": "person", "name": "张伟"}, &b, "Idempotency-Key", "k")
	if a.ID == "" || a.ID != b.ID || o.customers() != 1 {
		t.Errorf("%s, %s", a.ID, b.ID)
	}
}
