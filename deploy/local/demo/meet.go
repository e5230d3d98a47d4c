package demo

import (
	"context"
	"errors"
	"net/http"

	"liuke.dev/deploy/local/api"
)

// occasion is a scheduled review as far as the company looks at it.
type occasion struct {
	ID     string `json:"id"`
	Rhythm string `json:"rhythm"`
}

// minutes are what the company finds in its first reviews, by their rhythm.
var minutes = map[string]string{"weekly_funnel": "三个商机停滞，赵强的客户需要支援", "churn_risk_list": "远山酒业已连续两个周期未下单，召集干预小组", "monthly_departments": "投诉响应责任人缺位，客服本周内补位"}

// meet holds the scheduled reviews as they come by the demo's clock: the
// first of each rhythm finds something, the others are routine.
func (l *Life) meet(ctx context.Context) error {
	found := map[string]bool{}
	for rest(ctx, l.days(1)) {
		var planned struct {
			Items []occasion `json:"items"`
		}
		if err := l.c.Do(ctx, director, "GET", "/v1/reviews?status=planned", nil, &planned); err != nil {
			return err
		}
		for _, o := range planned.Items {
			said := body{"decisions": []string{"下次复盘核对"}}
			if says := minutes[o.Rhythm]; says != "" && !found[o.Rhythm] {
				said["findings"] = says
			}
			evidence := []body{}
			for _, kind := range []string{"minutes", "figures", "list", "attendance"} {
				evidence = append(evidence, body{"kind": kind, "text": "见会议记录"})
			}
			said["evidence"] = evidence
			err := l.c.Do(ctx, director, "POST", "/v1/reviews/"+o.ID+"/holding", said, nil)
			var refused *api.Error
			switch {
			case errors.As(err, &refused) && (refused.Status == http.StatusConflict || refused.Status == http.StatusPreconditionFailed):
				continue // another was planned meanwhile, so that this one is missed
			case err != nil:
				return err
			}
			found[o.Rhythm] = true
		}
	}
	return nil
}
