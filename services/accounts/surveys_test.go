package accounts_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

type surveyView struct {
	catalogue.Survey
	Expired bool
	Address string
}

// survey sends a customer a survey and gives it with the path of its link.
func (o *office) survey(customer, template string) (surveyView, string) {
	o.t.Helper()
	var s surveyView
	if status, _ := o.call("li", "POST", "/v1/surveys", map[string]any{"customer": customer, "template": template, "link": "after_sales"}, &s); status != 201 {
		o.t.Fatalf("survey: %d", status)
	}
	if s.Address == "" {
		return s, ""
	}
	return s, strings.TrimSuffix(address(o.t, o, s.Address), "/page")
}

// a survey is answered by its link, without signing in, whole and
// once; links that are used, tampered with or expired say so.
func TestSurveysAreAnsweredByLink(t *testing.T) {
	var d desk
	o := start(t, d.with)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	s, link := o.survey(c, "after_sales")
	var asked struct{ Questions []struct{ ID string } }
	if status, _ := o.call("", "GET", link, nil, &asked); status != 200 || len(asked.Questions) != 3 {
		t.Fatalf("questions: %d %+v", status, asked)
	}
	refused := func(name, method, path string, body any, want int, rule string, fields ...string) {
		t.Helper()
		var p httpx.Problem
		status, _ := o.call("", method, path, body, &p)
		var got []string
		for _, f := range p.Errors {
			got = append(got, f.Field)
		}
		if status != want || p.Rule != rule || len(got) != len(fields) || fmt.Sprint(got) != fmt.Sprint(fields) && len(fields) > 0 || p.Text.Zh == "" || p.Text.En == "" {
			t.Errorf("%s: %d %q %v, want %d %q %v", name, status, p.Rule, got, want, rule, fields)
		}
	}
	answers := func(of map[string]any) map[string]any { return map[string]any{"answers": of} }
	refused("nothing", "POST", link, answers(map[string]any{}), 422, "", "answers.handled", "answers.solved")
	refused("half", "POST", link, answers(map[string]any{"handled": 5}), 422, "", "answers.solved")
	refused("off the scale", "POST", link, answers(map[string]any{"handled": 9, "solved": "yes"}), 422, "", "answers.handled")
	refused("tampered", "POST", link+"x", answers(map[string]any{"handled": 5, "solved": "yes"}), 403, "link.tampered")
	refused("another survey's body", "GET", link[:len(link)-60]+strings.Repeat("a", 60), nil, 403, "link.tampered")
	refused("for something else", "GET", strings.Replace(link, "/survey/", "/case/", 1), nil, 403, "link.purpose")
	if status, text := o.page("POST", link+"/page", url.Values{"handled": {"4"}}); status != 422 || !strings.Contains(text, "必填") || !strings.Contains(text, `value="4" checked`) {
		t.Errorf("a page half filled in: %d", status)
	}
	if status, text := o.page("POST", link+"/page?lang=en", url.Values{"handled": {"4"}, "solved": {"yes"}, "why": {"<b>快</b>"}}); status != 200 || !strings.Contains(text, "Thank you") {
		t.Errorf("page: %d %s", status, text)
	}
	refused("used", "POST", link, answers(map[string]any{"handled": 5, "solved": "yes"}), 409, "link.used")
	refused("looked at afterwards", "GET", link, nil, 409, "link.used")
	if status, text := o.page("GET", link+"/page", nil); status != 409 || !strings.Contains(text, "已经使用过") {
		t.Errorf("used page: %d", status)
	}
	if status, _ := o.call("li", "GET", "/v1/surveys/"+s.ID, nil, &s); status != 200 || s.Status != "answered" || s.Score == nil || *s.Score != 75 || s.Raw.Value != 4 || s.Low || len(s.Answers) != 3 {
		t.Errorf("%d %+v", status, s.Survey)
	}
	_, late := o.survey(c, "nps")
	d.forward(14 * 24 * time.Hour)
	refused("expired", "POST", late, answers(map[string]any{"recommend": 9}), 403, "link.expired")
}

// however many click at once, one answer counts.
func TestOneAnswerCounts(t *testing.T) {
	var d desk
	o := start(t, d.with)
	_, link := o.survey(o.customer("上海华兴贸易有限公司", "13812345678"), "nps")
	var wg sync.WaitGroup
	var taken, used atomic.Int64
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			switch status, _ := o.call("", "POST", link, map[string]any{"answers": map[string]any{"recommend": i}}, nil); status {
			case 200:
				taken.Add(1)
			case 409:
				used.Add(1)
			}
		}()
	}
	wg.Wait()
	if taken.Load() != 1 || used.Load() != 7 {
		t.Errorf("%d taken, %d used", taken.Load(), used.Load())
	}
}

// nobody is asked more often than the policy allows, however many ask at
// once; under one effect's id nobody is asked twice.
func TestCustomersAreNotAskedTooOften(t *testing.T) {
	var d desk
	o := start(t, d.with)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	var wg sync.WaitGroup
	var sent, skipped atomic.Int64
	for i := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 2 {
				var s surveyView
				if status, _ := o.call("journeys", "PUT", fmt.Sprintf("/v1/surveys/maintenance:c:%d:0", i), map[string]any{"customer": c, "occasion": "quarterly"}, &s); status != 200 {
					t.Errorf("%d", status)
				} else if s.Status == "sent" && s.Link == "after_sales" && s.Template == "needs" {
					sent.Add(1)
				} else if s.Status == "skipped" && s.Why == "surveys.at_most" {
					skipped.Add(1)
				}
			}
		}()
	}
	wg.Wait()
	if sent.Load() != 4 || skipped.Load() != 8 { // two of six, each asked for twice
		t.Errorf("%d sent, %d passed over", sent.Load(), skipped.Load())
	}
	d.forward(30*24*time.Hour - time.Minute)
	if s, _ := o.survey(c, "csat"); s.Status != "skipped" {
		t.Errorf("before the window ends: %s", s.Status)
	}
	d.forward(time.Minute + time.Second)
	if s, _ := o.survey(c, "csat"); s.Status != "sent" {
		t.Errorf("after it: %s %s", s.Status, s.Why)
	}
	for name, x := range map[string]struct {
		who    string
		body   map[string]any
		status int
	}{"no such template": {"li", map[string]any{"customer": c, "template": "x"}, 422}, "no such occasion": {"li", map[string]any{"customer": c, "occasion": "x"}, 422},
		"nothing": {"li", map[string]any{"customer": c}, 422}, "no such link": {"li", map[string]any{"customer": c, "template": "nps", "link": "x"}, 422},
		"no such customer": {"li", map[string]any{"customer": "none", "template": "nps"}, 404}, "who may not": {"tech", map[string]any{"customer": c, "template": "nps"}, 403}} {
		if status, _ := o.call(x.who, "POST", "/v1/surveys", x.body, nil); status != x.status {
			t.Errorf("%s: %d", name, status)
		}
	}
}

// R-149, C-07: a low answer is a case with an owner at once, and once; what the
// customer said is on the timeline, NPS and satisfaction each on their scale.
func TestALowAnswerActsAtOnce(t *testing.T) {
	var d desk
	r := run(t, d.with)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	_, low := r.survey(c, "csat")
	_, nps := r.survey(c, "nps")
	if status, _ := r.call("", "POST", low, map[string]any{"answers": map[string]any{"satisfied": 2, "why": "没人管"}}, nil); status != 200 {
		t.Fatal(status)
	}
	var page struct{ Items []caseView }
	took := until(t, "the low answer is a case", func() bool {
		r.call("li", "GET", "/v1/cases?customer="+c, nil, &page)
		return len(page.Items) > 0
	})
	k := page.Items[0]
	if took > 3*time.Second || k.Kind != "complaint" || k.Owner == "" || k.Ref == nil || k.Ref.Kind != "survey" || k.Channel != "survey" {
		t.Errorf("after %v: %+v", took, k)
	}
	if status, _ := r.call("", "POST", nps, map[string]any{"answers": map[string]any{"recommend": 9}}, nil); status != 200 {
		t.Fatal(status)
	}
	until(t, "both answers are on the timeline", func() bool { return len(r.timeline(c, "?kind=feedback").Items) == 2 })
	for _, e := range r.timeline(c, "?kind=feedback").Items {
		_, normalised := e.Numbers["normalised"]
		if (e.Data["kind"] == "nps") == normalised || normalised && e.Numbers["normalised"] != 25 || e.Direction != "inbound" {
			t.Errorf("%+v", e)
		}
	}
	if r.call("li", "GET", "/v1/cases?customer="+c, nil, &page); len(page.Items) != 1 {
		t.Errorf("%d cases of one low answer", len(page.Items))
	}
}

// NPS and satisfaction by tier, link and period, each by itself.
func TestSurveyFigures(t *testing.T) {
	var d desk
	o := start(t, d.with)
	type figure struct {
		Group          string
		Sent, Answered int
		Low            int
		NPS            *int
		Score          *float64
	}
	for i, v := range []int{10, 9, 9, 8, 6, 0} {
		_, link := o.survey(o.customer(fmt.Sprintf("上海第%c公司", '甲'+rune(i)*3), fmt.Sprintf("1381234000%d", i)), "nps")
		if status, _ := o.call("", "POST", link, map[string]any{"answers": map[string]any{"recommend": v}}, nil); status != 200 {
			t.Fatal(status)
		}
	}
	c := o.customer("北京大成科技有限公司", "13912345678")
	o.survey(c, "nps") // not answered
	_, csat := o.survey(c, "csat")
	o.call("", "POST", csat, map[string]any{"answers": map[string]any{"satisfied": 4}}, nil)
	figures := func(query string) []figure {
		var f []figure
		if status, _ := o.call("li", "GET", "/v1/surveys/figures"+query, nil, &f); status != 200 {
			t.Errorf("%s: %d", query, status)
		}
		return f
	}
	if f := figures(""); len(f) != 1 || f[0].Sent != 7 || f[0].Answered != 6 || f[0].NPS == nil || *f[0].NPS != 17 || f[0].Score != nil || f[0].Low != 2 {
		t.Errorf("%+v", f)
	}
	if f := figures("?kind=csat&by=link"); len(f) != 1 || f[0].Group != "after_sales" || f[0].Score == nil || *f[0].Score != 75 || f[0].NPS != nil {
		t.Errorf("%+v", f)
	}
	if f := figures("?tier=vip"); len(f) != 0 {
		t.Errorf("of a tier that nobody has: %+v", f)
	}
	if f := figures("?by=month&to=2020-01-01T00:00:00Z"); len(f) != 0 {
		t.Errorf("of another time: %+v", f)
	}
	for who, want := range map[string]int{"tech": 403, "": 401, "wang": 403} {
		if status, _ := o.call(who, "GET", "/v1/surveys/figures", nil, nil); status != want {
			t.Errorf("%s: %d", who, status)
		}
	}
}

// turning points ask by themselves: a case that was closed, an upgrade that
// the product's system tells of.
func TestTurningPointsAsk(t *testing.T) {
	var d desk
	r := run(t, d.with)
	var c caseView
	r.call("li", "POST", complaints, map[string]any{"text": "慢", "company": "上海华兴贸易有限公司", "owner": "li", "caller": map[string]any{"name": "张伟", "email": "zhang@huaxing.cn"}}, &c)
	r.call("li", "POST", "/v1/cases/"+c.ID+"/resolution", map[string]any{"resolution": "已换新"}, nil)
	if status, _ := r.call("li", "POST", "/v1/cases/"+c.ID+"/closing", map[string]any{"reason": "agreed"}, nil); status != 200 {
		t.Fatal(status)
	}
	upgrade := draft(c.Customer, "usage", "upgrade-3.2", "2026-03-01T09:00:00+08:00", "")
	upgrade["source"], upgrade["data"] = "product", map[string]any{"occasion": "product_upgraded"}
	if status, _ := r.call("director", "POST", "/v1/timeline", upgrade, nil); status >= 300 {
		t.Fatalf("upgrade: %d", status)
	}
	var page struct{ Items []surveyView }
	until(t, "both turning points have asked", func() bool {
		r.call("li", "GET", "/v1/surveys?customer="+c.Customer, nil, &page)
		return len(page.Items) == 2
	})
	got := map[string]string{}
	for _, s := range page.Items {
		got[s.Occasion] = s.Template + " " + s.Link
	}
	if got["case_closed"] != "after_sales after_sales" || got["product_upgraded"] != "csat after_sales" {
		t.Errorf("%v", got)
	}
	until(t, "both are on the timeline", func() bool { return len(r.timeline(c.Customer, "?kind=survey").Items) == 2 })
	var sent struct{ Items []catalogue.Outreach }
	until(t, "the customer gets the link by way of outreach", func() bool {
		r.call("director", "GET", "/v1/outreach?customer="+c.Customer, nil, &sent)
		n := 0
		for _, o := range sent.Items {
			if o.Purpose == "survey" && strings.Contains(o.Text.Zh, "/v1/links/survey/") {
				n++
			}
		}
		return n == 2
	})
	// What tells of a survey is no turning point itself.
	time.Sleep(200 * time.Millisecond)
	if r.call("li", "GET", "/v1/surveys?customer="+c.Customer, nil, &page); len(page.Items) != 2 {
		t.Errorf("%d surveys", len(page.Items))
	}
}
