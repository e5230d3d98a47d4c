package plan

import (
	"slices"
	"strings"
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

const maxText = 4000

// Ending is how a step comes to its end.
type Ending struct {
	Step    string
	By      string
	Outcome string
	Proof   []string
}

// Complete ends a step as done. One that wants evidence is not done
// without it; the steps after it open. A process whose steps have all ended
// comes back as ended.
func Complete(n Now, m *catalogue.Maintenance, process string, e Ending) (*catalogue.ProcessInstance, error) {
	i, st, err := find(m, process, e.Step)
	if err != nil {
		return nil, err
	}
	e.Outcome = strings.TrimSpace(e.Outcome)
	var f []problem.Field
	if st.Evidence && len(e.Proof) == 0 {
		f = append(f, problem.FieldError("proof", "R-161", "该步骤必须提供凭证", "this step cannot be done without evidence"))
	}
	if e.Outcome == "" {
		f = append(f, problem.Required("outcome"))
	}
	if err := problem.InvalidFields(append(f, long("outcome", e.Outcome)...)...); err != nil {
		return nil, err
	}
	st.Status, st.By, st.EndedAt, st.Outcome, st.Proof = catalogue.TakenDone, e.By, n.At, e.Outcome, slices.Clone(e.Proof)
	return step(n, m, i), nil
}

// Skip passes a step over, with a reason; the steps after it open.
func Skip(n Now, m *catalogue.Maintenance, process string, e Ending) (*catalogue.ProcessInstance, error) {
	i, st, err := find(m, process, e.Step)
	if err != nil {
		return nil, err
	}
	if m.Running[i].Process == HandOverProcess && party(m, st.ID) != nil {
		return nil, problem.Refuse("R-049", "交接必须由三方确认，不能跳过", "A hand-over needs all three parties: this step cannot be skipped")
	}
	if e.Outcome = strings.TrimSpace(e.Outcome); e.Outcome == "" {
		return nil, problem.InvalidFields(problem.FieldError("reason", "R-078", "跳过步骤必须说明原因", "a step is skipped with a reason only"))
	}
	if err := problem.InvalidFields(long("reason", e.Outcome)...); err != nil {
		return nil, err
	}
	st.Status, st.By, st.EndedAt, st.Outcome = catalogue.TakenSkipped, e.By, n.At, e.Outcome
	return step(n, m, i), nil
}

// Cancel ends a process before its end, with a reason.
func Cancel(n Now, m *catalogue.Maintenance, process, reason string) (*catalogue.ProcessInstance, error) {
	i := slices.IndexFunc(m.Running, func(p catalogue.ProcessInstance) bool { return p.ID == process })
	if i < 0 {
		return nil, noProcess(process)
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, problem.InvalidFields(problem.FieldError("reason", "R-078", "终止流程必须说明原因", "a process is cancelled with a reason only"))
	}
	ended := end(n, m, i, catalogue.ProcessCancelled, reason)
	return &ended, nil
}

func noProcess(id string) error { return problem.Missing("进行中的流程", "running process", id) }

func long(field, s string) []problem.Field {
	if utf8.RuneCountInString(s) > maxText {
		return []problem.Field{problem.FieldError(field, "max_length", "最多 4000 个字", "has more than 4000 characters")}
	}
	return nil
}

// find gives an open step of a running process, by position in m.
func find(m *catalogue.Maintenance, process, step string) (int, *catalogue.TakenStep, error) {
	i := slices.IndexFunc(m.Running, func(p catalogue.ProcessInstance) bool { return p.ID == process })
	if i < 0 {
		return 0, nil, noProcess(process)
	}
	m.Running[i].Steps = slices.Clone(m.Running[i].Steps)
	j := slices.IndexFunc(m.Running[i].Steps, func(s catalogue.TakenStep) bool { return s.ID == step })
	if j < 0 {
		return 0, nil, problem.Missing("步骤", "step", step)
	}
	st := &m.Running[i].Steps[j]
	if st.Status != catalogue.TakenOpen {
		return 0, nil, problem.Refuse("step.status", "步骤当前状态为 "+st.Status+"，不能办理", "The step is "+st.Status+": it cannot be ended now")
	}
	return i, st, nil
}

// step goes on after a step has ended: a hand-over notes who confirmed, the next
// steps open, and a process without any is done.
func step(n Now, m *catalogue.Maintenance, i int) *catalogue.ProcessInstance {
	if m.Running[i].Process == HandOverProcess {
		confirm(n, m, m.Running[i])
	}
	open(n, m, &m.Running[i])
	for _, st := range m.Running[i].Steps {
		if !ended(st) {
			return nil
		}
	}
	done := end(n, m, i, catalogue.ProcessDone, "")
	return &done
}

// end takes a process off those under way.
func end(n Now, m *catalogue.Maintenance, i int, status, reason string) catalogue.ProcessInstance {
	p := m.Running[i]
	p.Steps = slices.Clone(p.Steps)
	for j := range p.Steps {
		if !ended(p.Steps[j]) {
			p.Steps[j].Status, p.Steps[j].EndedAt, p.Steps[j].Outcome = catalogue.TakenCancelled, n.At, reason
		}
	}
	p.Status, p.EndedAt, p.Reason = status, n.At, reason
	m.Running = slices.Delete(slices.Clone(m.Running), i, i+1)
	return p
}
