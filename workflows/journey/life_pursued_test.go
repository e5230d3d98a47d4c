package journey_test

import (
	"fmt"

	"liuke.dev/shared/catalogue"
)

// followUp draws a talk with the customer, which some record late or without a next time.
func (p *pen) followUp(n int) {
	f := catalogue.FollowUp{ID: fmt.Sprint("f", n), Subject: p.subject(), OccurredAt: p.ago(2000), Direction: p.one("inbound", "outbound"), Counts: p.yes(),
		Result: p.one("", "interested", "needs_time", "not_interested"), Question: p.one("", "价格能低一点吗？", "何时交货")}
	if f.Counts {
		f.NextTouchAt = p.days(1, 30)
	}
	p.tell(&catalogue.FollowUpRecorded{FollowUp: f})
}

// task draws what becomes of the task that an earlier follow-up planned.
func (p *pen) task(n int) {
	t := catalogue.Task{ID: fmt.Sprint("f", p.number(0, n)), Kind: catalogue.TaskNextTouch, Subject: p.subject(), Status: p.one(catalogue.TaskOpen, catalogue.TaskDone, catalogue.TaskCancelled),
		Due: p.days(0, 9)}
	if t.Status == catalogue.TaskOpen {
		p.h.Tell("task/"+t.ID, p.at, &catalogue.TaskChanged{After: t})
		return
	}
	p.h.Tell("task/"+t.ID, p.at, &catalogue.TaskEnded{After: t})
}
