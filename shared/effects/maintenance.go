package effects

import (
	"fmt"
	"strconv"
	"strings"

	"liuke.dev/shared/instant"
)

// AssessCustomer is POST /v1/customers/{id}/assessments at accounts: how a
// customer stands changes with time alone, so its journey has it assessed when
// that can be.
type AssessCustomer struct {
	// Due is when passing time alone could have changed it.
	Due instant.Time `json:"due,omitempty"`
}

// BeginProcess is PUT /v1/customers/{customer}/processes/{effect id} at accounts:
// a process of the policy book begins for a customer, once per effect.
type BeginProcess struct {
	Process  string       `json:"process"`
	Occasion string       `json:"occasion"`
	For      instant.Time `json:"for"`
}

// CarryStep is POST /v1/customers/{customer}/processes/{instance}/steps/{step}/carried
// at accounts: an automatic step was asked for, and proof names what was asked.
type CarryStep struct {
	Process string   `json:"process"`
	Step    string   `json:"step"`
	Proof   []string `json:"proof,omitempty" maxItems:"50"`
	Outcome string   `json:"outcome"`
}

// RequestTransfer is POST /v1/transfers at leads: a customer whose hand-over all
// three parties confirmed changes its external window by a transfer (R-049, C-12).
type RequestTransfer struct {
	Customer string `json:"customer"`
	To       string `json:"to"`
	Reason   string `json:"reason"`
}

// StepRule names the step of a process as the rule of its task: the customer's
// no-th process. Whoever reads the task finds the step by it.
func StepRule(no int, step string) string { return fmt.Sprintf("process.%d.%s", no, step) }

// StepID names a step of a process for what it sends.
func StepID(process, step string) string { return process + "/" + step }

// StepOf reads what StepID wrote.
func StepOf(id string) (process, step string, ok bool) {
	i := strings.LastIndexByte(id, '/')
	if i <= 0 || i == len(id)-1 {
		return "", "", false
	}
	return id[:i], id[i+1:], true
}

// StepOfRule reads what StepRule wrote.
func StepOfRule(rule string) (no int, step string, ok bool) {
	rest, ok := strings.CutPrefix(rule, "process.")
	if !ok {
		return 0, "", false
	}
	digits, step, ok := strings.Cut(rest, ".")
	no, err := strconv.Atoi(digits)
	return no, step, ok && err == nil && step != ""
}
