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
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
)

// signed by link with name, time, address and hash; used again, tampered
// with, expired, or of a contract that was changed since, it is refused.
func TestSigningByLink(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.unsigned(id, items{{"product": "licence", "quantity": 2}})
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
	late := o.unsigned(id, items{{"product": "licence", "quantity": 1}})
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
	c := o.unsigned(id, items{{"product": "licence", "quantity": 2}, {"product": "x", "name": "定制报表（含税）", "quantity": 1, "price": 1}})
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
	c := o.unsigned(id, items{{"product": "licence", "quantity": 2}})
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
	if status, text := visit(nil); status != 200 || !strings.Contains(text, c.Hash) || !strings.Contains(text, "合同总价") || !strings.Contains(text, `<a href="document">`) {
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
