package churnreview

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// departments that write their findings, in the order in which they are asked.
var departments = []struct {
	role string
	name lang.Text
}{
	{catalogue.ChurnSales, lang.T("销售", "sales")}, {catalogue.ChurnTechnical, lang.T("技术", "technical")},
	{catalogue.ChurnProduct, lang.T("产品", "product")}, {catalogue.ChurnService, lang.T("客服", "service")},
}

// duties are what has to be done before the review can be closed, in the order in which it comes due.
func duties() []duty.Duty[State] {
	var list []duty.Duty[State]
	for _, d := range departments {
		list = append(list, part("findings_"+d.role, catalogue.TaskChurnFindings,
			lang.T("流失复盘：写"+d.name.Zh+"意见（售前、售中、售后）", "Churn review: write the findings of "+d.name.En+", before, during and after the sale"),
			"reviews.churn.findings_within", func(p policy.ChurnReviews) policy.Duration { return p.FindingsWithin },
			func(s *State) (string, journey.Moment, bool) {
				p, owes := s.owes(d.role)
				return p.Person, s.Since[d.role], owes
			}))
	}
	return append(list,
		part("interview", catalogue.TaskChurnInterview,
			lang.T("访谈流失客户（电话、匿名问卷或一对一）", "Interview the lost customer: by telephone, anonymous questionnaire or one to one"),
			"reviews.churn.interview_within", func(p policy.ChurnReviews) policy.Duration { return p.InterviewWithin },
			func(s *State) (string, journey.Moment, bool) { return s.Now.Value.Owner, s.Opened, !s.met() }),
		part("close", catalogue.TaskChurnClose, lang.T("完成流失复盘：原因、经验教训", "Close the churn review: reasons and lessons"),
			"reviews.churn.close_within", func(p policy.ChurnReviews) policy.Duration { return p.CloseWithin },
			func(s *State) (string, journey.Moment, bool) { return s.Now.Value.Owner, s.Opened, true }))
}

// owes tells whether a department still has to write its findings.
func (s *State) owes(role string) (catalogue.ChurnParticipant, bool) {
	p, takes := s.participant(role)
	return p, takes && p.DoneAt == 0
}

// met tells whether the lost customer was talked to, as deep as it has to be.
func (s *State) met() bool {
	i := s.Now.Value.Interview
	return i.Way != "" && (!i.Sampled || i.Way == catalogue.InterviewDeep || i.Way == catalogue.InterviewRefused)
}

func part(name, kind string, title lang.Text, path string, within func(policy.ChurnReviews) policy.Duration,
	waits func(*State) (person string, since journey.Moment, waits bool)) duty.Duty[State] {
	return duty.Duty[State]{Task: name, Late: name + "_overdue", Over: name + "_done", Kind: kind,
		Title: duty.Always[State](title), Path: duty.Always[State](path), Desk: func(s *State) duty.Desk { return s },
		Steps:     func(_ *State, v *policy.View) []policy.Step { return v.Sections.Reviews.Churn.Overdue },
		StepsPath: duty.Always[State]("reviews.churn.overdue"),
		Waits: func(s *State, v *policy.View) (duty.Step, bool) {
			person, since, waits := waits(s)
			return duty.Step{Person: person, Since: since, Due: v.After(since.At, within(v.Sections.Reviews.Churn))}, waits && s.open()
		}}
}
