// Package auth tells who is calling: it verifies tokens offline and carries the
// principal in the context. What a principal may do is decided in each
// service's permission table.
package auth

import (
	"context"
	"slices"
)

// Role is one of the roles of R-159.
type Role string

// The roles that exist.
const (
	Salesperson    Role = "salesperson"      // 销售
	SalesManager   Role = "sales_manager"    // 销售主管
	SalesDirector  Role = "sales_director"   // 销售总监
	Service        Role = "service"          // 客服
	Product        Role = "product"          // 产品
	Operations     Role = "operations"       // 运营
	Marketing      Role = "marketing"        // 市场
	Implementation Role = "implementation"   // 实施/项目经理
	AccountManager Role = "account_manager"  // 客户经理
	Success        Role = "customer_success" // 客户成功
	Technical      Role = "technical"        // 技术
	Management     Role = "management"       // 管理层
	Administrator  Role = "administrator"    // 系统管理员
)

// Roles lists all roles that a person can have.
var Roles = []Role{Salesperson, SalesManager, SalesDirector, Service, Product, Operations, Marketing,
	Implementation, AccountManager, Success, Technical, Management, Administrator}

// System is the role of Liuke's own processes: journeys that carry out effects.
// No person can have it.
const System Role = "system"

// Principal is who is calling.
type Principal struct {
	ID       string // person id, or "journeys" and the like for a process
	Name     string
	Roles    []Role
	Language string
}

// Is tells whether the principal has any of the roles.
func (p Principal) Is(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// IsZero tells whether nobody is signed in.
func (p Principal) IsZero() bool { return p.ID == "" }

type key struct{}

// With puts the principal into the context.
func With(ctx context.Context, p Principal) context.Context { return context.WithValue(ctx, key{}, p) }

// From gives the principal of the context, the zero Principal where there is none.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(key{}).(Principal)
	return p
}
