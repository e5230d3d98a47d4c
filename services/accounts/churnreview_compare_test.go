package accounts_test

import (
	"fmt"
	"testing"
)

// lost customers are compared with those that stayed, by counts.
func TestLostAndRetainedAreCompared(t *testing.T) {
	o := learns(t)
	for i := range 12 {
		var c struct{ ID string }
		o.call("wang", "POST", "/v1/customers", map[string]any{"name": fmt.Sprintf("公司%d号", i), "phone": fmt.Sprintf("139123450%02d", i), "sector": []string{"steel", "tea"}[i%2]}, &c)
		o.happened(c.ID, "order", fmt.Sprint(i), "2026-02-19T02:00:00Z", "inbound", nil)
		if i%2 == 0 && i < 8 {
			o.do("wang", "POST", "/v1/customers/"+c.ID+"/churn", lostOn, 201)
		}
	}
	var c struct {
		Churned, Retained int
		Rows              []struct {
			Dimension, Value  string
			Churned, Retained int
			TooFew            bool `json:"too_few"`
			Lift              float64
		}
	}
	until(t, "all are known", func() bool {
		c.Rows = nil
		o.call("director", "GET", "/v1/churn-reviews/comparison", nil, &c)
		counted := 0 // rows are counted one after the other, while facts come in
		for _, r := range c.Rows {
			counted += r.Churned + r.Retained
		}
		return c.Churned == 4 && c.Retained == 8 && counted == 4*12
	})
	seen := map[string]bool{}
	for _, r := range c.Rows {
		if seen[r.Value] = true; r.Dimension == "industry" && (r.Value == "steel" && (r.Churned != 4 || r.Retained != 2 || r.Lift < 1.99 || r.Lift > 2.01 || !r.TooFew) || r.Value == "tea" && (r.Churned != 0 || r.Retained != 6 || r.Lift != 0)) {
			t.Errorf("%+v", r)
		}
	}
	if !seen["steel"] || !seen["tea"] || !seen["company"] {
		t.Errorf("%+v", c.Rows)
	}
}

// losses go with a merged customer and come back with its undo, and the next loss of either has a number of its own.
func TestLossesFollowMerges(t *testing.T) {
	o := learns(t)
	a, b := o.customer("华兴", "13812345671"), o.customer("大成", "13812345672")
	lose := func(c string) churned {
		t.Helper()
		var made churned
		if status, _ := o.call("director", "POST", "/v1/customers/"+c+"/churn", lostOn, &made); status != 201 {
			t.Fatalf("confirm: %d", status)
		}
		o.do("director", "POST", "/v1/churn-reviews/"+made.ID+"/withdrawal", `{"reason":"x"}`, 200)
		return made
	}
	losses := func(c string) int {
		var l struct{ Items []churned }
		o.call("director", "GET", "/v1/customers/"+c+"/churn", nil, &l)
		return len(l.Items)
	}
	lose(a)
	var m struct{ ID, Status string }
	if status, _ := o.call("director", "POST", "/v1/merges", map[string]any{"keep": b, "drop": a, "reason": "同一家公司"}, &m); status >= 300 {
		t.Fatalf("merge: %d", status)
	}
	until(t, "the loss has moved", func() bool { return losses(b) == 1 })
	if made := lose(b); made.ID != b+".2" && made.ID != a+".2" {
		t.Errorf("%s", made.ID)
	}
	var undo struct{ Status string }
	until(t, "the merge can be undone", func() bool {
		var asked struct{ Since []struct{ Kind, ID string } }
		o.call("director", "GET", "/v1/merges/"+m.ID+"/undo", nil, &asked)
		answers := []map[string]string{}
		for _, s := range asked.Since {
			answers = append(answers, map[string]string{"kind": s.Kind, "id": s.ID, "to": "into"})
		}
		status, _ := o.call("director", "POST", "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "两家公司", "answers": answers}, &undo)
		return status < 300
	})
	until(t, "the merge is undone", func() bool {
		o.call("director", "GET", "/v1/merges/"+m.ID, nil, &undo)
		return undo.Status == "undone" && losses(a) >= 1
	})
	had := losses(a) + losses(b) // the one lost since the merge stays with the file that went on, or is given back
	lose(a)
	lose(b)
	if now := losses(a) + losses(b); had != 2 || now != 4 {
		t.Errorf("%d losses after the undo, then %d", had, now)
	}
}
