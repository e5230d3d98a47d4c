package e2e

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/programtest"
)

// on the whole program a loss is confirmed, everybody who takes part
// gets their task, the loss cannot be closed without a review, closing ends every task
// and the journey, what was learnt is found; and every rhythm has its next occasion
// with a journey that says when.
func TestALossIsReviewedByEverybody(t *testing.T) {
	ctx := bounded(t, 3*time.Minute)
	o := open(ctx, t)
	boss := o.As(o.Boss)
	lost := awake(ctx, t, boss, "上海华兴贸易有限公司", "13610000001")
	var review catalogue.ChurnReview
	if err := boss.Post(ctx, "/v1/customers/"+lost+"/churn", map[string]any{"churned_on": "2026-01-05T00:00:00Z", "evidence": "客户来函"}, &review); err != nil {
		t.Fatal(err)
	}
	path := "/v1/churn-reviews/" + review.ID
	tasks := func(status string) []string {
		list, err := programtest.All[catalogue.Task](ctx, boss, "/v1/tasks?scope=all&status="+status+"&subject=churn_review/"+review.ID)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, task := range list {
			kinds = append(kinds, task.Kind)
		}
		slices.Sort(kinds)
		return kinds
	}
	all := []string{"churn_close", "churn_findings", "churn_findings", "churn_findings", "churn_findings", "churn_interview"}
	soon(ctx, t, "six tasks", func() bool { return slices.Equal(tasks("open"), all) })
	closing := map[string]any{"summary": "响应太慢", "lessons": []string{"投诉当天回复"}}
	var refused *programtest.Refusal
	if err := boss.Post(ctx, path+"/closing", closing, nil); !errors.As(err, &refused) || refused.Status != http.StatusConflict {
		t.Fatalf("closed without a review: %v", err)
	}
	post := func(what string, body any) {
		t.Helper()
		if err := boss.Post(ctx, path+what, body, nil); err != nil {
			t.Fatal(err)
		}
	}
	for role, phase := range map[string]string{"sales": "before", "technical": "during", "product": "during", "service": "after"} {
		post("/findings", map[string]any{"role": role, "findings": []map[string]string{{"phase": phase, "text": "回复太慢"}}})
	}
	soon(ctx, t, "findings end their tasks", func() bool { return slices.Equal(tasks("open"), []string{"churn_close", "churn_interview"}) })
	post("/reasons", map[string]any{"reasons": []map[string]string{{"reason": "slow_response"}}})
	post("/interview", map[string]any{"way": "refused", "notes": "客户不愿再谈"})
	post("/closing", closing)
	soon(ctx, t, "closing ends every task", func() bool { return len(tasks("open")) == 0 })
	var journey struct {
		Stage string `json:"stage"`
		Ended bool   `json:"ended"`
	}
	soon(ctx, t, "the journey has ended", func() bool {
		return boss.Get(ctx, "/v1/journeys/churn_review/"+review.ID, &journey) == nil && journey.Ended && journey.Stage == catalogue.ChurnClosed
	})
	soon(ctx, t, "what was learnt is found", func() bool {
		list, err := programtest.All[catalogue.Lesson](ctx, o.As(o.Sellers[0]), "/v1/experience?q=当天回复")
		return err == nil && len(list) == 1 && list[0].Review == review.ID
	})
	var planned []catalogue.Review
	soon(ctx, t, "every rhythm has its next occasion", func() bool {
		list, err := programtest.All[catalogue.Review](ctx, boss, "/v1/reviews?status=planned")
		planned = list
		return err == nil && len(list) == 4
	})
	for _, p := range planned {
		soon(ctx, t, "the journey of "+p.ID, func() bool {
			var j struct {
				Owner   string `json:"owner"`
				Pending []struct {
					Rule string `json:"rule"`
				} `json:"pending"`
			}
			return boss.Get(ctx, "/v1/journeys/review/"+p.ID, &j) == nil && j.Owner == p.Owner && len(j.Pending) > 1
		})
	}
}
