package demo

import (
	"context"
	"net/url"

	"liuke.dev/shared/catalogue"
)

// dutiful people do what the service processes ask of them: a step of a welcome, a
// hand-over, a care plan. Who forgets his leads forgets that too.
var dutiful = append([]string{salesManager, hotline, "xu", maker, designer, "lin"}, diligent...)

// attend lets somebody look every day at what they are asked to do, and do what takes
// no more than saying so; what takes a talk with the customer is of another errand.
func (l *Life) attend(ctx context.Context, who string) error {
	for rest(ctx, l.days(1)) {
		var mine struct {
			Items []catalogue.Task `json:"items"`
		}
		if err := l.c.Do(ctx, who, "GET", "/v1/tasks?limit=100", nil, &mine); err != nil {
			return err
		}
		for _, t := range mine.Items {
			if t.Kind != catalogue.TaskServiceStep {
				continue
			}
			err := l.c.Do(ctx, who, "POST", "/v1/tasks/"+url.PathEscape(t.ID)+"/completion", body{"outcome": "已完成，客户满意"}, nil)
			if err != nil && !overtook(err) {
				return err
			}
		}
	}
	return nil
}
