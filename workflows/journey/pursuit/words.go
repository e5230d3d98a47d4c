package pursuit

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// actions says what a rung does.
var actions = map[string]lang.Text{
	policy.ActRemind:   lang.T("提醒负责人", "remind the owner"),
	policy.ActWarn:     lang.T("预警负责人和主管", "warn owner and supervisor"),
	policy.ActEscalate: lang.T("升级给主管", "escalate to the supervisor"),
	policy.ActMarkRisk: lang.T("标记风险", "mark at risk"),
	policy.ActReassign: lang.T("改派他人", "reassign to someone else"),
	policy.ActRecycle:  lang.T("回收到公共资源", "recycle to the public pool"),
}

// Marks are the names of the marks.
var Marks = catalogue.MarkNames

// unit names the units of a duration.
var unit = map[policy.Unit]lang.Text{
	policy.Seconds: lang.T("秒", "seconds"), policy.Minutes: lang.T("分钟", "minutes"), policy.Hours: lang.T("小时", "hours"), policy.Days: lang.T("天", "days"),
	policy.WorkingMinutes: lang.T("分钟（工作时间）", "working minutes"), policy.WorkingHours: lang.T("小时（工作时间）", "working hours"),
	policy.WorkingDays: lang.T("个工作日", "working days"),
}

// Span says a duration in words.
func Span(d policy.Duration) lang.Text {
	n, u := strconv.FormatInt(d.N, 10), unit[d.Unit]
	en := u.En
	if d.N == 1 && len(en) > 0 {
		en = en[:len(en)-1]
	}
	return lang.T(n+u.Zh, n+" "+en)
}

// About puts the company's name before what is said of it.
func (c *Care) About(says lang.Text) lang.Text {
	if c.Company.Value == "" {
		return says
	}
	return lang.T(c.Company.Value+"："+says.Zh, c.Company.Value+": "+says.En)
}

func join(does, says lang.Text) lang.Text { return lang.T(does.Zh+"："+says.Zh, does.En+": "+says.En) }

// overdue says how long something is overdue.
func overdue(zh, en string, step policy.Step) lang.Text {
	if step.After.IsZero() {
		return lang.T(zh+"到期", en+" is due")
	}
	s := Span(step.After)
	return lang.T(zh+"已超时"+s.Zh, en+" is overdue by "+s.En)
}

// Overdue says how long something is overdue.
func Overdue(zh, en string, step policy.Step) lang.Text { return overdue(zh, en, step) }

// Action says what a rung does.
func Action(action string) lang.Text { return actions[action] }

// State says who holds the subject and what is wrong with it.
func (c *Care) State(stage lang.Text) lang.Text {
	zh, en := c.Company.Value+" · "+stage.Zh, c.Company.Value+" · "+stage.En
	if c.Company.Value == "" {
		zh, en = stage.Zh, stage.En
	}
	switch {
	case c.Closed || !c.Begun.Set():
	case c.Owner.Value == "":
		zh, en = zh+"，在公共资源中", en+", in the public pool"
	default:
		zh, en = zh+"，由 "+c.Owner.Value+" 负责", en+", held by "+c.Owner.Value
	}
	if _, risky := c.Marks[MarkAtRisk]; risky {
		zh, en = zh+"，有风险", en+", at risk"
	}
	return lang.T(zh, en)
}

// Worst gives the mark that people should look at first, empty if there is none.
func (c *Care) Worst() string {
	if _, risky := c.Marks[MarkAtRisk]; risky {
		return MarkAtRisk
	}
	worst := ""
	for mark := range c.Marks {
		if worst == "" || mark < worst {
			worst = mark
		}
	}
	return worst
}
