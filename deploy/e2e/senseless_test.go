package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/programtest"
)

// senseless requests are well written, by somebody who may do everything with sales.
func senseless(t *testing.T, w *walker, ask func(method, path string, body any) (int, object)) {
	t.Helper()
	past, future := "2020-01-01T00:00:00+08:00", "2999-01-01T00:00:00+08:00"
	plan := func(change object) object {
		body := followUp(48 * time.Hour)
		maps.Copy(body, change)
		return body
	}
	for _, c := range []struct {
		name, method, path string
		body               object
	}{
		{"next touch in the past", "POST", "/v1/leads/{lead}/follow-ups", plan(object{"next_touch_at": past})},
		{"next touch in a thousand years", "POST", "/v1/leads/{lead}/follow-ups", plan(object{"next_touch_at": future})},
		{"follow-up from the future", "POST", "/v1/leads/{lead}/follow-ups", plan(object{"occurred_at": future})},
		{"follow-up of a deal from the future", "POST", "/v1/deals/{deal}/follow-ups", plan(object{"occurred_at": future})},
		{"unknown objection", "POST", "/v1/deals/{deal}/follow-ups", plan(object{"objections": []string{"nobody's"}})},
		{"task due in the past", "POST", "/v1/tasks", object{"title": "x", "due": past}},
		{"task of nobody", "POST", "/v1/tasks", object{"title": "x", "due": "2027-01-01T00:00:00Z", "assignee": "nobody"}},
		{"postponement into the past", "POST", "/v1/tasks/{task}/postponement", object{"due": past}},
		{"negative amount", "POST", "/v1/deals", object{"title": "x", "company": "y", "source": "referral", "need": "z", "amount": object{"minor": -1, "currency": "CNY"}}},
		{"quote sent in the future", "POST", "/v1/deals/{deal}/quotes", object{"amount": object{"minor": 1, "currency": "CNY"}, "sent_at": future}},
		{"deal on no pipeline", "POST", "/v1/deals", object{"title": "x", "company": "y", "source": "referral", "need": "z", "pipeline": "nowhere"}},
		{"stage that does not exist", "POST", "/v1/deals/{deal}/stage", object{"stage": "nowhere"}},
		{"lead from nowhere", "POST", "/v1/leads", object{"company": "x", "contact": "y", "wechat": "z", "need": "n", "source": "nowhere"}},
		{"lead of blanks", "POST", "/v1/leads", object{"company": "  ", "contact": "\t", "wechat": " ", "need": " ", "source": " "}},
		{"lead for nobody", "POST", "/v1/leads", object{"company": "x", "contact": "y", "wechat": "z", "need": "n", "source": "website", "owner": "nobody"}},
		{"contact before it happens", "POST", "/v1/leads", object{"company": "x", "contact": "y", "wechat": "z", "need": "n", "source": "website", "first_contact_at": future}},
		{"first contact in the future", "POST", "/v1/first-contacts", object{"channel": "phone", "phone": "13900139001", "contact_at": future}},
		{"transfer to nobody", "POST", "/v1/transfers", object{"customer": "{held}", "to": "nobody", "reason": "x"}},
		{"transfer of nothing", "POST", "/v1/transfers", object{"customer": "nothing", "to": "{other}", "reason": "x"}},
		{"nurture into the past", "POST", "/v1/leads/{converted}/nurture", object{"next_at": past, "reason": "x"}},
	} {
		if status, answer := ask(c.method, w.fill(c.path), c.body); status < 400 {
			t.Errorf("%s was taken: %d %.300v", c.name, status, answer)
		}
	}
}

// hostileFiles uploads what is no CSV file, or hardly one; what is taken is
// previewed and run.
func hostileFiles(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	row := "公司,联系人,电话,来源,需求\n"
	for i, text := range []string{"", "\n\n\n", "\x00\x00", "\xff\xfe\x00", "\xef\xbb\xbf", "a", ",,,\n,,,\n", "\"unclosed", row, row + row, strings.Repeat("x,", 20_000) + "\n1", row + strings.Repeat("长", 100_000),
		row + "\x00,\x00,\x00,\x00,\x00\n", row + "a\xff\xfe,b,c,d,e\n", row + "=cmd()|x,@b,+c,-d,e\n" + "a,b\n" + "a,b,c,d,e,f,g\n", row + strings.Repeat("甲,乙,13800138000,website,丙\n", 50), "PK\x03\x04zip", "\x1f\x8b\x08gz",
		"公司,公司,公司\n1,2,3\n", "Deal Name,Amount,Close Date\nx,-5,31/31/31\ny,1e309,0000-00-00\nz,٣,2026-02-30\n"} {
		for _, kind := range []string{"leads", "deals", "elephants"} {
			for _, content := range []string{"text/csv", "multipart/form-data; boundary=x", "multipart/form-data", "\xff"} {
				_, made := ask(ctx, t, o, http.MethodPost, "/v1/imports?kind="+kind+"&name="+url.QueryEscape(fmt.Sprintf("../%d\"\r\n客.csv", i)), content, text)
				id, _ := made["id"].(string)
				if id == "" {
					continue
				}
				for _, c := range [][3]string{{"GET", "/preview", ""}, {"PUT", "/mapping", `{"columns":{"company":"nothing","none":"公司"}}`}, {"POST", "/run", ""}, {"GET", "/report", ""}, {"GET", "", ""}} {
					ask(ctx, t, o, c[0], "/v1/imports/"+id+c[1], "application/json", c[2])
				}
			}
		}
	}
}

// ask makes one request as the boss and judges the answer.
func ask(ctx context.Context, t *testing.T, o *programtest.Office, method, path, content, body string) (int, object) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, o.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+o.As(o.Boss).Token)
	r.Header.Set("Content-Type", content)
	answer, err := hostileClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := judge(answer, text); err != nil {
		t.Errorf("%s %s with %.100q: %v", method, path, body, err)
	}
	out := object{}
	_ = json.Unmarshal(text, &out) // what is no object has no id
	return answer.StatusCode, out
}

// outsideTheDocument asks for pages, streams and what does not exist.
func outsideTheDocument(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/nothing", "/v1/leads/", "//v1/leads", "/v1//leads", "/V1/LEADS", "/v1/leads/%2e%2e/deals", "/v1/events", "/setup", "/setup?token=%00", "/setup?token=" + strings.Repeat("x", 5000),
		"/oidc", "/oidc/", "/oidc/%00", "/oidc/authorize", "/oidc/authorize?client_id=x&redirect_uri=javascript:alert(1)&response_type=code&scope=openid", "/oidc/authorize?%ff=%ff",
		"/oidc/token", "/oidc/userinfo", "/oidc/keys?x=%00", "/oidc/login?id=%00", "/oidc/.well-known/openid-configuration", "/readyz?x=%00", "/metrics", "/openapi.json?x=1"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete, http.MethodOptions, "TRACE", "BREW"} {
			for _, body := range []string{"", "a=%ff&token=%00", `{"x":`} {
				r, err := http.NewRequestWithContext(ctx, method, o.URL()+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				answer, err := hostileClient.Do(r)
				if err != nil {
					t.Errorf("%s %s: %v", method, path, err)
					continue
				}
				text, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
				_ = answer.Body.Close() // it is read
				if answer.StatusCode >= 500 {
					t.Errorf("%s %s: %d %.300s", method, path, answer.StatusCode, text)
				}
			}
		}
	}
}
