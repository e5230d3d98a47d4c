// Package transfer is the process by which a customer changes hands:
// request, approval, hand-over note, acceptance. It is pure.
package transfer

import (
	"strings"
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Step is what somebody does to a transfer.
type Step string

// The steps after the request.
const (
	Approve  Step = "approve"
	Reject   Step = "reject" // by the approver, or by the receiver instead of accepting
	HandOver Step = "hand_over"
	Accept   Step = "accept"
	Cancel   Step = "cancel"
)

// Steps lists all steps.
var Steps = []Step{Approve, Reject, HandOver, Accept, Cancel}

// machine gives the status after a step; a missing entry is illegal.
var machine = map[string]map[Step]string{
	catalogue.TransferRequested: {Approve: catalogue.TransferApproved, Reject: catalogue.TransferRejected, Cancel: catalogue.TransferCancelled},
	catalogue.TransferApproved:  {HandOver: catalogue.TransferHandedOver, Cancel: catalogue.TransferCancelled},
	catalogue.TransferHandedOver: {Accept: catalogue.TransferAccepted, Reject: catalogue.TransferRejected,
		Cancel: catalogue.TransferCancelled},
}

// Open tells whether a transfer in the status is still in progress.
func Open(status string) bool { return len(machine[status]) > 0 }

// Ends tells whether a step brings a transfer to its end.
func Ends(s Step) bool { return s == Accept || s == Reject || s == Cancel }

// ErrEnded is the answer to a step of a transfer whose end is decided.
func ErrEnded(how string) error {
	return problem.Refuse("transfer.step", "转交已结束："+how, "the transfer has ended already: "+how)
}

// maxText bounds notes, reasons and remarks.
const maxText = 4000

// Request makes a transfer.
func Request(id, customer, from, to, by, reason string, now instant.Time) (catalogue.Transfer, error) {
	t := catalogue.Transfer{ID: id, Customer: customer, From: from, To: to, RequestedBy: by, Reason: strings.TrimSpace(reason),
		Status: catalogue.TransferRequested, RequestedAt: now}
	var f []problem.Field
	if to == "" {
		f = append(f, problem.Required("to"))
	}
	f = append(f, text("reason", t.Reason)...)
	if to != "" && to == from {
		f = append(f, problem.FieldError("to", "same_owner", "已经是负责人", "is the owner already"))
	}
	return t, problem.InvalidFields(f...)
}

// Do carries a step out at an instant, each step timed; text is the remark, and
// of a hand-over the note, which is mandatory.
func Do(t catalogue.Transfer, step Step, by, remark string, now instant.Time) (catalogue.Transfer, error) {
	status, legal := machine[t.Status][step]
	if !legal {
		return t, problem.Refuse("transfer.step", "转交处于 "+t.Status+"，不能 "+string(step), "a transfer that is "+t.Status+" does not take the step "+string(step))
	}
	remark = strings.TrimSpace(remark)
	t.Status = status
	switch step {
	case Approve:
		t.Approver, t.ApprovedAt, t.Remark = by, now, remark
	case HandOver:
		if err := problem.InvalidFields(text("note", remark)...); err != nil {
			return t, err
		}
		t.Note, t.HandedAt = remark, now
	case Reject, Cancel:
		if err := problem.InvalidFields(text("reason", remark)...); err != nil {
			return t, err
		}
		t.Remark, t.EndedAt = remark, now
	case Accept:
		t.EndedAt = now
	}
	return t, nil
}

func text(field, v string) []problem.Field {
	switch n := utf8.RuneCountInString(v); {
	case n == 0:
		return []problem.Field{problem.FieldError(field, "R-046", "必填", "is required")}
	case n > maxText || !utf8.ValidString(v):
		return []problem.Field{problem.FieldError(field, "max_length", "最多 4000 个字", "has more than 4000 characters")}
	}
	return nil
}
