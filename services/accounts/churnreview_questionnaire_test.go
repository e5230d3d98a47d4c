package accounts_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"liuke.dev/shared/instant"
)

// the questionnaire is anonymous: a link is good for one answer, a changed one for none, and neither the answer,
// nor the review, nor any fact tells who answered; few answers are not shown.
func TestTheQuestionnaireIsAnonymous(t *testing.T) {
	o := start(t)
	month := instant.Now().String()[:7]
	answered := 0
	reply := func() string {
		answered++
		c := o.customer(fmt.Sprintf("客户%d号", answered), fmt.Sprintf("1391234567%d", answered))
		o.do("wang", "POST", "/v1/customers/"+c+"/churn", lostOn, 201)
		var sent struct {
			churned
			Link string
		}
		if status, _ := o.call("wang", "POST", "/v1/churn-reviews/"+c+".1/questionnaire", nil, &sent); status != 200 || sent.Interview.Way != "questionnaire" || sent.Link == "" {
			t.Fatalf("link: %d %+v", status, sent)
		}
		return strings.TrimSuffix(sent.Link, "/page")
	}
	link := reply()
	token := link[strings.LastIndexByte(link, '/')+1:]
	path := "/v1/links/churn-questionnaire/" + token
	var q struct{ Reasons, Questions []struct{ ID string } }
	if status, _ := o.call("", "GET", path, nil, &q); status != 200 || len(q.Reasons) == 0 || len(q.Questions) == 0 {
		t.Fatalf("%d %+v", status, q)
	}
	if status, h := o.call("", "GET", path+"/page", nil, nil); status != 200 || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		t.Errorf("page: %d", status)
	}
	good := `{"reasons":["price"],"ratings":{"service":2},"text":"太贵"}`
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{"nothing": {path, `{}`, 422}, "unknown reason": {path, `{"reasons":["weather"]}`, 422}, "six stars": {path, `{"ratings":{"service":6}}`, 422},
		"changed": {path[:len(path)-3] + "abc", good, 403}, "another purpose": {"/v1/links/case/" + token, good, 403}} {
		if status, _ := o.call("", "POST", c.path, c.body, nil); status != c.status && !(name == "another purpose" && (status == 404 || status == 405 || status == 422)) {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	if status, _ := o.call("", "POST", path, good, nil); status >= 300 {
		t.Fatalf("answer: %d", status)
	}
	if status, _ := o.call("", "POST", path, good, nil); status != http.StatusConflict {
		t.Errorf("answered twice: %d", status)
	}
	var v struct {
		Answers int
		Hidden  bool
		Reasons map[string]int
		Ratings map[string]float64
	}
	if o.call("director", "GET", "/v1/churn-reviews/answers/"+month, nil, &v); v.Answers != 1 || !v.Hidden || v.Reasons != nil {
		t.Errorf("one answer is shown: %+v", v)
	}
	for range 2 {
		l := reply()
		o.call("", "POST", "/v1/links/churn-questionnaire/"+l[strings.LastIndexByte(l, '/')+1:], `{"reasons":["price"],"ratings":{"service":4}}`, nil)
	}
	v.Hidden = false
	if o.call("director", "GET", "/v1/churn-reviews/answers/"+month, nil, &v); v.Answers != 3 || v.Hidden || v.Reasons["price"] != 3 || v.Ratings["service"] < 3.3 || v.Ratings["service"] > 3.4 {
		t.Errorf("%+v", v)
	}
	// What is kept of an answer names nobody, and its id is in no other document and no fact.
	docs, _, err := o.store.Documents(t.Context(), "", 500)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range docs {
		if d.Collection == "churn_answer" {
			ids = append(ids, d.ID)
			if strings.Contains(string(d.Body), "客户") || strings.Contains(string(d.Body), "wang") || strings.Contains(string(d.Body), "T") && strings.Contains(string(d.Body), "Z") {
				t.Errorf("an answer says %s", d.Body)
			}
		}
	}
	all, _, err := o.store.Facts(t.Context(), "", 500)
	if err != nil || len(ids) != 3 {
		t.Fatalf("%d answers, %v", len(ids), err)
	}
	for _, id := range ids {
		for _, d := range docs {
			if d.Collection != "churn_answer" && (strings.Contains(string(d.Body), id) || strings.Contains(d.ID, id)) {
				t.Errorf("%s/%s leads to the answer %s", d.Collection, d.ID, id)
			}
		}
		for _, f := range all {
			if strings.Contains(string(f.Body), id) {
				t.Errorf("the fact %s leads to the answer %s", f.ID, id)
			}
		}
	}
}
