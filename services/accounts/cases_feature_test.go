package accounts_test

import (
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

// a case may say which feature of a product it is about, from the beginning or
// later; each time that the customer comes with it is a remark on their timeline, and
// not every word of the conversation.
func TestTheFeatureThatACaseIsAbout(t *testing.T) {
	var d desk
	r := run(t, d.with)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	remarks := func() (features []string) {
		for _, e := range r.timeline(c, "?kind=case,inquiry,complaint,suggestion&limit=100").Items {
			if f := e.Data["feature"]; f != "" {
				features = append(features, f)
			}
		}
		return features
	}
	status, k := r.kase("li", "POST", "/v1/cases", map[string]any{"kind": "support", "customer": c, "text": "导出打不开", "feature": " 导出 "})
	if status != 201 || k.Feature != "导出" {
		t.Fatalf("opened: %d, feature %q", status, k.Feature)
	}
	until(t, "a remark about it", func() bool { return len(remarks()) == 1 })
	path := "/v1/cases/" + k.ID
	r.kase("li", "POST", path+"/entries", map[string]any{"side": "inbound", "text": "还是打不开"})
	if _, k = r.kase("li", "PATCH", path, map[string]any{"priority": "high"}); k.Feature != "导出" {
		t.Errorf("another priority made the feature %q", k.Feature)
	}
	if status, k = r.kase("li", "PATCH", path, map[string]any{"feature": "打印"}); status != 200 || k.Feature != "打印" {
		t.Errorf("sorted: %d, feature %q", status, k.Feature)
	}
	until(t, "a remark about the other", func() bool { return len(remarks()) == 2 })
	if all := strings.Join(remarks(), " "); !strings.Contains(all, "导出") || !strings.Contains(all, "打印") {
		t.Errorf("remarks about %s", all)
	}
	var seen caseView
	if r.call("li", "GET", path, nil, &seen); seen.Feature != "打印" {
		t.Errorf("read: feature %q", seen.Feature)
	}
}

// a feature is some words; what is longer is refused by its name, and nothing is opened or changed.
func TestAFeatureThatIsNoWord(t *testing.T) {
	var d desk
	o := start(t, d.with)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	long := strings.Repeat("功", 101)
	var p httpx.Problem
	if status, _ := o.call("li", "POST", "/v1/cases", map[string]any{"kind": "support", "customer": c, "text": "x", "feature": long}, &p); status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != "feature" {
		t.Errorf("opened: %d %+v", status, p.Errors)
	}
	var page struct{ Items []catalogue.Case }
	if o.call("li", "GET", "/v1/cases?customer="+c, nil, &page); len(page.Items) != 0 {
		t.Errorf("%d cases were opened", len(page.Items))
	}
	_, k := o.kase("li", "POST", "/v1/cases", map[string]any{"kind": "support", "customer": c, "text": "x", "feature": long[:300]})
	if k.Feature != long[:300] {
		t.Fatalf("a hundred characters became %d bytes", len(k.Feature))
	}
	if status, _ := o.call("li", "PATCH", "/v1/cases/"+k.ID, map[string]any{"feature": long}, &p); status != 422 || p.Errors[0].Field != "feature" {
		t.Errorf("sorted: %d %+v", status, p.Errors)
	}
}
