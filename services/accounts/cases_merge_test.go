package accounts_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
)

// cases, surveys and care move with their customer when two files turn out to
// be one, go back when that is undone, and their links work all along.
func TestCasesSurveysAndCareMoveWithTheirCustomer(t *testing.T) {
	var d desk
	r := run(t, d.with)
	keep, drop := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("北京大成科技有限公司", "13912345678")
	_, k := r.kase("li", "POST", complaints, map[string]any{"customer": drop, "text": "慢"})
	_, link := r.survey(drop, "csat")
	if status, _ := r.call("ops", "POST", "/v1/care/records", map[string]any{"customer": drop, "kind": "gift"}, nil); status != 201 {
		t.Fatal(status)
	}
	count := func(customer string) (n int) {
		var cases struct{ Items []catalogue.Case }
		var surveys struct{ Items []catalogue.Survey }
		var care struct{ Items []catalogue.CareRecord }
		r.call("li", "GET", "/v1/cases?customer="+customer, nil, &cases)
		r.call("li", "GET", "/v1/surveys?customer="+customer, nil, &surveys)
		r.call("ops", "GET", "/v1/care/records?customer="+customer, nil, &care)
		for _, c := range cases.Items {
			if c.Customer != customer {
				t.Errorf("case of %s listed at %s", c.Customer, customer)
			}
		}
		return len(cases.Items) + len(surveys.Items) + len(care.Items)
	}
	var m struct{ ID string }
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": keep, "drop": drop, "reason": "同一家"}, &m); status >= 300 {
		t.Fatalf("merge: %d", status)
	}
	until(t, "all three are the one customer's", func() bool { return count(keep) == 3 })
	if status, c := r.kase("li", "POST", "/v1/cases/"+k.ID+"/entries", map[string]any{"side": "outbound", "text": "在看"}); status != 200 || c.Customer != keep {
		t.Errorf("a case goes on after a merge: %d %s", status, c.Customer)
	}
	if status, _ := r.page("GET", address(t, r.office, k.Progress), nil); status != 200 {
		t.Errorf("its link: %d", status)
	}
	if status, _ := r.call("", "POST", link, map[string]any{"answers": map[string]any{"satisfied": 5}}, nil); status != 200 {
		t.Errorf("the survey's link: %d", status)
	}
	if status, _ := r.call("director", "POST", "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "两家"}, nil); status >= 300 {
		t.Fatalf("undo: %d", status)
	}
	until(t, "all three went back", func() bool { return count(drop) == 3 && count(keep) == 0 })
}
