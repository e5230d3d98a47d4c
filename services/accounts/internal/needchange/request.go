package needchange

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Request is what somebody asks for.
type Request struct {
	Customer    string
	Reason      string
	Add, Remove []string
	Departments []Department // empty: those of the policy
}

// Department that must know, and who confirms for it; without a person somebody of
// the department does.
type Department struct {
	Department string `json:"department" maxLength:"40" doc:"Role of the department: service, implementation, product …"`
	Person     string `json:"person,omitempty" maxLength:"80" doc:"Who confirms for it; absent: somebody of the department who is there"`
}

// Ask requests a change of a customer's needs.
func (c *Changes) Ask(ctx context.Context, p auth.Principal, r Request) (*Doc, error) {
	id := httpx.NewID(ctx)
	if d, err := c.docs.Get(ctx, id); !errors.Is(err, store.ErrNotFound) {
		return d, err // stored by the first try of this command
	}
	file, holder, err := c.files.Permitted(ctx, p, access.NeedRequest, r.Customer)
	if err != nil {
		return nil, err
	}
	at := c.Clock()
	v, err := c.Policy.At(at)
	if err != nil {
		return nil, problem.Away(err)
	}
	rules := v.Sections.Customers
	n := catalogue.NeedChange{ID: id, Customer: file.ID, Reason: r.Reason, Add: r.Add, Remove: r.Remove, Status: catalogue.NeedRequested, RequestedBy: p.ID, RequestedAt: at,
		Approver: c.approver(holder, p.ID, rules.NeedChange, at)}
	wrong := wanted(&n, file.NeedTags, rules.NeedTags)
	var more []problem.Field
	n.Departments, more = c.departments(r.Departments, rules.NeedChange, at)
	if err := problem.InvalidFields(append(wrong, more...)...); err != nil {
		return nil, err
	}
	d := store.New(id, Document{Belonging: holdings.Belonging{Customer: file.ID}, Change: n})
	err = c.commit(ctx, d, httpx.Command(ctx), v, nil)
	if errors.Is(err, store.ErrExists) {
		return c.docs.Get(ctx, id)
	}
	return d, err
}

// approver gives who is asked to approve: the supervisor of whoever answers for the
// customer, or somebody of the role that the policy names; management where there
// is nobody.
func (c *Changes) approver(h access.Holder, by string, n policy.NeedChange, at instant.Time) string {
	if n.Approver == policy.ApproverSupervisor {
		owner := h.Owner
		if owner == "" {
			owner = by
		}
		if s := c.Directory.Supervisor(owner); s != "" {
			return s
		}
		return by
	}
	for _, role := range []auth.Role{auth.Role(n.Approver), auth.Management, auth.SalesDirector} {
		if who := c.present(role, at); who != "" {
			return who
		}
	}
	return by
}

// present gives somebody of a role, who is there if anybody is.
func (c *Changes) present(role auth.Role, at instant.Time) string {
	people := c.Directory.Active(role)
	for _, id := range people {
		if c.Directory.Available(id, at) {
			return id
		}
	}
	if len(people) > 0 {
		return people[0]
	}
	return ""
}

// departments gives who must know. Of the policy's departments those count that
// have people; of those that somebody names each must.
func (c *Changes) departments(named []Department, n policy.NeedChange, at instant.Time) ([]catalogue.NeedConfirmation, []problem.Field) {
	var out []catalogue.NeedConfirmation
	var wrong []problem.Field
	for i, d := range named {
		at, who := fmt.Sprintf("departments[%d]", i), c.confirms(d, at)
		switch {
		case !isRole(d.Department):
			wrong = append(wrong, problem.FieldError(at+".department", "one_of", "不是部门角色："+d.Department, "is not the role of a department: "+d.Department))
		case slices.ContainsFunc(out, func(o catalogue.NeedConfirmation) bool { return o.Department == d.Department }):
			wrong = append(wrong, problem.FieldError(at+".department", "duplicate", "重复："+d.Department, "is listed twice: "+d.Department))
		case who == "" && d.Person == "":
			wrong = append(wrong, problem.FieldError(at+".department", "nobody", "该部门没有在职人员："+d.Department, "nobody active is of this department: "+d.Department))
		case who == "":
			wrong = append(wrong, problem.FieldError(at+".person", "of_department", "不是该部门的在职人员："+d.Person, "is nobody active of this department: "+d.Person))
		default:
			out = append(out, catalogue.NeedConfirmation{Department: d.Department, Person: who})
		}
	}
	if len(named) > 0 {
		return out, wrong
	}
	for _, department := range n.Departments {
		if who := c.present(auth.Role(department), at); who != "" {
			out = append(out, catalogue.NeedConfirmation{Department: department, Person: who})
		}
	}
	if len(out) == 0 {
		wrong = append(wrong, problem.FieldError("departments", "required", "策略中的部门都没有在职人员，请指明部门", "nobody active is of the policy's departments: name departments"))
	}
	return out, wrong
}

func (c *Changes) confirms(d Department, at instant.Time) string {
	if d.Person == "" {
		return c.present(auth.Role(d.Department), at)
	}
	if slices.Contains(c.Directory.Active(auth.Role(d.Department)), d.Person) {
		return d.Person
	}
	return ""
}
