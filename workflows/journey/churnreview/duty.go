package churnreview

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// duty is what somebody has to do before the review can be closed.
type duty struct {
	name   string // of its rules
	kind   string // of its task
	title  lang.Text
	within func(policy.ChurnReviews) policy.Duration
	path   string
	// waits tells whether it is still to be done, and whose it is since when.
	waits func(s *State) (person string, since journey.Moment, waits bool)
}

// duties in the order in which they come due.
var duties = []duty{
	findings(catalogue.ChurnSales, "销售", "sales"), findings(catalogue.ChurnTechnical, "技术", "technical"),
	findings(catalogue.ChurnProduct, "产品", "product"), findings(catalogue.ChurnService, "客服", "service"),
	{name: "interview", kind: catalogue.TaskChurnInterview, title: lang.T("访谈流失客户（电话、匿名问卷或一对一）", "Interview the lost customer: by telephone, anonymous questionnaire or one to one"),
		within: func(p policy.ChurnReviews) policy.Duration { return p.InterviewWithin }, path: "reviews.churn.interview_within",
		waits: func(s *State) (string, journey.Moment, bool) {
			i := s.Now.Value.Interview
			met := i.Way != "" && (!i.Sampled || i.Way == catalogue.InterviewDeep || i.Way == catalogue.InterviewRefused)
			return s.Now.Value.Owner, s.Opened, !met
		}},
	{name: "close", kind: catalogue.TaskChurnClose, title: lang.T("完成流失复盘：原因、经验教训", "Close the churn review: reasons and lessons"),
		within: func(p policy.ChurnReviews) policy.Duration { return p.CloseWithin }, path: "reviews.churn.close_within",
		waits: func(s *State) (string, journey.Moment, bool) { return s.Now.Value.Owner, s.Opened, true }},
}

// findings of a department.
func findings(role, zh, en string) duty {
	return duty{name: "findings_" + role, kind: catalogue.TaskChurnFindings,
		title:  lang.T("流失复盘：写"+zh+"意见（售前、售中、售后）", "Churn review: write the findings of "+en+", before, during and after the sale"),
		within: func(p policy.ChurnReviews) policy.Duration { return p.FindingsWithin }, path: "reviews.churn.findings_within",
		waits: func(s *State) (string, journey.Moment, bool) {
			p, takes := s.participant(role)
			return p.Person, s.Since[role], takes && p.DoneAt == 0
		}}
}

// pending tells whether the duty is still to be done, whose it is and when it is due.
func (d duty) pending(s *State, v *policy.View) (person string, since journey.Moment, due instant.Time, waits bool) {
	person, since, waits = d.waits(s)
	return person, since, v.After(since.At, d.within(v.Sections.Reviews.Churn)), waits && s.open()
}

// task gives it to its person; a duty that becomes another's is taken from the first.
func (d duty) task() journey.Rule[State] {
	return journey.Rule[State]{
		Name: d.name,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if _, since, _, waits := d.pending(s, v); waits {
				p.Add(since, since.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			d.drop(s, f, "reassigned")
			person, _, due, _ := d.pending(s, f.View)
			c := s.Now.Value
			id := f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: d.kind, Subject: s.subject(), Customer: c.Customer, Company: c.Company, Title: s.about(d.title),
				Assignee: person, Due: due, Rule: d.name})
			if s.Tasks == nil {
				s.Tasks = map[string]Task{}
			}
			s.Tasks[d.name] = Task{ID: id, For: person, Due: due}
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("创建任务："+d.title.Zh, "create the task: "+d.title.En)
		},
		Policy: func(*State, journey.Obligation) string { return d.path },
	}
}

// overdue reminds, warns and escalates once it is due.
func (d duty) overdue() journey.Rule[State] {
	steps := func(v *policy.View) []policy.Step { return v.Sections.Reviews.Churn.Overdue }
	says := func(rung int, v *policy.View) lang.Text {
		return pursuit.Overdue(d.title.Zh, d.title.En, steps(v)[rung])
	}
	return journey.Rule[State]{
		Name: d.name + "_overdue", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if _, since, due, waits := d.pending(s, v); waits {
				p.Ladder(journey.Moment{Ref: since.Ref, At: due, Known: since.Known}, steps(v), v)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			level := steps(f.View)[f.Rung].Action
			switch level {
			case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
			default: // a lost customer can be neither marked, reassigned nor recycled
				level = catalogue.LevelEscalate
			}
			person, _, _, _ := d.pending(s, f.View)
			f.Ask(journey.Remind, s.subject(), effects.Remind{Level: level, Rule: f.Rule, Subject: s.subject(), Customer: s.Now.Value.Customer, Owner: person,
				Text: s.about(says(f.Rung, f.View)), Due: f.Due, Late: f.Late})
		},
		Does: func(_ *State, o journey.Obligation, v *policy.View) lang.Text {
			a, t := pursuit.Action(steps(v)[o.Rung].Action), says(o.Rung, v)
			return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
		},
		Policy: func(_ *State, o journey.Obligation) string {
			return "reviews.churn.overdue[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// done takes the task back once nothing waits for it any more.
func (d duty) done() journey.Rule[State] {
	return journey.Rule[State]{
		Name: d.name + "_done",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if _, has := s.Tasks[d.name]; !has {
				return
			}
			if _, _, _, waits := d.pending(s, v); !waits {
				p.Add(journey.Moment{Ref: s.Now.Ref}, s.Opened.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) { d.drop(s, f, "step_made") },
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("结束任务："+d.title.Zh, "end the task: "+d.title.En)
		},
	}
}

func (d duty) drop(s *State, f *journey.Firing, reason string) {
	if _, has := s.Tasks[d.name]; !has {
		return
	}
	f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{d.kind}, Rules: []string{d.name}, Reason: reason})
	delete(s.Tasks, d.name)
}

// about puts the company's name before what is said.
func (s *State) about(t lang.Text) lang.Text {
	if c := s.Now.Value.Company; c != "" {
		return lang.T(c+"："+t.Zh, c+": "+t.En)
	}
	return t
}
