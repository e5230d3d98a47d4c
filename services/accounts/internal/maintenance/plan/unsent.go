package plan

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// unsentSuffix marks the process that takes up a step whose process has ended.
const unsentSuffix = "~unsent"

// UnsentID names the process that takes up what an ended process could not send.
func UnsentID(process, step string) string { return process + "." + step + unsentSuffix }

// Unsent tells whether an automatic step is a person's task because it could not be sent.
func Unsent(m catalogue.Maintenance, process, step string) bool {
	_, st := at(&m, process, step)
	return st != nil && st.Status == catalogue.TakenOpen && st.Action == policy.DoTask && st.Note != nil
}

// at gives a step of a running process; nil: there is none.
func at(m *catalogue.Maintenance, process, step string) (*catalogue.ProcessInstance, *catalogue.TakenStep) {
	i := slices.IndexFunc(m.Running, func(p catalogue.ProcessInstance) bool { return p.ID == process })
	if i < 0 {
		return nil, nil
	}
	j := slices.IndexFunc(m.Running[i].Steps, func(s catalogue.TakenStep) bool { return s.ID == step })
	if j < 0 {
		return &m.Running[i], nil
	}
	return &m.Running[i], &m.Running[i].Steps[j]
}

// Note says at a step what became of what it sent; false: it says so already, or is not running.
func Note(m *catalogue.Maintenance, process, step string, why lang.Text) bool {
	p, st := at(m, process, step)
	if st == nil || st.Note != nil && *st.Note == why {
		return false
	}
	p.Steps = slices.Clone(p.Steps)
	_, st = at(m, process, step)
	st.Note = &why
	return true
}

// Refused makes a person's task of an automatic step that could not be sent, so
// that the customer is reached another way or somebody says why not; false:
// it is one already, or its process does not run.
func Refused(n Now, m *catalogue.Maintenance, process, step string, why lang.Text) bool {
	p, st := at(m, process, step)
	if st == nil || st.Action != policy.DoReach && st.Action != policy.DoSurvey || st.Status != catalogue.TakenOpen && st.Status != catalogue.TakenDone {
		return false
	}
	p.Steps = slices.Clone(p.Steps)
	_, st = at(m, process, step)
	byHand(n, m, st, why)
	return true
}

// RefusedLater takes up a step of a process that has ended: the message waited for
// its place, and was refused when it came. False: that was done already, or so many
// processes run that the customer has no room for another.
func RefusedLater(n Now, m *catalogue.Maintenance, ended catalogue.ProcessInstance, step string, why lang.Text) bool {
	id := UnsentID(ended.ID, step)
	j := slices.IndexFunc(ended.Steps, func(s catalogue.TakenStep) bool { return s.ID == step })
	if j < 0 || m.Status != catalogue.MaintenanceRunning || len(m.Running) >= MostRunning || slices.ContainsFunc(m.Running, func(p catalogue.ProcessInstance) bool { return p.ID == id }) {
		return false
	}
	st := ended.Steps[j]
	if st.Action != policy.DoReach && st.Action != policy.DoSurvey {
		return false
	}
	m.Begun++
	st.After, st.Again = "", 0
	byHand(n, m, &st, why)
	m.Running = append(m.Running, catalogue.ProcessInstance{ID: id, No: m.Begun, Process: ended.Process, Name: ended.Name, Policy: ended.Policy, Occasion: ended.Occasion, For: ended.For,
		BeganAt: n.At, Status: catalogue.ProcessRunning, Steps: []catalogue.TakenStep{st}})
	return true
}

// byHand turns a step into a task for whoever takes it now.
func byHand(n Now, m *catalogue.Maintenance, st *catalogue.TakenStep, why lang.Text) {
	text := lang.T("未能自动发送（"+why.Zh+"）。请以其他方式联系客户，或说明原因后跳过", "it could not be sent ("+why.En+"). Reach the customer another way, or skip it and say why")
	st.Action, st.Status, st.Note, st.Text, st.Again = policy.DoTask, catalogue.TakenOpen, &why, &text, st.Again+1
	st.OpenedAt, st.EndedAt, st.By, st.Outcome, st.Task = n.At, 0, "", "", ""
	st.Assignee = n.People.Of(st.Who, *m, n.At)
	st.Due = n.People.View(n.Policy, st.Assignee).After(n.At, within(*st))
}
