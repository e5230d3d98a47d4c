package contract

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

var names = map[string]lang.Text{
	catalogue.ContractDraft: lang.T("草稿", "a draft"), catalogue.ContractApproving: lang.T("审批中", "being approved"), catalogue.ContractApproved: lang.T("已批准", "approved"),
	catalogue.ContractSent: lang.T("待签署", "sent for signing"), catalogue.ContractSigned: lang.T("已签署", "signed"), catalogue.ContractActive: lang.T("履行中", "in force"),
	catalogue.ContractRenewed: lang.T("已续签", "renewed"), catalogue.ContractExpired: lang.T("已到期", "expired"), catalogue.ContractTerminated: lang.T("已终止", "terminated"),
}

// Is refuses what the contract's state forbids.
func Is(c *catalogue.Contract, allowed ...string) error {
	if slices.Contains(allowed, c.Status) {
		return nil
	}
	n := names[c.Status]
	return problem.Refuse("contract.status", "合同当前状态不允许此操作："+n.Zh, "the contract is "+n.En+", which does not allow this")
}

// Needed gives the approvals that a contract needs, in order, each with why.
func Needed(v *policy.View, c *catalogue.Contract) []catalogue.ApprovalStep {
	s := v.Sections.Contracts
	var out []catalogue.ApprovalStep
	for _, a := range s.Approvals {
		why, ok := lang.T("每份合同都需要", "every contract needs it"), len(a.Any) == 0
		for _, w := range a.Any {
			if w.Holds(c.Total, s.Currency, c.Discount, c.Tier, c.Standard) {
				why, ok = because(w, c), true
				break
			}
		}
		if ok {
			out = append(out, catalogue.ApprovalStep{ID: a.ID, Name: a.Name, Role: a.Role, Status: catalogue.StepWaiting, Why: why})
		}
	}
	return out
}

func because(w policy.When, c *catalogue.Contract) lang.Text {
	var zh, en []string
	if w.AmountFrom > 0 {
		zh, en = append(zh, "金额 "+c.Total.String()), append(en, "amount "+c.Total.String())
	}
	if w.DiscountFrom > 0 {
		zh, en = append(zh, fmt.Sprintf("折扣 %d‰", c.Discount)), append(en, fmt.Sprintf("discount of %d per mille", c.Discount))
	}
	if len(w.Tiers) > 0 {
		zh, en = append(zh, "客户分层 "+c.Tier), append(en, "tier "+c.Tier)
	}
	if w.NonStandard {
		zh, en = append(zh, "非标准条款"), append(en, "terms that are not standard")
	}
	return lang.T(strings.Join(zh, "，"), strings.Join(en, ", "))
}

// Submit asks for the approvals that are needed; without any the contract is
// approved. approver names whom to ask of a role.
func Submit(v *policy.View, c *catalogue.Contract, now instant.Time, approver func(role string) string) error {
	if err := Is(c, catalogue.ContractDraft); err != nil {
		return err
	}
	if !now.Before(c.Until) {
		return problem.Refuse("contract.term", "合同期限已过，请先修改", "the contract's term is over; change it first")
	}
	c.Steps, c.SubmittedAt, c.Status = Needed(v, c), now, catalogue.ContractApproving
	for i := range c.Steps {
		c.Steps[i].Approver = approver(c.Steps[i].Role)
	}
	begin(c, 0, now)
	return nil
}

// begin lets the clock of the next step run, or ends the approval.
func begin(c *catalogue.Contract, next int, now instant.Time) {
	if next < len(c.Steps) {
		c.Steps[next].Status, c.Steps[next].Since = catalogue.StepPending, now
		return
	}
	c.Status, c.ApprovedAt = catalogue.ContractApproved, now
}

// Pending gives the number of the step that is waited for, -1 if none is.
func Pending(c *catalogue.Contract) int {
	return slices.IndexFunc(c.Steps, func(s catalogue.ApprovalStep) bool { return s.Status == catalogue.StepPending })
}

// Decide decides the step that is waited for; a rejection takes the contract back
// to a draft. Nobody approves their own contract.
func Decide(c *catalogue.Contract, by auth.Principal, approve bool, reason string, now instant.Time) (catalogue.ApprovalStep, error) {
	i := Pending(c)
	if err := Is(c, catalogue.ContractApproving); err != nil || i < 0 {
		return catalogue.ApprovalStep{}, err
	}
	s := &c.Steps[i]
	switch {
	case !by.Is(auth.Role(s.Role)):
		return *s, problem.Forbid("contract.approve.role", "这一步需要角色："+s.Role, "this step takes the role "+s.Role)
	case by.ID == c.Owner:
		return *s, problem.Forbid("contract.approve.own", "不能审批自己的合同", "nobody approves a contract of their own")
	case !approve && strings.TrimSpace(reason) == "":
		return *s, problem.InvalidFields(problem.FieldError("reason", "required", "驳回须说明原因", "is required for a rejection"))
	}
	s.By, s.At, s.Reason, s.Status = by.ID, now, strings.TrimSpace(reason), catalogue.StepApproved
	if approve {
		begin(c, i+1, now)
		return *s, nil
	}
	s.Status = catalogue.StepRejected
	c.Status, c.Hash = catalogue.ContractDraft, ""
	return *s, nil
}

// Withdraw takes a contract back to a draft before it is signed; the link that was sent is no longer good.
func Withdraw(c *catalogue.Contract) error {
	if err := Is(c, catalogue.ContractApproving, catalogue.ContractApproved, catalogue.ContractSent); err != nil {
		return err
	}
	c.Status, c.Steps, c.Hash = catalogue.ContractDraft, nil, ""
	c.SubmittedAt, c.ApprovedAt, c.SentAt, c.SignBy, c.Urged = 0, 0, 0, 0, 0
	return nil
}

// Send opens the contract for signing; sent again, only the newest link is good.
func Send(v *policy.View, c *catalogue.Contract, now instant.Time) error {
	if err := Is(c, catalogue.ContractApproved, catalogue.ContractSent); err != nil {
		return err
	}
	c.Status, c.SentAt, c.Round, c.Urged = catalogue.ContractSent, now, c.Round+1, 0
	c.SignBy = min(v.After(now, v.Sections.Contracts.SignWithin), c.Until)
	return nil
}

// Sign takes the signature under the document that was read; due says when a payment
// so many days after the signing is due.
func Sign(c *catalogue.Contract, sig catalogue.Signature, round int, due func(days int) instant.Time) error {
	switch {
	case c.Signature != nil && c.Round == round:
		return problem.Refuse("link.used", "合同已经签署过了", "The contract has been signed already")
	case c.Status != catalogue.ContractSent || c.Round != round:
		return problem.Refuse("contract.changed", "合同已变更或撤回，请使用最新收到的链接", "The contract was changed or withdrawn; use the link that was sent last")
	case !sig.At.Before(c.SignBy):
		return problem.Refuse("link.expired", "签署期限已过", "The time for signing is over")
	case sig.Hash != c.Hash:
		return problem.Refuse("contract.changed", "文件与您看到的不一致，请重新打开链接", "The document is not the one that was shown; open the link again")
	case strings.TrimSpace(sig.Name) == "":
		return problem.InvalidFields(problem.Required("name"))
	}
	sig.Name = strings.TrimSpace(sig.Name)
	c.Signature, c.SignedAt, c.Status = &sig, sig.At, catalogue.ContractSigned
	for i := range c.Schedule {
		if p := &c.Schedule[i]; p.Due.IsZero() {
			p.Due = due(p.AfterDays)
		}
	}
	return nil
}

// Activate begins the term (of a contract that was signed).
func Activate(c *catalogue.Contract, now instant.Time) error {
	if err := Is(c, catalogue.ContractSigned); err != nil {
		return err
	}
	if now.Before(c.From) {
		return problem.Refuse("contract.term", "合同尚未到开始日期", "the contract's term has not begun")
	}
	c.Status, c.ActiveAt = catalogue.ContractActive, now
	return nil
}

// Expire ends a contract whose term is over.
func Expire(c *catalogue.Contract, now instant.Time) error {
	if err := Is(c, catalogue.ContractActive); err != nil {
		return err
	}
	if now.Before(c.Until) {
		return problem.Refuse("contract.term", "合同尚未到期", "the contract's term is not over")
	}
	return end(c, catalogue.ContractExpired, "", now)
}

// Terminate ends a contract before its time.
func Terminate(c *catalogue.Contract, reason string, now instant.Time) error {
	if err := Is(c, catalogue.ContractSigned, catalogue.ContractActive); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return problem.InvalidFields(problem.Required("reason"))
	}
	return end(c, catalogue.ContractTerminated, strings.TrimSpace(reason), now)
}

// Renewed ends a contract in favour of its successor.
func Renewed(c *catalogue.Contract, successor string, now instant.Time) error {
	if err := Is(c, catalogue.ContractActive, catalogue.ContractSigned, catalogue.ContractExpired); err != nil {
		return err
	}
	c.Successor = successor
	return end(c, catalogue.ContractRenewed, "", now)
}

func end(c *catalogue.Contract, status, reason string, now instant.Time) error {
	c.Status, c.EndedAt, c.EndReason = status, now, reason
	c.Marks = slices.DeleteFunc(c.Marks, func(m catalogue.Mark) bool { return m.Rule == catalogue.MarkRenewalAtRisk })
	return nil
}

// Intend notes what the customer says about renewing.
func Intend(c *catalogue.Contract, i catalogue.RenewalIntent) error {
	if err := Is(c, catalogue.ContractActive, catalogue.ContractSigned); err != nil {
		return err
	}
	i.Note = strings.TrimSpace(i.Note)
	c.Renewal = &i
	if i.Intent == catalogue.IntentRenew {
		c.Marks = slices.DeleteFunc(c.Marks, func(m catalogue.Mark) bool { return m.Rule == catalogue.MarkRenewalAtRisk })
	}
	return nil
}

// Marked tells whether a mark is set.
func Marked(c *catalogue.Contract, mark string) bool {
	return slices.ContainsFunc(c.Marks, func(m catalogue.Mark) bool { return m.Rule == mark })
}
