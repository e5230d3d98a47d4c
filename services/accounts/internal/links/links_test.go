package links_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
)

const now = instant.Time(1_800_000_000_000)

type input struct{ links.Path }

type output struct {
	Body struct {
		Subject string `json:"subject"`
	}
}

func serve(t *testing.T) (*links.Links, string) {
	t.Helper()
	key, err := auth.LoadOrCreateKey(t.TempDir() + "/key")
	if err != nil {
		t.Fatal(err)
	}
	l := links.New(key, policytest.Holder(t, func(s *policy.Sections) { s.PublicLinks.PerMinute, s.PublicLinks.PerMinuteLink = 8, 5 }),
		func() instant.Time { return now }, "https://crm.example.com/")
	engine := httpx.NewEngine()
	s, err := httpx.New(t.Context(), httpx.Config{Name: "accounts", Version: "1", Engine: engine, Verifier: authtest.Tokens{}})
	if err != nil {
		t.Fatal(err)
	}
	httpx.Handle(s, httpx.Op{Method: "GET", Path: links.Route("case", "{token}"), ID: "link", Tag: links.Tag, Public: true}, func(ctx context.Context, in *input) (*output, error) {
		link, err := l.Open(ctx, "case", in.Path)
		out := &output{}
		out.Body.Subject = link.Subject
		return out, err
	})
	l.Page(s, "case", "", func(r links.Reader) (links.Page, error) {
		return links.Page{Title: lang.T("进度", "Progress"), Notice: lang.T("<b>处理中</b>", "<b>working</b>"), Entries: []links.Entry{{Text: "<script>"}}}, nil
	}, func(r links.Reader) (links.Page, error) {
		form := &links.Form{Fields: []links.Field{{Name: "text", Kind: links.Long, Label: lang.T("内容", "Text"), Value: r.PostForm("text")}}, Submit: lang.T("发送", "Send")}
		form.Named([]problem.Field{problem.Required("answers.text")}, "answers.")
		return links.Page{Status: 422, Form: form}, nil
	})
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	return l, server.URL
}

func send(t *testing.T, method, url, language, body string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", language)
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// a link opens its page and its data without signing in, in the reader's language.
func TestAPageByLink(t *testing.T) {
	l, url := serve(t)
	address, err := l.Address(signedlink.Link{Purpose: "case", Subject: "c1", Expires: now.Add(time.Hour)})
	if err != nil || !strings.HasPrefix(address, "https://crm.example.com/v1/links/case/") {
		t.Fatal(address, err)
	}
	page := url + strings.TrimPrefix(address, "https://crm.example.com")
	status, text, h := send(t, "GET", page, "zh-CN", "")
	if status != 200 || !strings.Contains(text, "进度") || !strings.Contains(text, "&lt;script&gt;") || strings.Contains(text, "<script") ||
		!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s %v", status, text, h)
	}
	if _, text, _ := send(t, "GET", page+"?lang=en", "zh-CN", ""); !strings.Contains(text, "Progress") {
		t.Error("not in English when asked")
	}
	if status, text, _ := send(t, "POST", page, "en", "text=%3Ci%3E"); status != 422 || !strings.Contains(text, "is required") || !strings.Contains(text, "&lt;i&gt;") {
		t.Errorf("%d %s", status, text)
	}
	if status, text, _ := send(t, "GET", strings.TrimSuffix(page, "/page"), "en", ""); status != 200 || !strings.Contains(text, `"c1"`) {
		t.Errorf("data: %d %s", status, text)
	}
}

// Links that were tampered with, have expired or are for something else open neither page nor data.
func TestABadLink(t *testing.T) {
	for name, c := range map[string]struct {
		link signedlink.Link
		edit string
		rule string
	}{
		"tampered": {signedlink.Link{Purpose: "case", Subject: "c1", Expires: now.Add(time.Hour)}, "x", "link.tampered"},
		"expired":  {signedlink.Link{Purpose: "case", Subject: "c1", Expires: now}, "", "link.expired"},
		"purpose":  {signedlink.Link{Purpose: "survey", Subject: "c1", Expires: now.Add(time.Hour)}, "", "link.purpose"},
	} {
		l, url := serve(t)
		token, err := l.Token(c.link)
		if err != nil {
			t.Fatal(err)
		}
		path := url + links.Route("case", c.edit+token)
		if status, text, _ := send(t, "GET", path, "en", ""); status != 403 || !strings.Contains(text, c.rule) {
			t.Errorf("%s: %d %s", name, status, text)
		}
		if status, text, _ := send(t, "GET", path+"/page", "zh", ""); status != 403 || !strings.Contains(text, "链接") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
}

// Whoever tries too fast waits: by address, good links or not, and by link.
func TestStrangersWait(t *testing.T) {
	l, url := serve(t)
	token, err := l.Token(signedlink.Link{Purpose: "case", Subject: "c1", Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{200, 200, 200, 200, 200, 429} { // five of one link
		if status, text, h := send(t, "GET", url+links.Route("case", token), "en", ""); status != want || want == 429 && h.Get("Retry-After") == "" {
			t.Errorf("%d: %d %s", i, status, text)
		}
	}
	for i, want := range []int{403, 403, 429} { // eight of one address
		if status, _, _ := send(t, "GET", url+links.Route("case", "wrong"), "en", ""); status != want {
			t.Errorf("wrong %d: %d", i, status)
		}
	}
}
