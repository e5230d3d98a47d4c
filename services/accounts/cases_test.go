package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

type caseView struct {
	catalogue.Case
	Talk     []catalogue.CaseEntry
	ActsNext struct {
		Who  string
		What lang.Text
	} `json:"acts_next"`
	Progress string `json:"progress_address"`
	Version  int64
}

// address gives the path of an address that was made for people.
func address(t testing.TB, o *office, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil || u.Path == "" {
		t.Fatalf("address %q: %v", text, err)
	}
	return u.Path
}

// page answers status and text of a page, as a browser gets it.
func (o *office) page(method, path string, form url.Values) (int, string) {
	o.t.Helper()
	var body strings.Reader
	if form != nil {
		body = *strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, &body)
	if err != nil {
		o.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var text strings.Builder
	buffer := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	return resp.StatusCode, text.String()
}

// a complaint in one step by staff: it has an owner, a status
// and clocks at once, and the customer sees its progress, and nothing internal, by a link.
func TestAComplaintInOneStep(t *testing.T) {
	o := start(t)
	var c caseView
	status, h := o.call("wang", "POST", "/v1/cases/complaints", map[string]any{"text": "货到了三天没人安装", "company": "上海华兴贸易有限公司", "caller": map[string]any{"name": "张伟", "phone": "13812345678"}}, &c)
	if status != 201 || h.Get("Location") != "/v1/cases/"+c.ID || c.Owner == "" || c.Status != "new" || c.Kind != "complaint" || c.Priority != "high" || c.Customer == "" ||
		c.Response.Due.IsZero() || len(c.Talk) != 1 || c.ActsNext.Who != c.Owner {
		t.Fatalf("%d %+v", status, c)
	}
	var again caseView
	if o.call("wang", "POST", "/v1/cases/complaints", map[string]any{"text": "还是没人来", "caller": map[string]any{"phone": "138 1234 5678"}}, &again); again.Customer != c.Customer || again.ID == c.ID {
		t.Errorf("the same caller is customer %s, want %s", again.Customer, c.Customer)
	}
	if status, _ := o.call("wang", "POST", "/v1/cases/"+c.ID+"/entries", map[string]any{"side": "internal", "text": "安装队没排班"}, &c); status != 200 || c.Status != "new" {
		t.Errorf("note: %d %+v", status, c.Case)
	}
	page := address(t, o, c.Progress)
	data := strings.TrimSuffix(page, "/page")
	if status, text := o.page("GET", page+"?lang=en", nil); status != 200 || !strings.Contains(text, "三天没人安装") || !strings.Contains(text, "waiting for our answer") || strings.Contains(text, "排班") {
		t.Errorf("page: %d %s", status, text)
	}
	var seen struct {
		Status  string
		Entries []struct{ Text string }
	}
	if status, _ := o.call("", "GET", data, nil, &seen); status != 200 || len(seen.Entries) != 1 {
		t.Errorf("data: %d %+v", status, seen)
	}
}
