package needchange

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Bounds of what is said about a change.
const (
	maxText = 4000
	maxTags = 50
)

// wanted checks what is to change against what the customer needs now, and names
// every field that is wrong.
func wanted(c *catalogue.NeedChange, held []string, offered []policy.Option) []problem.Field {
	f := text("reason", &c.Reason)
	if len(c.Add)+len(c.Remove) == 0 {
		f = append(f, problem.FieldError("add", "required", "请说明新增或取消哪些需求标签", "name need tags to add or to remove"))
	}
	f = append(f, tags("add", c.Add, func(t string) *problem.Field {
		switch {
		case !policy.Has(offered, t):
			return field("one_of", "策略中没有这个需求标签："+t, t+" is not a need tag of the policy")
		case slices.Contains(held, t):
			return field("held", "客户已有这个需求："+t, "the customer has this need already: "+t)
		}
		return nil
	})...)
	return append(f, tags("remove", c.Remove, func(t string) *problem.Field {
		switch {
		case !slices.Contains(held, t):
			return field("not_held", "客户没有这个需求："+t, "the customer does not have this need: "+t)
		case slices.Contains(c.Add, t):
			return field("both", "不能同时新增和取消："+t, "is both added and removed: "+t)
		}
		return nil
	})...)
}

func field(rule, zh, en string) *problem.Field {
	f := problem.FieldError("", rule, zh, en)
	return &f
}

func tags(name string, list []string, check func(string) *problem.Field) []problem.Field {
	var out []problem.Field
	if len(list) > maxTags {
		return append(out, problem.FieldError(name, "max_items", fmt.Sprintf("最多 %d 项", maxTags), fmt.Sprintf("has more than %d entries", maxTags)))
	}
	for i, t := range list {
		f := check(t)
		if slices.Contains(list[:i], t) {
			f = field("duplicate", "重复："+t, "is listed twice: "+t)
		}
		if f != nil {
			f.Field = fmt.Sprintf("%s[%d]", name, i)
			out = append(out, *f)
		}
	}
	return out
}

func text(name string, v *string) []problem.Field {
	*v = strings.TrimSpace(*v)
	switch n := utf8.RuneCountInString(*v); {
	case n == 0:
		return []problem.Field{problem.Required(name)}
	case n > maxText:
		return []problem.Field{problem.FieldError(name, "max_length", fmt.Sprintf("最多 %d 个字", maxText), fmt.Sprintf("has more than %d characters", maxText))}
	}
	return nil
}

func notNow(status, zh, en string) error {
	return problem.Refuse("need_change.step", "需求变更处于 "+status+"，不能"+zh, "a change of need that is "+status+" cannot be "+en)
}

// decided gives the change as somebody decided about it.
func decided(c catalogue.NeedChange, status, by, remark string, now instant.Time) (catalogue.NeedChange, error) {
	remark = strings.TrimSpace(remark)
	if c.Status != catalogue.NeedRequested {
		words := map[string][2]string{catalogue.NeedApproved: {"审批", "approved"}, catalogue.NeedRejected: {"驳回", "rejected"}, catalogue.NeedCancelled: {"取消", "cancelled"}}[status]
		return c, notNow(c.Status, words[0], words[1])
	}
	if status != catalogue.NeedApproved {
		if f := text("reason", &remark); len(f) > 0 {
			return c, problem.InvalidFields(f...)
		}
		c.EndedAt = now
	} else {
		c.ApprovedAt = now
	}
	if status != catalogue.NeedCancelled {
		c.Approver = by
	}
	c.Status, c.Remark = status, remark
	return c, nil
}

// confirmed gives the change once a department knows of it; the last one ends it.
// It is the same change if the department has confirmed already.
func confirmed(c catalogue.NeedChange, department, by, note string, now instant.Time) (catalogue.NeedChange, error) {
	i := slices.IndexFunc(c.Departments, func(d catalogue.NeedConfirmation) bool { return d.Department == department })
	if i < 0 {
		return c, problem.Missing("部门", "department of this change", department)
	}
	if c.Departments[i].ConfirmedAt != 0 {
		return c, nil
	}
	if c.Status != catalogue.NeedApproved {
		return c, notNow(c.Status, "确认", "confirmed")
	}
	c.Departments = slices.Clone(c.Departments)
	d := &c.Departments[i]
	d.ConfirmedBy, d.ConfirmedAt, d.Note = by, now, strings.TrimSpace(note)
	if !slices.ContainsFunc(c.Departments, func(d catalogue.NeedConfirmation) bool { return d.ConfirmedAt == 0 }) {
		c.Status, c.EndedAt = catalogue.NeedConfirmed, now
	}
	return c, nil
}

func isRole(department string) bool { return slices.Contains(auth.Roles, auth.Role(department)) }
