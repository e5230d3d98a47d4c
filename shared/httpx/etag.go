package httpx

import (
	"strconv"
	"strings"

	"liuke.dev/shared/problem"
)

// ETag gives the entity tag of a version.
func ETag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is embedded in the input of updates.
type IfMatch struct {
	IfMatch string `header:"If-Match" maxLength:"40" doc:"ETag that the change is based on"`
}

// Check compares with the current version: a stale tag gives 412 with the
// current version, no tag or * allows the change.
func (m IfMatch) Check(current int64) error {
	tag := strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/")
	if tag == "" || tag == "*" {
		return nil
	}
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil {
		return problem.InvalidFields(problem.FieldError("header.If-Match", "etag", `应为响应中的 ETag，例如 "3"`, `must be an ETag as answered, such as "3"`))
	}
	if n != current {
		return problem.StaleVersion(current)
	}
	return nil
}
