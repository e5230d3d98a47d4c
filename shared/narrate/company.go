package narrate

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutTheCompany say what changes in the company itself: its people, its
// policy, what its journeys decide and whether its programs are at work.
var aboutTheCompany = []telling{
	of(personChanged),
	of(func(names Names, d catalogue.PersonDeactivated) lang.Text {
		if d.After.Successor == "" {
			return say("员工 %s 离职停用", "%s left the company", d.After.Name)
		}
		return say("员工 %s 离职停用，由 %s 接任", "%s left the company, %s takes over", d.After.Name, names.of(d.After.Successor))
	}),
	of(func(_ Names, d catalogue.TeamChanged) lang.Text {
		if d.Before == nil {
			return say("新增团队 %s", "added the team %s", d.After.Name)
		}
		return say("修改团队 %s", "changed the team %s", d.After.Name)
	}),
	of(func(_ Names, d catalogue.PolicyPublished) lang.Text {
		return with(say("发布策略手册第 %d 版", "published version %d of the policy book", d.Version), same(d.Reason))
	}),
	of(func(_ Names, d catalogue.Decided) lang.Text {
		return with(say("第 %d 次决定", "decision %d", d.Number), d.Says)
	}),
	of(func(_ Names, d catalogue.Interrupted) lang.Text {
		why := word(interruptions, d.Cause)
		if d.Dependency != "" {
			why = say("%s：%s", "%s: %s", why, d.Dependency)
		}
		return say("程序 %s 从 %s 到 %s 未工作（%s）", "the program %s was not at work from %s to %s (%s)", d.Program, d.From.String(), d.Until.String(), why)
	}),
}

func personChanged(names Names, d catalogue.PersonChanged) lang.Text {
	if d.Before == nil {
		return say("新增员工 %s", "added %s to the people", d.After.Name)
	}
	for _, a := range d.After.Absences {
		if !slices.ContainsFunc(d.Before.Absences, func(known catalogue.Absence) bool { return known.ID == a.ID }) {
			return say("%s 请假，由 %s 代理", "%s is absent, %s stands in", d.After.Name, names.of(a.Delegate))
		}
	}
	return say("修改员工 %s 的资料", "changed what is recorded of %s", d.After.Name)
}

var interruptions = map[string]lang.Text{
	catalogue.CauseStopped: lang.T("正常停止", "ended in order"), catalogue.CauseCrashed: lang.T("异常中断", "crashed"), catalogue.CauseSuspended: lang.T("机器休眠", "its machine slept"),
	catalogue.CauseStalled: lang.T("进程停滞", "it did not run"), catalogue.CauseAway: lang.T("依赖无响应", "a dependency did not answer"),
}
