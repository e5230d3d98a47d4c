package trail

import (
	"fmt"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// The rules by which a loss is attributed, with the points of one case.
const (
	RuleUnansweredComplaint = "unanswered_complaint"
	RuleLateComplaint       = "late_complaint"
	RuleUnansweredInquiry   = "unanswered_inquiry"
	RuleLateInquiry         = "late_inquiry"
	RuleUnansweredQuote     = "unanswered_quote"
	RuleLateQuote           = "late_quote"
	RuleBrokenPromise       = "broken_promise"
	RuleOverdueTask         = "overdue_task"
	RuleEscalated           = "escalated"
	RuleComplaint           = "complaint"
	RuleLowRating           = "low_rating"
)

var points = map[string]int{RuleUnansweredComplaint: 5, RuleUnansweredInquiry: 4, RuleLateComplaint: 3, RuleUnansweredQuote: 3, RuleBrokenPromise: 3, RuleLateInquiry: 2,
	RuleOverdueTask: 2, RuleEscalated: 3, RuleComplaint: 2, RuleLowRating: 2, RuleLateQuote: 1}

var ruleNames = map[string]lang.Text{
	RuleUnansweredComplaint: lang.T("投诉没有答复", "complaints without an answer"), RuleLateComplaint: lang.T("投诉答复过迟", "complaints answered too late"),
	RuleUnansweredInquiry: lang.T("询问没有答复", "questions without an answer"), RuleLateInquiry: lang.T("询问答复过迟", "questions answered too late"),
	RuleUnansweredQuote: lang.T("报价无人跟进", "quotes that nobody came back to"), RuleLateQuote: lang.T("报价跟进过迟", "quotes that somebody came back to too late"),
	RuleBrokenPromise: lang.T("约定的跟进没有做", "promised touches that were not made"), RuleOverdueTask: lang.T("任务超时", "tasks done too late"),
	RuleEscalated: lang.T("逾期升级", "promises so late that they were escalated"),
	RuleComplaint: lang.T("客户投诉", "complaints"), RuleLowRating: lang.T("评分偏低", "low ratings"),
}

// Attribute says at which steps, and by whom, promises to the customer were broken:
// one for each step, rule and person, the heaviest first, with the entries that
// show it. Weights are hundredths of all points and sum to 100. The person is who
// quoted, promised or did the task, otherwise whose customer it was at that time, and
// where nothing tells that, who answered too late;
// a complaint or a low rating that was answered in time is counted at its step, as nobody's.
func Attribute(m Map) []catalogue.ChurnAttribution {
	type key struct{ step, rule, person string }
	found := map[key]*catalogue.ChurnAttribution{}
	var order []key
	total := 0
	for _, t := range m.Touchpoints {
		rule, person := judge(t)
		if rule == "" {
			continue
		}
		k := key{t.Step, rule, person}
		a := found[k]
		if a == nil {
			a = &catalogue.ChurnAttribution{Step: t.Step, Rule: rule, Person: person}
			found[k], order = a, append(order, k)
		}
		a.Weight += points[rule]
		total += points[rule]
		a.Facts = append(a.Facts, t.Entry)
		if t.State == Late {
			a.Facts = append(a.Facts, t.Answer)
		}
	}
	out := make([]catalogue.ChurnAttribution, 0, len(order))
	for _, k := range order {
		a := *found[k]
		n, name := a.Weight/points[a.Rule], ruleNames[a.Rule]
		a.Says = lang.T(fmt.Sprintf("%s：%s，%d次", StepOf(a.Step).Name.Zh, name.Zh, n), fmt.Sprintf("%s: %s, %d of them", StepOf(a.Step).Name.En, name.En, n))
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b catalogue.ChurnAttribution) int { return b.Weight - a.Weight })
	hundredths(out, total)
	return out
}

// judge gives the rule that a touchpoint breaks, and whose it was.
func judge(t Touchpoint) (rule, person string) {
	whose := t.Owner
	if whose == "" && t.Direction != catalogue.Inbound {
		whose = t.By
	}
	kind := "inquiry"
	switch {
	case t.Kind == catalogue.EntryComplaint || t.Feedback == Blame:
		kind = "complaint"
	case t.Kind == catalogue.EntryQuote:
		kind = "quote"
		if t.By != "" {
			whose = t.By // who quoted
		}
	}
	switch t.State {
	case Broken:
		if t.Escalated {
			if t.By != "" {
				whose = t.By // whose promise it was
			}
			return RuleEscalated, whose
		}
		if t.Kind == catalogue.EntryTask {
			return RuleOverdueTask, t.By
		}
		if t.By != "" {
			whose = t.By // who promised
		}
		return RuleBrokenPromise, whose
	case Unanswered:
		return "unanswered_" + kind, whose
	case Late:
		if whose == "" {
			whose = t.AnswerBy // nothing tells whose the customer was, but somebody answered
		}
		return "late_" + kind, whose
	}
	switch {
	case t.Kind == catalogue.EntryComplaint:
		return RuleComplaint, ""
	case t.Feedback == Blame:
		return RuleLowRating, ""
	}
	return "", ""
}

// hundredths makes points hundredths that sum to 100: what rounding leaves over goes to the heaviest.
func hundredths(list []catalogue.ChurnAttribution, total int) {
	if total == 0 {
		return
	}
	left := 100
	for i := range list {
		list[i].Weight = list[i].Weight * 100 / total
		left -= list[i].Weight
	}
	for i := 0; left > 0; i, left = (i+1)%len(list), left-1 {
		list[i].Weight++
	}
}
