package accounts_test

import (
	"reflect"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

// a customer is not merged with itself, under whichever of its ids, nor with
// one that is not there: that is said of the field, and nothing changes.
func TestMergesThatAreNone(t *testing.T) {
	r := run(t)
	a, b := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("华兴(上海)商贸行", "13912345678")
	var m catalogue.Merge
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": a, "drop": b, "reason": "同一家"}, &m); status >= 300 {
		t.Fatalf("merge: %d", status)
	}
	file := func() (c catalogue.Customer) {
		r.call("director", "GET", "/v1/customers/"+m.Into, nil, &c) // without its version: the merge that was made may still put its notes away
		return c
	}
	before := file()
	for name, c := range map[string]struct{ keep, drop, field, rule string }{
		"itself":                   {m.Into, m.Into, "drop", "same"},
		"itself, by its old id":    {m.Into, m.From, "drop", "same"},
		"itself, the other way":    {m.From, m.Into, "drop", "same"},
		"its old id and itself":    {m.From, m.From, "drop", "same"},
		"one that is not there":    {m.Into, "nobody", "drop", "unknown"},
		"into one that is not":     {"nobody", m.Into, "keep", "unknown"},
		"two that are not there":   {"nobody", "nobody", "keep", "unknown"},
		"an id of another's shape": {"a/b", m.Into, "keep", "unknown"},
	} {
		var p httpx.Problem
		if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": c.keep, "drop": c.drop, "reason": "x"}, &p); status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != c.field || p.Errors[0].Rule != c.rule {
			t.Errorf("%s: %d %+v", name, status, p.Errors)
		}
	}
	if now := file(); !reflect.DeepEqual(now, before) || now.ID == "" {
		t.Errorf("the file changed: %+v, then %+v", before, now)
	}
	var list struct{ Items []catalogue.Merge }
	if r.call("director", "GET", "/v1/merges", nil, &list); len(list.Items) != 1 {
		t.Errorf("merges: %+v", list.Items)
	}
}
