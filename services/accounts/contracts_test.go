package accounts_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/contracts/paper/papertest"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/service"
)

func init() {
	people["lead"] = auth.Principal{ID: "lead", Roles: []auth.Role{auth.SalesManager}}
	people["board"] = auth.Principal{ID: "board", Roles: []auth.Role{auth.Management}}
	people["desk"] = auth.Principal{ID: "desk", Roles: []auth.Role{auth.Operations}}
	people["success"] = auth.Principal{ID: "success", Roles: []auth.Role{auth.Success}}
}

// trade is an office with people who approve, a key for links, a place for files and a clock that can be moved.
type trade struct {
	*office
	now *atomic.Int64
}

func trading(t testing.TB) *trade {
	t.Helper()
	now := &atomic.Int64{}
	now.Store(int64(instant.Now()))
	return &trade{now: now, office: start(t, tradeWith(t, now))}
}

func tradeWith(t testing.TB, now *atomic.Int64) func(*service.Deps) {
	return func(d *service.Deps) {
		key, err := auth.LoadOrCreateKey(t.TempDir() + "/key")
		if err != nil {
			t.Fatal(err)
		}
		files, err := folder.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		d.Key, d.Objects, d.Config.Origin = key, files, "https://crm.example.com"
		if now != nil {
			d.Clock = func() instant.Time { return instant.Time(now.Load()) }
		}
		d.Directory = directory.Of(catalogue.Person{ID: "wang", Active: true, Team: "east", Supervisor: "lead", Roles: []string{"salesperson"}},
			catalogue.Person{ID: "lead", Active: true, Team: "east", Supervisor: "director", Roles: []string{"sales_manager"}},
			catalogue.Person{ID: "director", Active: true, Roles: []string{"sales_director"}}, catalogue.Person{ID: "board", Active: true, Roles: []string{"management"}},
			catalogue.Person{ID: "success", Active: true, Roles: []string{"customer_success"}}, catalogue.Person{ID: "zhao", Active: true, Team: "west", Roles: []string{"salesperson"}})
	}
}

func (o *trade) pass(d time.Duration) { o.now.Add(d.Milliseconds()) }

// contractSeen is a contract as HTTP shows it.
type contractSeen struct {
	catalogue.Contract
	Version     int64
	SigningLink string `json:"signing_link"`
}

type items []map[string]any

func (o *trade) customer(name string) string {
	o.t.Helper()
	var c seen
	if status, _ := o.call("wang", "POST", "/v1/customers", map[string]any{"name": name, "phone": "13812341234", "contact": "李总", "email": "li@huaxing.cn"}, &c); status != 201 {
		o.t.Fatalf("customer: %d", status)
	}
	return c.ID
}

func (o *trade) draft(customer string, of items, more ...any) contractSeen {
	o.t.Helper()
	body := map[string]any{"customer": customer, "items": of}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	var c contractSeen
	if status, _ := o.call("wang", "POST", "/v1/contracts", body, &c); status != 201 {
		o.t.Fatalf("draft: %d", status)
	}
	return c
}

func (o *trade) do(who, id, what string, body any) contractSeen {
	o.t.Helper()
	var c contractSeen
	if status, _ := o.call(who, "POST", "/v1/contracts/"+id+"/"+what, body, nil); status != 200 && status != 201 {
		o.t.Fatalf("%s: %d", what, status)
	}
	if status, _ := o.call("director", "GET", "/v1/contracts/"+id, nil, &c); status != 200 {
		o.t.Fatalf("%s: %d", what, status)
	}
	return c
}

// signed takes a small contract through to its signature.
func (o *trade) signed(customer string, of items) contractSeen {
	o.t.Helper()
	c := o.draft(customer, of)
	o.do("wang", c.ID, "submission", nil)
	c = o.do("wang", c.ID, "sending", nil)
	path := strings.TrimSuffix(strings.TrimPrefix(c.SigningLink, "https://crm.example.com"), "/page")
	if status, _ := o.call("", "POST", path+"/signature", map[string]string{"name": "李总", "hash": c.Hash}, nil); status != 200 {
		o.t.Fatalf("signature: %d", status)
	}
	o.call("wang", "GET", "/v1/contracts/"+c.ID, nil, &c)
	return c
}

// a standard contract that is small needs nobody's approval; amount,
// discount and terms of its own make it go through the steps that the policy names.
func TestApprovalsByPolicy(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	for name, c := range map[string]struct {
		of    items
		extra string
		steps string
	}{
		"small and standard":     {items{{"product": "licence", "quantity": 2}}, "", ""},
		"just below the manager": {items{{"product": "x", "name": "定制", "quantity": 1, "price": 4_999_999}}, "", ""},
		"exactly the manager's":  {items{{"product": "x", "name": "定制", "quantity": 1, "price": 5_000_000}}, "", "manager"},
		"the director's":         {items{{"product": "x", "name": "定制", "quantity": 1, "price": 20_000_000}}, "", "manager,director"},
		"a discount of 10 %":     {items{{"product": "licence", "quantity": 1, "price": 108_000}}, "", "manager"},
		"a discount of 9.9 %":    {items{{"product": "licence", "quantity": 1, "price": 108_120}}, "", ""},
		"terms of its own":       {items{{"product": "licence", "quantity": 2}}, "可随时退货", "manager,management"},
	} {
		c0 := o.draft(id, c.of, "extra", c.extra)
		got := o.do("wang", c0.ID, "submission", nil)
		var steps []string
		for _, s := range got.Steps {
			steps = append(steps, s.ID)
			if s.Approver == "" || s.Why.Zh == "" {
				t.Errorf("%s: step %+v", name, s)
			}
		}
		want := catalogue.ContractApproved
		if c.steps != "" {
			want = catalogue.ContractApproving
		}
		if strings.Join(steps, ",") != c.steps || got.Status != want || got.Hash == "" {
			t.Errorf("%s: steps %v, %s", name, steps, got.Status)
		}
	}
}

// steps are decided in order by who has the role, each with a reason; a
// rejection makes it a draft again; nobody approves their own.
func TestApprovalSteps(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 10}}, "extra", "验收后付款")
	path := "/v1/contracts/" + c.ID + "/decisions"
	o.do("wang", c.ID, "submission", nil)
	for name, s := range map[string]struct {
		who    string
		body   any
		status int
	}{
		"not my role":             {"wang", map[string]string{"decision": "approve"}, 403},
		"another step's role":     {"board", map[string]string{"decision": "approve"}, 403},
		"a rejection says why":    {"lead", map[string]string{"decision": "reject"}, 422},
		"a decision that is none": {"lead", map[string]string{"decision": "perhaps"}, 422},
	} {
		if status, _ := o.call(s.who, "POST", path, s.body, nil); status != s.status {
			t.Errorf("%s: %d, want %d", name, status, s.status)
		}
	}
	got := o.do("lead", c.ID, "decisions", map[string]string{"decision": "reject", "reason": "付款条件不行"})
	if got.Status != catalogue.ContractDraft || got.Steps[0].Reason != "付款条件不行" || got.Hash != "" {
		t.Fatalf("rejected: %+v", got.Contract)
	}
	o.do("wang", c.ID, "submission", nil)
	o.do("lead", c.ID, "decisions", map[string]string{"decision": "approve", "reason": "可以"})
	if got = o.do("board", c.ID, "decisions", map[string]string{"decision": "approve"}); got.Status != catalogue.ContractApproved || got.ApprovedAt.IsZero() {
		t.Errorf("approved: %+v", got.Contract)
	}
	if status, _ := o.call("board", "POST", path, map[string]string{"decision": "approve"}, nil); status != 409 {
		t.Errorf("decided twice: %d", status)
	}
}

// signed by link with name, time, address and hash; used again, tampered
// with, expired, or of a contract that was changed since, it is refused.
func TestSigningByLink(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 2}})
	o.do("wang", c.ID, "submission", nil)
	c = o.do("wang", c.ID, "sending", nil)
	at := func(link string) string {
		return strings.TrimSuffix(strings.TrimPrefix(link, "https://crm.example.com"), "/page")
	}
	first := at(c.SigningLink)
	var open struct {
		Number, Hash string
		Text         []string
	}
	if status, _ := o.call("", "GET", first, nil, &open); status != 200 || open.Hash != c.Hash || !strings.Contains(strings.Join(open.Text, "\n"), "上海华兴贸易有限公司") {
		t.Fatalf("by link: %d %+v", status, open)
	}
	if status, h := o.call("", "GET", first+"/document", nil, nil); status != 200 || h.Get("Content-Type") != "application/pdf" {
		t.Errorf("document: %d %v", status, h)
	}
	body := map[string]string{"name": " 李总 ", "hash": c.Hash}
	c = o.do("wang", c.ID, "sending", nil) // sent again: the first is good no more
	second := at(c.SigningLink)
	for name, s := range map[string]struct {
		path   string
		body   any
		status int
		rule   string
	}{
		"the link before":  {first + "/signature", body, 409, "contract.changed"},
		"tampered":         {strings.Replace(second, "/contract/", "/contract/x", 1) + "/signature", body, 403, "link.tampered"},
		"another document": {second + "/signature", map[string]string{"name": "李总", "hash": strings.Repeat("0", 64)}, 409, "contract.changed"},
		"no name":          {second + "/signature", map[string]string{"name": " ", "hash": c.Hash}, 422, ""},
		"no hash":          {second + "/signature", map[string]string{"name": "李总"}, 422, ""},
	} {
		var p httpx.Problem
		if status, _ := o.call("", "POST", s.path, s.body, &p); status != s.status || p.Rule != s.rule {
			t.Errorf("%s: %d %s, want %d %s", name, status, p.Rule, s.status, s.rule)
		}
	}
	if status, _ := o.call("", "POST", second+"/signature", body, nil); status != 200 {
		t.Fatalf("signature: %d", status)
	}
	o.call("wang", "GET", "/v1/contracts/"+c.ID, nil, &c)
	if s := c.Signature; s == nil || s.Name != "李总" || s.Address == "" || s.Hash != c.Hash || s.At.IsZero() || s.Provider != "built_in" || c.Status != catalogue.ContractActive {
		t.Errorf("signed: %+v %s", c.Signature, c.Status)
	}
	var p httpx.Problem
	if status, _ := o.call("", "POST", second+"/signature", body, &p); status != 409 || p.Rule != "link.used" {
		t.Errorf("used again: %d %s", status, p.Rule)
	}
	late := o.draft(id, items{{"product": "licence", "quantity": 1}})
	o.do("wang", late.ID, "submission", nil)
	late = o.do("wang", late.ID, "sending", nil)
	o.pass(late.SignBy.Sub(instant.Time(o.now.Load())) - time.Millisecond)
	if status, _ := o.call("", "GET", at(late.SigningLink), nil, nil); status != 200 {
		t.Errorf("a millisecond before it expires: %d", status)
	}
	o.pass(time.Millisecond)
	if status, _ := o.call("", "POST", at(late.SigningLink)+"/signature", map[string]string{"name": "李总", "hash": late.Hash}, &p); status != 403 || p.Rule != "link.expired" {
		t.Errorf("expired: %d %s", status, p.Rule)
	}
}

// the document says what was agreed; of eight who sign at once one does, and
// the signature is under the document's bytes.
func TestTheDocumentAndARaceToSignIt(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 2}, {"product": "x", "name": "定制报表（含税）", "quantity": 1, "price": 1}})
	o.do("wang", c.ID, "submission", nil)
	c = o.do("wang", c.ID, "sending", nil)
	resp := httpxtest.Send(t, "wang", "GET", o.server.URL+"/v1/contracts/"+c.ID+"/document", nil)
	defer func() { _ = resp.Body.Close() }()
	pdf, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp.StatusCode, err)
	}
	text := papertest.Text(t, pdf)
	for _, want := range []string{"上海华兴贸易有限公司", "定制报表（含税）", "2400.01 CNY", c.Number, "本公司"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the document:\n%s", want, text)
		}
	}
	if sum := sha256.Sum256(pdf); hex.EncodeToString(sum[:]) != c.Hash {
		t.Error("the hash is not the document's")
	}
	path := strings.TrimSuffix(strings.TrimPrefix(c.SigningLink, "https://crm.example.com"), "/page") + "/signature"
	var done atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			if status, _ := o.call("", "POST", path, map[string]string{"name": fmt.Sprint("签署人", n), "hash": c.Hash}, nil); status == 200 {
				done.Add(1)
			} else if status != 409 {
				t.Errorf("%d: %d", n, status)
			}
		})
	}
	if all.Wait(); done.Load() != 1 {
		t.Errorf("%d signed", done.Load())
	}
}

// the page needs no script: it shows the text and the hash, and signs or declines.
func TestSigningPage(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 2}})
	o.do("wang", c.ID, "submission", nil)
	c = o.do("wang", c.ID, "sending", nil)
	page := o.server.URL + strings.TrimPrefix(c.SigningLink, "https://crm.example.com")
	visit := func(form url.Values) (int, string) {
		t.Helper()
		method, body := "GET", io.Reader(nil)
		if form != nil {
			method, body = "POST", strings.NewReader(form.Encode())
		}
		r, err := http.NewRequestWithContext(t.Context(), method, page, body)
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	if status, text := visit(nil); status != 200 || !strings.Contains(text, c.Hash) || !strings.Contains(text, "合同总价") {
		t.Errorf("page: %d %s", status, text)
	}
	if status, _ := visit(url.Values{}); status != 422 {
		t.Errorf("nothing decided: %d", status)
	}
	if status, _ := visit(url.Values{"decision": {"sign"}}); status != 422 {
		t.Errorf("without a name: %d", status)
	}
	if status, text := visit(url.Values{"decision": {"decline"}, "reason": {"<b>太贵</b>"}}); status != 200 || !strings.Contains(text, "感谢") {
		t.Errorf("declined: %d %s", status, text)
	}
	if status, _ := visit(nil); status != 409 {
		t.Errorf("after it was declined: %d", status)
	}
}

// payments go to installments in order; payment cycle and time from signing
// to payment are recorded, overdue ones are seen.
func TestPayments(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 10}}) // 12,000.00 in two halves, after 7 and 30 days
	if len(c.Schedule) != 2 || c.Schedule[0].Minor != 600_000 || c.Schedule[0].Due != c.SignedAt.Add(7*24*time.Hour) {
		t.Fatalf("schedule %+v", c.Schedule)
	}
	pay := func(source string, minor int64, currency string) int {
		status, _ := o.call("desk", "POST", "/v1/contracts/"+c.ID+"/payments", map[string]any{"source": "bank", "source_id": source,
			"amount": map[string]any{"minor": minor, "currency": currency}, "paid_at": instant.Time(o.now.Load())}, nil)
		return status
	}
	listed := func() int {
		var page struct{ Items []contractSeen }
		o.call("desk", "GET", "/v1/contracts?overdue=true", nil, &page)
		return len(page.Items)
	}
	o.pass(7*24*time.Hour + time.Hour)
	if status, _ := o.call("journeys", "PUT", "/v1/contracts/"+c.ID+"/marks/payment_overdue", map[string]any{}, nil); status != 200 || listed() != 1 {
		t.Errorf("overdue: %d, %d listed", status, listed())
	}
	for _, want := range []struct {
		source   string
		minor    int64
		currency string
		status   int
	}{{"1", 600_000, "USD", 422}, {"1", 0, "CNY", 422}, {"1", 1_200_001, "CNY", 422}, {"1", 600_000, "CNY", 200}, {"1", 600_000, "CNY", 200}} {
		if status := pay(want.source, want.minor, want.currency); status != want.status {
			t.Errorf("%+v: %d", want, status)
		}
	}
	o.pass(3 * 24 * time.Hour)
	if status := pay("2", 600_000, "CNY"); status != 200 {
		t.Errorf("second: %d", status)
	}
	o.call("desk", "GET", "/v1/contracts/"+c.ID, nil, &c)
	if c.Paid != c.Total.Minor || len(c.Payments) != 2 || c.Schedule[0].CycleDays != 0 || c.Schedule[1].CycleDays != -20 || c.SigningToPaymentDays != 10 || listed() != 0 || len(c.Marks) != 0 {
		t.Errorf("paid %+v; %d listed", c.Contract, listed())
	}
}

// what the customer says about renewing is recorded, and a renewal begins when the old contract ends.
func TestRenewal(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 2}})
	if status, _ := o.call("journeys", "PUT", "/v1/contracts/"+c.ID+"/marks/renewal_at_risk", map[string]any{"evidence": []string{"x"}}, nil); status != 200 {
		t.Errorf("mark: %d", status)
	}
	if got := o.do("wang", c.ID, "renewal-intent", map[string]string{"intent": "renew", "note": "希望续三年"}); got.Renewal == nil || got.Renewal.By != "wang" || len(got.Marks) != 0 {
		t.Errorf("intent %+v, marks %v", got.Renewal, got.Marks)
	}
	if status, _ := o.call("journeys", "PUT", "/v1/contracts/"+c.ID+"/marks/renewal_at_risk", map[string]any{}, nil); status != 409 {
		t.Errorf("marked although it is renewed: %d", status)
	}
	var next contractSeen
	if status, _ := o.call("wang", "POST", "/v1/contracts/"+c.ID+"/renewals", map[string]any{}, &next); status != 201 || next.Parent != c.ID || next.From != c.Until || next.Items[0].Quantity != 2 || next.Kind != "renewal" {
		t.Errorf("renewal: %d %+v", status, next.Contract)
	}
	for _, s := range []struct {
		to     string
		pass   time.Duration
		status int
	}{{"active", 0, 409}, {"expired", 365*24*time.Hour - time.Minute - time.Second, 409}, {"expired", time.Second, 200}, {"expired", 0, 409}} {
		o.pass(s.pass)
		if status, _ := o.call("journeys", "POST", "/v1/contracts/"+c.ID+"/advances", map[string]string{"to": s.to}, nil, "Idempotency-Key", fmt.Sprint(s)); status != s.status {
			t.Errorf("%+v: %d", s, status)
		}
	}
}

// one call adds products to a contract in force, at the customer's prices, and sends it for signing.
func TestUpsellInOneStep(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.signed(id, items{{"product": "licence", "quantity": 2}})
	o.call("director", "PATCH", "/v1/customers/"+id, `{"tier":"core"}`, nil)
	var more contractSeen
	path := "/v1/contracts/" + c.ID + "/upsells"
	if status, _ := o.call("wang", "POST", path, map[string]any{"items": items{{"product": "licence", "quantity": 5}}}, &more); status != 201 || more.Status != catalogue.ContractSent ||
		more.Parent != c.ID || more.Items[0].Price != 114_000 || more.Until != c.Until || more.SigningLink == "" {
		t.Errorf("upsell: %d %+v", status, more.Contract)
	}
	if status, _ := o.call("wang", "POST", path, map[string]any{"items": items{{"product": "licence", "quantity": 50}}}, &more); status != 201 || more.Status != catalogue.ContractApproving {
		t.Errorf("a large upsell: %d %s", status, more.Status)
	}
	for body, want := range map[string]int{`{"items":[{"product":"implementation","quantity":1}]}`: 422, `{"items":[]}`: 422, `{"items":[{"product":"licence","quantity":0}]}`: 422, `{}`: 422} {
		if status, _ := o.call("wang", "POST", path, body, nil); status != want {
			t.Errorf("%s: %d", body, status)
		}
	}
	if status, _ := o.call("wang", "POST", "/v1/contracts/"+more.ID+"/upsells", map[string]any{"items": items{{"product": "licence", "quantity": 1}}}, nil); status != 409 {
		t.Errorf("to one that is not in force: %d", status)
	}
}

// Bad input names every field and writes nothing.
func TestContractStatuses(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 2}})
	huge := map[string]any{"customer": id, "items": items{{"product": "x", "name": "y", "quantity": 1_000_000_000, "price": 9_000_000_000_000}}}
	for name, s := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"nobody":                    {"", "POST", "", map[string]any{"customer": id, "items": items{{"product": "licence", "quantity": 1}}}, 401},
		"another's customer":        {"zhao", "POST", "", map[string]any{"customer": id, "items": items{{"product": "licence", "quantity": 1}}}, 403},
		"no such customer":          {"wang", "POST", "", map[string]any{"customer": "none", "items": items{{"product": "licence", "quantity": 1}}}, 404},
		"unknown product, no price": {"wang", "POST", "", map[string]any{"customer": id, "items": items{{"product": "moon", "quantity": 1}}}, 422},
		"no items":                  {"wang", "POST", "", map[string]any{"customer": id, "items": items{}}, 422},
		"an amount beyond bounds":   {"wang", "POST", "", huge, 422},
		"a negative price":          {"wang", "POST", "", `{"customer":"` + id + `","items":[{"product":"licence","quantity":1,"price":-1}]}`, 422},
		"no such template":          {"wang", "POST", "", map[string]any{"customer": id, "template": "none", "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"ends before it begins":     {"wang", "POST", "", map[string]any{"customer": id, "from": "2030-01-02T00:00:00Z", "until": "2030-01-01T00:00:00Z", "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"ended already":             {"wang", "POST", "", map[string]any{"customer": id, "from": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z", "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"a schedule of another sum": {"wang", "POST", "", map[string]any{"customer": id, "schedule": []map[string]any{{"name": "a", "minor": 1}}, "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"read by another":           {"zhao", "GET", "/" + c.ID, nil, 403},
		"read none":                 {"wang", "GET", "/none", nil, 404},
		"document of a draft":       {"wang", "GET", "/" + c.ID + "/document", nil, 409},
		"document for nobody":       {"", "GET", "/" + c.ID + "/document", nil, 401},
		"send a draft":              {"wang", "POST", "/" + c.ID + "/sending", nil, 409},
		"pay a draft":               {"wang", "POST", "/" + c.ID + "/payments", map[string]any{"source": "a", "source_id": "b", "amount": map[string]any{"minor": 1, "currency": "CNY"}, "paid_at": "2020-01-01T00:00:00Z"}, 409},
		"intent of a draft":         {"wang", "POST", "/" + c.ID + "/renewal-intent", map[string]string{"intent": "renew"}, 409},
		"an intent that is none":    {"wang", "POST", "/" + c.ID + "/renewal-intent", map[string]string{"intent": "maybe"}, 422},
		"an effect by a person":     {"wang", "POST", "/" + c.ID + "/advances", map[string]string{"to": "active"}, 403},
		"urge by a person":          {"wang", "POST", "/" + c.ID + "/signing-reminders", map[string]any{"round": 1, "due": "2026-01-01T00:00:00Z"}, 403},
		"a mark that is none":       {"journeys", "PUT", "/" + c.ID + "/marks/x", map[string]any{}, 404},
		"two filters":               {"wang", "GET", "?overdue=true&customer=" + id, nil, 422},
		"a list of another's":       {"zhao", "GET", "?customer=" + id, nil, 403},
		"a list":                    {"zhao", "GET", "", nil, 200},
		"stale":                     {"wang", "PUT", "/" + c.ID, map[string]any{"items": items{{"product": "licence", "quantity": 3}}}, 412},
	} {
		var header []string
		if name == "stale" {
			header = []string{"If-Match", `"7"`}
		}
		if status, _ := o.call(s.who, s.method, "/v1/contracts"+s.path, s.body, nil, header...); status != s.status {
			t.Errorf("%s: %d, want %d", name, status, s.status)
		}
	}
	var list struct{ Items []contractSeen }
	o.call("wang", "GET", "/v1/contracts?customer="+id, nil, &list)
	if len(list.Items) != 1 {
		t.Errorf("%d contracts, want the one", len(list.Items))
	}
}
