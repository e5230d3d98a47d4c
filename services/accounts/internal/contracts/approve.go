package contracts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/contracts/paper"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Submit prints the document and asks for the approvals that it needs.
func (c *Contracts) Submit(ctx context.Context, p auth.Principal, id string, ch Change) (Seen, error) {
	return c.change(ctx, p, access.ContractDraft, id, ch, c.submit)
}

func (c *Contracts) submit(e *edit) ([]catalogue.Data, error) {
	if err := contract.Submit(e.v, e.Contract, e.now, func(role string) string { return c.approver(e.Owner, auth.Role(role)) }); err != nil {
		return nil, err
	}
	if err := c.print(e); err != nil {
		return nil, err
	}
	told := []catalogue.Data{&catalogue.ContractSubmitted{}}
	if e.Status == catalogue.ContractApproved {
		told = append(told, &catalogue.ContractApprovedFact{})
	}
	return told, nil
}

// approver is whom to ask of a role: the owner's nearest superior who has it, else the first who has.
func (c *Contracts) approver(owner string, role auth.Role) string {
	id := owner
	for range 20 {
		id = c.People.Supervisor(id)
		person, ok := c.People.Person(id)
		if !ok {
			break
		}
		if person.Active && id != owner && auth.Principal(principal(person)).Is(role) {
			return id
		}
	}
	for _, other := range c.People.Active(role) {
		if other != owner {
			return other
		}
	}
	return ""
}

func principal(p catalogue.Person) auth.Principal {
	out := auth.Principal{ID: p.ID}
	for _, r := range p.Roles {
		out.Roles = append(out.Roles, auth.Role(r))
	}
	return out
}

// Decide decides the step that is waited for, with a reason.
func (c *Contracts) Decide(ctx context.Context, p auth.Principal, id string, ch Change, approve bool, reason string) (Seen, error) {
	return c.change(ctx, p, access.ContractApprove, id, ch, func(e *edit) ([]catalogue.Data, error) {
		step, err := contract.Decide(e.Contract, p, approve, reason, e.now)
		if err != nil {
			return nil, err
		}
		told := []catalogue.Data{&catalogue.ContractStepDecided{Step: step}}
		if e.Status == catalogue.ContractApproved {
			told = append(told, &catalogue.ContractApprovedFact{})
		}
		return told, nil
	})
}

// Withdraw takes a contract back to a draft; whatever link was sent is good no more.
func (c *Contracts) Withdraw(ctx context.Context, p auth.Principal, id string, ch Change, reason string) (Seen, error) {
	return c.change(ctx, p, access.ContractDraft, id, ch, func(e *edit) ([]catalogue.Data, error) {
		before := e.Status
		if err := contract.Withdraw(e.Contract); err != nil {
			return nil, err
		}
		return []catalogue.Data{&catalogue.ContractChanged{Before: before, Reason: "withdrawn", Says: reason}}, nil
	})
}

// print makes the document and keeps it under its hash, before the contract names it.
func (c *Contracts) print(e *edit) error {
	if c.Objects == nil {
		return &problem.Error{Code: problem.Unavailable, Text: lang.T("没有可用的文件存储，无法生成合同文件", "There is nowhere to keep the document")}
	}
	pick := func(zh, en string) string { return lang.T(zh, en).In(e.Language) }
	pdf, err := paper.Print(paper.Sheet{Title: e.Title, Number: e.Number, Lines: contract.Words(e.v, *e.Contract), Created: e.now,
		Signs: []string{pick("甲方（签署）：", "Party A (signature): "), pick("乙方（签署）：", "Party B (signature): ")}})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(pdf)
	hash := hex.EncodeToString(sum[:])
	if _, err := c.papers.Begin(e.ctx, paperOf(e.ID, hash)); err != nil {
		return err
	}
	if _, err := c.Objects.Put(e.ctx, key(e.ID, hash), "application/pdf", bytes.NewReader(pdf)); err != nil {
		return problem.Away(err)
	}
	e.Hash = hash
	return nil
}

func key(id, hash string) string {
	sum := sha256.Sum256([]byte(id)) // ids may hold what keys may not
	return "contracts/" + hex.EncodeToString(sum[:8]) + "/" + hash + ".pdf"
}

// Document gives the contract's document as it was submitted.
func (c *Contracts) Document(ctx context.Context, p auth.Principal, id string) ([]byte, catalogue.Contract, error) {
	d, err := c.permitted(ctx, p, access.ContractRead, id)
	if err != nil {
		return nil, catalogue.Contract{}, err
	}
	pdf, err := c.document(ctx, d.Body.Contract)
	return pdf, d.Body.Contract, err
}

func (c *Contracts) document(ctx context.Context, o catalogue.Contract) ([]byte, error) {
	if o.Hash == "" || c.Objects == nil {
		return nil, problem.Refuse("contract.document", "合同提交审批后才有文件", "a contract has a document once it was submitted")
	}
	r, _, err := c.Objects.Open(ctx, key(o.ID, o.Hash))
	if err != nil {
		return nil, problem.Away(err)
	}
	defer r.Close() //nolint:errcheck // only read
	pdf, err := io.ReadAll(r)
	if err != nil {
		return nil, problem.Away(err)
	}
	if sum := sha256.Sum256(pdf); hex.EncodeToString(sum[:]) != o.Hash {
		return nil, problem.Refuse("contract.document", "合同文件与登记的哈希不一致", "the document is not the one whose hash is recorded")
	}
	return pdf, nil
}

func digits(n int) string { return strconv.Itoa(n) }
