package plan

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Beginning asks for a process.
type Beginning struct {
	ID       string // of the instance
	Process  string // of the book
	Occasion string
	For      instant.Time
	By       string // who began it by hand
}

// BeginProcess begins a process of the book: it copies what the book says
// now, so that it runs by this version to its end. What it took the place of
// comes back as ended.
func BeginProcess(n Now, m *catalogue.Maintenance, b Beginning) (ended []catalogue.ProcessInstance, err error) {
	if m.Status != catalogue.MaintenanceRunning {
		return nil, problem.Refuse("maintenance.status", "该客户的维护已停止", "This customer is not maintained any more")
	}
	p := n.Policy.Sections.Processes.Process(b.Process)
	if p == nil || p.Off {
		return nil, problem.Refuse("processes.on", "流程不存在或已停用："+b.Process, "There is no such process, or it is switched off: "+b.Process)
	}
	running := func(i catalogue.ProcessInstance) bool { return i.Process == p.ID }
	switch {
	case p.Again == "once_ended" && slices.ContainsFunc(m.Running, running):
		return nil, problem.Refuse("processes.again", "该流程正在进行，本次不再开始", "The process is under way: it does not begin again")
	case p.Again == "replaces":
		for i := len(m.Running) - 1; i >= 0; i-- {
			if running(m.Running[i]) {
				ended = append(ended, end(n, m, i, catalogue.ProcessCancelled, "replaced"))
			}
		}
	}
	if len(m.Running) >= MostRunning {
		return nil, problem.Refuse("processes.most", "同时进行的流程过多", "Too many processes are under way")
	}
	m.Begun++
	inst := catalogue.ProcessInstance{ID: b.ID, No: m.Begun, Process: p.ID, Name: p.Name, Policy: n.Policy.Version, Occasion: b.Occasion, For: b.For,
		BeganAt: n.At, BeganBy: b.By, Status: catalogue.ProcessRunning}
	fill := wordsOf(n, *m, inst)
	for _, st := range p.Steps {
		inst.Steps = append(inst.Steps, catalogue.TakenStep{ID: st.ID, Name: fill.in(st.Name), Action: st.Action, After: st.After, Who: st.Who,
			Status: catalogue.TakenWaiting, Within: st.Due.String(), Evidence: st.Evidence, Channel: st.Channel, Detail: st.Detail,
			Subject: fill.content(st.Subject), Text: fill.content(st.Text)})
	}
	m.Running = append(m.Running, inst)
	open(n, m, &m.Running[len(m.Running)-1])
	return ended, nil
}

// open opens the steps whose turn it is: nothing before them is still to be done.
func open(n Now, m *catalogue.Maintenance, inst *catalogue.ProcessInstance) {
	for i := range inst.Steps {
		st := &inst.Steps[i]
		if st.Status != catalogue.TakenWaiting || st.After != "" && !over(*inst, st.After) {
			continue
		}
		st.Status, st.OpenedAt = catalogue.TakenOpen, n.At
		st.Assignee = n.People.Of(st.Who, *m, n.At)
		st.Due = n.People.View(n.Policy, st.Assignee).After(n.At, within(*st))
	}
}

// within gives a step's time from the version of the book that its process began with.
func within(st catalogue.TakenStep) policy.Duration {
	d, _ := policy.ParseDuration(st.Within) // it was written by a duration
	return d
}

func over(inst catalogue.ProcessInstance, step string) bool {
	for _, st := range inst.Steps {
		if st.ID == step {
			return ended(st)
		}
	}
	return true
}

func ended(st catalogue.TakenStep) bool {
	return st.Status != catalogue.TakenWaiting && st.Status != catalogue.TakenOpen
}
