package plan

import (
	"fmt"

	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// UnknownNodes names the service nodes that the book does not have.
func UnknownNodes(field string, nodes []string, v *policy.View) []problem.Field {
	var f []problem.Field
	for i, n := range nodes {
		if !policy.Has(v.Sections.Maintenance.Nodes, n) {
			f = append(f, problem.FieldError(fmt.Sprintf("%s[%d]", field, i), "one_of", "没有这个服务节点："+n, "no such service node: "+n))
		}
	}
	return f
}
