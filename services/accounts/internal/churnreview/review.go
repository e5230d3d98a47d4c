// Package churnreview owns the review of every lost customer: that it was lost and
// how that is known, why, what each department found before, during and after the
// sale, what the customer said, where on the journey it was lost and whose promises
// were broken, and what lost customers have in common.
//
// A review's id is <customer>.<n>, so a customer has one for each loss and two
// people who confirm the same loss at once confirm it once. Maps and attributions
// are drawn from the timeline alone (package trail); figures name the counts that
// they rest on (package traits).
package churnreview

import (
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Review is the document of a review. It has the shape of holdings.Belonging at its top.
type Review struct {
	catalogue.ChurnReview
	// Origins are the customers it belonged to before merges moved it, oldest first.
	Origins []string `json:"origins,omitempty"`
}

// Confirmation is that a customer is lost.
type Confirmation struct {
	ChurnedOn instant.Time
	Evidence  string
	Facts     []string
}

// maxFacts bounds the ids that one list names.
const maxFacts = 100

// Check says all that is wrong with a confirmation.
func (c Confirmation) Check(now instant.Time) []problem.Field {
	var wrong []problem.Field
	switch {
	case c.ChurnedOn == 0:
		wrong = append(wrong, problem.Required("churned_on"))
	case c.ChurnedOn > now:
		wrong = append(wrong, problem.FieldError("churned_on", "future", "不能在将来", "must not lie in the future"))
	}
	if strings.TrimSpace(c.Evidence) == "" {
		wrong = append(wrong, problem.FieldError("evidence", "required", "必填：依据什么确认流失", "is required: how is it known that the customer is lost?"))
	}
	return wrong
}

// Find records a participant's findings. Findings may be written again until the review is closed.
func (r *Review) Find(role string, findings []catalogue.ChurnFinding, at instant.Time) error {
	if err := r.open(); err != nil {
		return err
	}
	i := slices.IndexFunc(r.Participants, func(p catalogue.ChurnParticipant) bool { return p.Role == role })
	if i < 0 {
		return problem.InvalidFields(problem.FieldError("role", "one_of", "此部门不参与这次复盘："+role, "this department does not take part: "+role))
	}
	var wrong []problem.Field
	for n, f := range findings {
		if strings.TrimSpace(f.Text) == "" {
			wrong = append(wrong, problem.Required("findings["+digits(n)+"].text"))
		}
	}
	if len(findings) == 0 {
		wrong = append(wrong, problem.Required("findings"))
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return err
	}
	r.Participants[i].Findings, r.Participants[i].DoneAt = findings, at
	return nil
}

// Assign gives a department's part to somebody else.
func (r *Review) Assign(role, person string) error {
	if err := r.open(); err != nil {
		return err
	}
	for i := range r.Participants {
		if r.Participants[i].Role == role {
			r.Participants[i].Person = person
			return nil
		}
	}
	r.Participants = append(r.Participants, catalogue.ChurnParticipant{Role: role, Person: person})
	return nil
}

// Reason is a reason as somebody chose it.
type Reason struct {
	Reason string `json:"reason" maxLength:"40" doc:"Of the policy's list"`
	Text   string `json:"text,omitempty" maxLength:"2000"`
}

// Choose records why the customer was lost, the main reason first; whether a
// reason is controllable is the policy's word at that time.
func (r *Review) Choose(reasons []Reason, competitor string, p policy.ChurnReviews) error {
	if err := r.open(); err != nil {
		return err
	}
	var wrong []problem.Field
	var out []catalogue.ChurnReason
	for i, given := range reasons {
		known, ok := p.Reason(given.Reason)
		field := "reasons[" + digits(i) + "].reason"
		switch {
		case !ok:
			wrong = append(wrong, problem.FieldError(field, "one_of", "不在流失原因列表中："+given.Reason, "is not in the list of reasons: "+given.Reason))
		case slices.ContainsFunc(out, func(o catalogue.ChurnReason) bool { return o.Reason == given.Reason }):
			wrong = append(wrong, problem.FieldError(field, "duplicate", "重复："+given.Reason, "is listed twice: "+given.Reason))
		}
		out = append(out, catalogue.ChurnReason{Reason: given.Reason, Controllable: known.Controllable, Text: given.Text})
	}
	if len(reasons) == 0 {
		wrong = append(wrong, problem.Required("reasons"))
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return err
	}
	r.Reasons, r.Competitor = out, competitor
	return nil
}

// Talk records an interview of the lost customer.
func (r *Review) Talk(way, notes, by string, at instant.Time) error {
	if err := r.open(); err != nil {
		return err
	}
	if way != catalogue.InterviewQuestionnaire && strings.TrimSpace(notes) == "" {
		return problem.InvalidFields(problem.FieldError("notes", "required", "必填：客户说了什么，或为何没有谈成", "is required: what the customer said, or why there was no talk"))
	}
	if way == catalogue.InterviewQuestionnaire {
		notes = "" // what is written down here would not be anonymous
	}
	r.Interview = catalogue.ChurnInterview{Sampled: r.Interview.Sampled, Way: way, By: by, At: at, Notes: notes}
	return nil
}

// phases of a full-process review.
var phases = []struct {
	id   string
	name lang.Text
}{{catalogue.PhaseBefore, lang.T("售前", "before the sale")}, {catalogue.PhaseDuring, lang.T("售中", "during the sale")}, {catalogue.PhaseAfter, lang.T("售后", "after the sale")}}

// Missing says what a review still lacks before it may be closed.
func (r *Review) Missing() []problem.Field {
	var out []problem.Field
	miss := func(field, rule, zh, en string) { out = append(out, problem.FieldError(field, rule, zh, en)) }
	if len(r.Reasons) == 0 {
		miss("reasons", "R-122", "尚未选择流失原因", "no reason was chosen")
	}
	found := map[string]bool{}
	for i, p := range r.Participants {
		if p.DoneAt == 0 {
			miss("participants["+digits(i)+"]", "R-125", "尚无意见："+p.Role, "has no findings yet: "+p.Role)
		}
		for _, f := range p.Findings {
			found[f.Phase] = true
		}
	}
	for _, p := range phases {
		if !found[p.id] {
			miss("participants", "R-125", "没有人复盘"+p.name.Zh, "nobody reviewed what went on "+p.name.En)
		}
	}
	switch way := r.Interview.Way; {
	case way == "":
		miss("interview", "R-124", "尚未访谈流失客户", "the lost customer was not interviewed")
	case r.Interview.Sampled && way != catalogue.InterviewDeep && way != catalogue.InterviewRefused:
		miss("interview", "R-124", "被抽中的重点客户需要一对一深度访谈", "this key account was sampled for a one-to-one interview")
	}
	return out
}

// Close completes the review.
func (r *Review) Close(summary string, lessons []string, by string, at instant.Time) error {
	if err := r.open(); err != nil {
		return err
	}
	if strings.TrimSpace(summary) == "" {
		return problem.InvalidFields(problem.Required("summary"))
	}
	if missing := r.Missing(); len(missing) > 0 {
		return &problem.Error{Code: problem.Refused, Rule: "R-121", Fields: missing, Text: lang.T("复盘尚未完成，不能关闭", "The review is not complete and cannot be closed")}
	}
	r.Status, r.Summary, r.Lessons, r.ClosedBy, r.ClosedAt = catalogue.ChurnClosed, summary, lessons, by, at
	return nil
}

// Withdraw takes the confirmation back.
func (r *Review) Withdraw(reason string) error {
	if err := r.open(); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return problem.InvalidFields(problem.Required("reason"))
	}
	r.Status, r.Withdrawn = catalogue.ChurnWithdrawn, reason
	return nil
}

// WinBack notes that the customer ordered again; false if that changes nothing:
// the order is no later than the loss, or an earlier one is known.
func (r *Review) WinBack(at instant.Time, by string) bool {
	if r.Status == catalogue.ChurnWithdrawn || at <= r.ChurnedOn || r.WonBackAt != 0 && r.WonBackAt <= at {
		return false
	}
	r.WonBackAt, r.WonBackBy = at, by
	return true
}

func (r *Review) open() error {
	if r.Status != catalogue.ChurnOpen {
		return problem.Refuse("churn_review.open", "复盘已经结束："+r.Status, "The review has ended: "+r.Status)
	}
	return nil
}
