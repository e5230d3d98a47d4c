package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/programtest"
)

// step is one call of a day in the office.
type step struct {
	who, method, path string
	body              any
	save, saved       string // a name, and where in the answer the id is that it stands for
}

// walker makes calls and keeps the ids of what they made.
type walker struct {
	office *programtest.Office
	told   *describedInterface
	w      *witness
	ids    map[string]string
}

func newWalker(t *testing.T, o *programtest.Office, d *describedInterface) *walker {
	return &walker{office: o, told: d, w: &witness{t: t, told: d, answered: map[string]bool{}}, ids: map[string]string{"seller": o.Sellers[0], "other": o.Sellers[1],
		"third": o.Sellers[2], "boss": o.Boss, "manager": o.Manager, "admin": o.Administrator}}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func (w *walker) fill(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(p string) string { return w.ids[p[1:len(p)-1]] })
}

func (w *walker) client(who string) *programtest.Client {
	c := *w.office.As(w.ids[who])
	h := *c.HTTP
	if w.w.RoundTripper == nil {
		w.w.RoundTripper = h.Transport
	}
	h.Transport = w.w
	c.HTTP = &h
	return &c
}

func (w *walker) walk(ctx context.Context, t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		var body any
		if s.body != nil {
			text, err := json.Marshal(s.body)
			if err != nil {
				t.Fatal(err)
			}
			body = json.RawMessage(w.fill(string(text)))
		}
		var answer object
		if file, ok := s.body.(csvFile); ok {
			answer = w.upload(ctx, t, s, file)
		} else if err := w.call(ctx, s, body, &answer); err != nil {
			t.Errorf("%s: %v", s.who, err)
		}
		if s.save == "" {
			continue
		}
		id, ok := at(answer, s.saved)
		if !ok {
			t.Errorf("%s %s gave nothing at %s", s.method, s.path, s.saved)
		}
		w.ids[s.save] = id
	}
}

// csvFile is a body that is a file.
type csvFile string

func (w *walker) upload(ctx context.Context, t *testing.T, s step, file csvFile) (answer object) {
	t.Helper()
	c := w.client(s.who)
	r, err := http.NewRequestWithContext(ctx, s.method, c.URL+s.path, strings.NewReader(string(file)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/csv")
	r.Header.Set("Authorization", "Bearer "+c.Token)
	got, err := c.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close() //nolint:errcheck // it is read
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil {
		t.Error(err)
	}
	return answer
}

// call makes a call; what consumers of facts show is asked for until they have caught up.
func (w *walker) call(ctx context.Context, s step, body any, answer *object) error {
	end := time.Now().Add(10 * time.Second)
	for {
		err := w.client(s.who).Call(ctx, s.method, w.fill(s.path), "", body, answer)
		var refused *programtest.Refusal
		if !errors.As(err, &refused) || refused.Status != http.StatusNotFound || s.method != http.MethodGet || time.Now().After(end) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// at gives the text at a path such as "items.0.id".
func at(v any, path string) (string, bool) {
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case object:
			v = x[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(x) {
				return "", false
			}
			v = x[i]
		}
	}
	s, ok := v.(string)
	return s, ok
}

func followUp(next time.Duration) object {
	return object{"occurred_at": time.Now().Add(-time.Minute), "channel": "phone", "direction": "outbound", "key_points": "谈了方案", "next_action": "再联系",
		"next_touch_at": time.Now().Add(next), "result": "interested", "customer_type": "new", "budget_band": "medium", "objections": []string{"price"}, "not_owner_reason": "负责人不在"}
}

// aDay uses nearly everything the office offers.
func aDay() []step {
	money := object{"minor": 1250000, "currency": "CNY"}
	tomorrow := time.Now().Add(24 * time.Hour)
	return []step{
		{"admin", "GET", "/v1/teams", nil, "team", "items.0.id"},
		{"admin", "GET", "/v1/teams/{team}", nil, "", ""},
		{"admin", "GET", "/v1/people", nil, "", ""},
		{"admin", "GET", "/v1/people/{seller}", nil, "", ""},
		{"admin", "POST", "/v1/people/{third}/absences", object{"from": tomorrow, "to": tomorrow.Add(48 * time.Hour), "delegate": "{other}", "reason": "年假"}, "", ""},
		{"admin", "GET", "/v1/calendars", nil, "", ""},
		{"admin", "GET", "/v1/policy", nil, "", ""},
		{"admin", "GET", "/v1/policy/schemas", nil, "", ""},
		{"admin", "GET", "/v1/policy/versions", nil, "", ""},
		{"admin", "POST", "/v1/policy/drafts", object{"note": "春节安排"}, "draft", "id"},
		{"admin", "GET", "/v1/policy/drafts/{draft}", nil, "", ""},
		{"admin", "GET", "/v1/policy/drafts/{draft}/diff", nil, "", ""},
		{"admin", "POST", "/v1/policy/drafts/{draft}/validation", nil, "", ""},
		{"seller", "POST", "/v1/leads", object{"company": "华东机电有限公司", "contact": "王芳", "phone": "13800138000", "email": "wang@huadong.example", "source": "website", "need": "两台包装机"}, "lead", "id"},
		{"seller", "GET", "/v1/leads", nil, "", ""},
		{"seller", "GET", "/v1/leads/{lead}", nil, "", ""},
		{"seller", "PATCH", "/v1/leads/{lead}", object{"need": "三台包装机"}, "", ""},
		{"seller", "POST", "/v1/leads/{lead}/follow-ups", followUp(72 * time.Hour), "", ""},
		{"seller", "GET", "/v1/leads/{lead}/follow-ups", nil, "", ""},
		{"seller", "GET", "/v1/leads/{lead}/history", nil, "", ""},
		{"seller", "GET", "/v1/queue", nil, "", ""},
		{"seller", "POST", "/v1/deals", object{"title": "包装线改造", "company": "华北食品", "source": "referral", "need": "改造", "amount": money}, "deal", "id"},
		{"seller", "GET", "/v1/deals", nil, "", ""},
		{"seller", "GET", "/v1/deals/board", nil, "", ""},
		{"seller", "GET", "/v1/deals/stuck", nil, "", ""},
		{"seller", "GET", "/v1/deals/{deal}", nil, "", ""},
		{"seller", "PATCH", "/v1/deals/{deal}", object{"product": "包装线", "decision_maker": "刘总"}, "", ""},
		{"seller", "POST", "/v1/deals/{deal}/follow-ups", followUp(48 * time.Hour), "", ""},
		{"seller", "POST", "/v1/deals/{deal}/quotes", object{"amount": money, "remark": "含安装"}, "quote", "quote.id"},
		{"seller", "POST", "/v1/deals/{deal}/quotes/{quote}/confirmation", object{}, "", ""},
		{"seller", "GET", "/v1/deals/{deal}/follow-ups", nil, "", ""},
		{"seller", "GET", "/v1/deals/{deal}/history", nil, "", ""},
		{"seller", "POST", "/v1/leads", object{"company": "西部化工", "contact": "李", "wechat": "li-xibu", "source": "website", "need": "阀门"}, "converted", "id"},
		{"seller", "POST", "/v1/leads/{converted}/follow-ups", followUp(24 * time.Hour), "", ""},
		{"seller", "POST", "/v1/leads/{converted}/conversion", object{}, "won", "deal.id"},
		{"seller", "POST", "/v1/customers", object{"name": "南方水泥有限公司", "phone": "02088886666"}, "customer", "id"},
		{"seller", "GET", "/v1/customers/{customer}", nil, "", ""},
		{"boss", "GET", "/v1/customers", nil, "", ""},
		{"seller", "GET", "/v1/customers/match?name=%E5%8D%97%E6%96%B9%E6%B0%B4%E6%B3%A5%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8", nil, "", ""},
		{"seller", "POST", "/v1/tasks", object{"title": "寄样品", "due": tomorrow, "subject": object{"kind": "lead", "id": "{lead}"}}, "task", "id"},
		{"seller", "GET", "/v1/tasks", nil, "", ""},
		{"seller", "GET", "/v1/tasks/{task}", nil, "", ""},
		{"seller", "POST", "/v1/tasks/{task}/postponement", object{"due": tomorrow.Add(time.Hour)}, "", ""},
		{"seller", "GET", "/v1/reminders", nil, "", ""},
		{"admin", "GET", "/v1/deliveries", nil, "", ""},
		{"admin", "POST", "/v1/webhooks", object{"url": "https://hooks.office.example/liuke", "secret": "a-secret-of-24-letters--"}, "hook", "id"},
		{"admin", "GET", "/v1/webhooks", nil, "", ""},
		{"admin", "POST", "/v1/forms", object{"name": "官网", "origins": []string{"https://www.office.example"}}, "form", "key"},
		{"admin", "GET", "/v1/forms", nil, "", ""},
		{"seller", "POST", "/v1/first-contacts", object{"channel": "phone", "phone": "13900139000"}, "contact", "id"},
		{"seller", "GET", "/v1/first-contacts/{contact}", nil, "", ""},
		{"boss", "GET", "/v1/pool", nil, "", ""},
		{"boss", "GET", "/v1/transfers", nil, "", ""},
		{"boss", "POST", "/v1/imports?kind=leads&name=cards.csv", csvFile("公司,联系人,电话,来源,需求\n东方印染,赵,13500135000,website,染机\n无联系方式,钱,,website,泵\n"), "import", "id"},
		{"boss", "GET", "/v1/imports/{import}", nil, "", ""},
		{"boss", "GET", "/v1/imports/{import}/preview", nil, "", ""},
		{"boss", "POST", "/v1/imports/{import}/run", nil, "", ""},
		{"boss", "GET", "/v1/imports/{import}/report", nil, "", ""},
		{"boss", "GET", "/v1/imports", nil, "", ""},
		{"boss", "GET", "/v1/insights/ledger", nil, "", ""},
		{"boss", "GET", "/v1/insights/obligations", nil, "", ""},
		{"boss", "GET", "/v1/ownerships/holdings/{seller}", nil, "", ""},
		{"admin", "GET", "/v1/people/{seller}/holdings", nil, "", ""},
	}
}

// later are calls on what journeys and consumers have made of the day.
func later() []step {
	return []step{
		{"boss", "GET", "/v1/leads/{lead}", nil, "held", "customer"},
		{"boss", "GET", "/v1/ownerships/{held}", nil, "", ""},
		{"seller", "POST", "/v1/transfers", object{"customer": "{held}", "to": "{other}", "reason": "出差"}, "transfer", "id"},
		{"seller", "GET", "/v1/transfers/{transfer}", nil, "", ""},
		{"boss", "GET", "/v1/journeys/lead/{lead}", nil, "", ""},
		{"boss", "GET", "/v1/journeys/lead/{lead}/obligations", nil, "", ""},
		{"boss", "GET", "/v1/journeys/deal/{deal}", nil, "", ""},
		{"boss", "GET", "/v1/insights/journeys/lead/{lead}", nil, "", ""},
		{"boss", "GET", "/v1/insights/why?lead={lead}&owner=true", nil, "", ""},
		{"boss", "GET", "/v1/insights/why?task={task}", nil, "", ""},
		{"boss", "GET", "/v1/insights/why?customer={held}&owner=true", nil, "", ""},
		{"boss", "GET", "/v1/tasks?scope=team", nil, "", ""},
	}
}

// linked waits until the lead has its customer.
func (w *walker) linked(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		var lead struct {
			Customer string `json:"customer"`
		}
		if err := w.client("boss").Get(ctx, w.fill("/v1/leads/{lead}"), &lead); err != nil {
			t.Fatal(err)
		}
		if lead.Customer != "" {
			w.ids["held"] = lead.Customer
			return
		}
		rest(ctx, t, 100*time.Millisecond)
	}
}

// Every answer of a day in the office is as the interface document describes it.
func TestAnswersAreAsDescribed(t *testing.T) {
	ctx := bounded(t, 2*time.Minute)
	o := open(ctx, t)
	w := newWalker(t, o, describe(ctx, t, o.URL()))
	w.walk(ctx, t, aDay())
	w.linked(ctx, t)
	w.walk(ctx, t, later())
	if len(w.w.answered) < 50 {
		t.Errorf("only %d operations answered with success: %s", len(w.w.answered), strings.Join(keys(w.w.answered), " "))
	}
}

func keys(m map[string]bool) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}
