package maintenance

import (
	"cmp"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
	"liuke.dev/workflows/journey/pursuit"
)

// rule names a step for its task.
func rule(no int, step string) string { return effects.StepRule(no, step) }

// ask asks for each step that has opened: its person gets a task, or what it does
// by itself is asked of the service that does it.
func ask() journey.Rule[State] {
	q := queue{name: "step"}
	q.items = func(s *State, _ *policy.View) []item {
		var out []item
		for k, st := range s.Steps {
			if !st.Asked && !st.Over && s.runs() {
				out = append(out, item{key: k, due: st.Base.At, base: st.Base})
			}
		}
		return out
	}
	q.fire = func(s *State, f *journey.Firing, it item) {
		st := s.Steps[it.key]
		p, taken, ok := s.find(it.key)
		if !ok {
			delete(s.Steps, it.key)
			return
		}
		if st.Tasked {
			s.takeBack(f, it.key)
		}
		st.Asked, st.Tasked = true, taken.Action == policy.DoTask
		s.Steps[it.key] = st
		s.carry(f, p, taken)
	}
	q.does = func(s *State, it item, _ *policy.View) lang.Text {
		_, st, _ := s.find(it.key)
		return lang.T("办理步骤："+st.Name.Zh, "take the step: "+st.Name.En)
	}
	return q.rule()
}

// overdue reminds of tasks of steps that nobody has done by their due time, and
// escalates.
func overdue() journey.Rule[State] {
	q := queue{name: "step_overdue"}
	says := func(s *State, it item, v *policy.View) lang.Text {
		_, st, _ := s.find(it.key)
		return pursuit.Overdue(st.Name.Zh, st.Name.En, rung(s.Steps[it.key], v))
	}
	q.items = func(s *State, v *policy.View) []item {
		var out []item
		for k, st := range s.Steps {
			if !st.Asked || st.Over || !s.runs() || st.Rung >= len(v.Sections.Tasks.Overdue) {
				continue
			}
			out = append(out, item{key: k, due: v.After(st.Due, rung(st, v).After), base: st.Base})
		}
		return out
	}
	q.fire = func(s *State, f *journey.Firing, it item) {
		st := s.Steps[it.key]
		for next := st.Rung + 1; next < len(f.View.Sections.Tasks.Overdue) && f.View.After(st.Due, f.View.Sections.Tasks.Overdue[next].After) <= f.Now; next++ {
			st.Rung = next // after an outage the highest rung says it all, once
		}
		s.Steps[it.key] = st
		text, level := says(s, it, f.View), rung(st, f.View).Action
		st.Rung++
		s.Steps[it.key] = st
		switch level {
		case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
		default: // a customer who is looked after is neither given away nor recycled for a step
			level = catalogue.LevelEscalate
		}
		s.remind(f, level, st.For, text, f.Due)
	}
	q.does = func(s *State, it item, v *policy.View) lang.Text {
		a, t := pursuit.Action(rung(s.Steps[it.key], v).Action), says(s, it, v)
		return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
	}
	r := q.rule()
	r.Policy = func(*State, journey.Obligation) string { return "tasks.overdue" }
	return r
}

func rung(st Step, v *policy.View) policy.Step {
	list := v.Sections.Tasks.Overdue
	if len(list) == 0 {
		return policy.Step{}
	}
	return list[min(st.Rung, len(list)-1)]
}

// over takes back the tasks of steps that ended another way, and of all steps once
// the maintenance has ended.
func over() journey.Rule[State] {
	q := queue{name: "step_over"}
	q.items = func(s *State, _ *policy.View) []item {
		var out []item
		for k, st := range s.Steps {
			if st.Over || st.Tasked && s.Now.Value.Status == catalogue.MaintenanceEnded {
				out = append(out, item{key: k, due: s.At.At, base: s.At})
			}
		}
		return out
	}
	q.fire = func(s *State, f *journey.Firing, it item) {
		s.takeBack(f, it.key)
		delete(s.Steps, it.key)
	}
	q.does = func(*State, item, *policy.View) lang.Text {
		return lang.T("收回已结束步骤的任务", "take back the task of a step that has ended")
	}
	return q.rule()
}

func (s *State) takeBack(f *journey.Firing, k string) {
	f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{catalogue.TaskServiceStep}, Rules: []string{k}, Reason: "step_over"})
}

// Matter is what is told about the customer.
func (s *State) Matter() duty.Matter {
	return duty.Matter{Subject: s.subject(), Customer: s.ID, Company: s.Now.Value.Name, Name: duty.Named(s.Now.Value.Name)}
}

// remind tells somebody about the customer.
func (s *State) remind(f *journey.Firing, level, owner string, text lang.Text, due instant.Time) {
	s.Matter().RemindOf(f, level, cmp.Or(owner, s.Now.Value.Owner), text, due)
}

// carry asks for what a step does. What is done by a service and not by a person
// is noted as carried, with what was asked for as evidence.
func (s *State) carry(f *journey.Firing, p catalogue.ProcessInstance, st catalogue.TakenStep) {
	text := st.Name
	if st.Text != nil {
		text = *st.Text
	}
	switch st.Action {
	case policy.DoReach:
		s.carried(f, p, st, f.Ask(journey.ReachCustomer, s.subject(), s.outreach(f, p, st, text)), "outreach")
	case policy.DoSurvey:
		s.carried(f, p, st, f.Ask(journey.SendSurvey, s.subject(), effects.SendSurvey{Customer: s.ID, Template: st.Detail, Link: s.Now.Value.Link, Ref: ofStep(p, st)}), "survey")
	case policy.DoCase:
		s.carried(f, p, st, f.Ask(journey.OpenCase, s.subject(), effects.OpenCase{Customer: s.ID, Kind: st.Detail, Title: st.Name.Zh, Text: text.Zh, Owner: st.Assignee}), "case")
	case policy.DoIntervention:
		s.carried(f, p, st, f.Ask(journey.OpenIntervention, s.subject(), s.intervention(cmp.Or(st.Detail, "manual"), text.Zh)), "intervention")
	case policy.DoInform:
		s.remind(f, catalogue.LevelInform, st.Assignee, text, st.Due)
		s.carried(f, p, st, f.ID, "reminder")
	default: // a task, and reviews, which people open
		title := st.Name
		if st.Text != nil {
			title = lang.T(st.Name.Zh+"："+text.Zh, st.Name.En+": "+text.En)
		}
		f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: catalogue.TaskServiceStep, Subject: s.subject(), Customer: s.ID, Company: s.Now.Value.Name,
			Title: s.Matter().About(title), Assignee: st.Assignee, Due: st.Due, Rule: rule(p.No, st.ID)})
	}
}

func (s *State) carried(f *journey.Firing, p catalogue.ProcessInstance, st catalogue.TakenStep, id, what string) {
	f.Ask(journey.CarryStep, s.subject(), effects.CarryStep{Process: p.ID, Step: st.ID, Proof: []string{what + "/" + id}, Outcome: "asked for " + what})
}

func (s *State) outreach(f *journey.Firing, p catalogue.ProcessInstance, st catalogue.TakenStep, text lang.Text) effects.ReachCustomer {
	subject := p.Name
	if st.Subject != nil {
		subject = *st.Subject
	}
	until := instant.Time(0)
	if len(p.Occasion) > 5 && p.Occasion[:5] == "care:" {
		until = p.For.Add(f.View.Sections.Processes.CareUntil.Elapsed())
	}
	return effects.ReachCustomer{Customer: s.ID, Channel: cmp.Or(st.Channel, f.View.Sections.Processes.Channel), Purpose: "care", Department: "success",
		Subject: subject, Text: text, Uses: []string{f.Base.In(Name + "/" + s.ID)}, For: ofStep(p, st), Until: until}
}

// ofStep names a step by what it asks for, so that whoever looks after the customer hears what became of it.
func ofStep(p catalogue.ProcessInstance, st catalogue.TakenStep) *catalogue.Subject {
	return &catalogue.Subject{Kind: catalogue.KindStep, ID: effects.StepID(p.ID, st.ID)}
}

func (s *State) intervention(reason, says string) effects.OpenIntervention {
	return effects.OpenIntervention{Customer: s.ID, Reason: reason, Says: says, Evidence: s.evidence(), AsOf: s.Now.Value.Standing.AsOf}
}

// evidence are the newest entries that the signals rest on.
func (s *State) evidence() []string {
	var out []string
	for _, sig := range s.Now.Value.Standing.Signals {
		out = append(out, sig.Evidence...)
	}
	return out[:min(len(out), 50)]
}

func number(n int) string { return strconv.Itoa(n) }
