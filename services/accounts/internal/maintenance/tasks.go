package maintenance

import (
	"cmp"
	"context"
	"slices"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/problem"
)

var taskTypes = typesOf(&catalogue.TaskEnded{}, &catalogue.TaskChanged{})

// ReactToTasks ends the step that a task was for when somebody has done the task,
// and moves it when the task moves to another person or time.
func (m *Maintenance) ReactToTasks(ctx context.Context, e facts.Event) error {
	data, err := facts.Decode[struct {
		catalogue.Head
		After catalogue.Task `json:"after"`
	}](e)
	if err != nil || data.After.Subject.Kind != catalogue.KindCustomer {
		return err
	}
	t := data.After
	no, step, ok := effects.StepOfRule(t.Rule)
	if !ok {
		return nil
	}
	switch t.Status {
	case catalogue.TaskDone:
		return m.doneByTask(ctx, t, no, step, data.Actor)
	case catalogue.TaskOpen:
		return m.update(ctx, t.Subject.ID, "step", func(_ plan.Now, d *Doc) bool { return movedWithTask(d, no, step, t) })
	}
	return nil
}

// doneByTask ends the step of a task that somebody has done. A step that wants
// evidence takes what was written as the task's outcome for it; without a word
// the step stays open and is asked for again.
func (m *Maintenance) doneByTask(ctx context.Context, t catalogue.Task, no int, step string, by catalogue.Actor) error {
	_, err := m.change(ctx, t.Subject.ID, "task:"+t.ID, anyVersion, func(n plan.Now, d *Doc) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
		st, process := openStep(d, no, step)
		if st == nil {
			return nil, nil, errNothing
		}
		fact := &catalogue.MaintenanceChanged{Change: "step", Process: process, Step: step}
		if st.Evidence && t.Outcome == "" {
			st.Again++
			return fact, nil, nil
		}
		st.Task = t.ID
		ended, err := plan.Complete(n, &d.Maintenance, process, plan.Ending{Step: step, By: by.ID, Outcome: cmp.Or(t.Outcome, "done"), Proof: []string{"task/" + t.ID}})
		if err != nil {
			return nil, nil, err
		}
		return ending(fact, ended)
	})
	var refused *problem.Error
	if asRefusal(err, &refused) {
		return nil // the step ended another way meanwhile
	}
	return known(err)
}

// openStep gives a step that can be ended, by the number of its process, in steps
// that are the document's alone.
func openStep(d *Doc, no int, step string) (*catalogue.TakenStep, string) {
	i := slices.IndexFunc(d.Running, func(p catalogue.ProcessInstance) bool { return p.No == no })
	if i < 0 {
		return nil, ""
	}
	d.Running[i].Steps = slices.Clone(d.Running[i].Steps)
	for j := range d.Running[i].Steps {
		if st := &d.Running[i].Steps[j]; st.ID == step && st.Status == catalogue.TakenOpen {
			return st, d.Running[i].ID
		}
	}
	return nil, ""
}

func movedWithTask(d *Doc, no int, step string, t catalogue.Task) bool {
	st, _ := openStep(d, no, step)
	if st == nil || st.Task == t.ID && st.Assignee == t.Assignee && st.Due == t.Due || st.Task == "" && st.Assignee == t.Assignee && st.Due == t.Due {
		return false
	}
	st.Task, st.Assignee, st.Due = t.ID, t.Assignee, t.Due
	return true
}

// ending adds to a fact what came to its end with it.
func ending(fact *catalogue.MaintenanceChanged, ended *catalogue.ProcessInstance) (*catalogue.MaintenanceChanged, []catalogue.ProcessInstance, error) {
	if ended == nil {
		return fact, nil, nil
	}
	fact.Ended = ended
	return fact, []catalogue.ProcessInstance{*ended}, nil
}
