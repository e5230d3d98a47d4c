// Package problem holds the one error type that reaches a caller: problem
// details (RFC 9457) with a stable code and text in zh-CN and en.
//
// Domain code returns *Error; one piece of HTTP code maps it with errors.As.
package problem

import (
	"fmt"
	"strings"
	"time"

	"liuke.dev/shared/lang"
)

// Code is the stable name of a kind of error; programs decide by it.
type Code string

// The codes. Each belongs to one HTTP status.
const (
	Invalid      Code = "invalid"            // 422: fields break rules
	Malformed    Code = "malformed"          // 400: not readable at all
	Unauthorized Code = "unauthorized"       // 401
	Forbidden    Code = "forbidden"          // 403: a named permission rule refused
	NotFound     Code = "not_found"          // 404
	Refused      Code = "refused"            // 409: the state of the thing forbids it
	Stale        Code = "stale"              // 412: If-Match does not match
	TooLarge     Code = "too_large"          // 413
	KeyReused    Code = "idempotency_reused" // 422: Idempotency-Key with another body
	TooMany      Code = "too_many_requests"  // 429
	Internal     Code = "internal"           // 500
	Unavailable  Code = "unavailable"        // 503: not durable now, try again
)

var statuses = map[Code]int{Invalid: 422, Malformed: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, Refused: 409,
	Stale: 412, TooLarge: 413, KeyReused: 422, TooMany: 429, Internal: 500, Unavailable: 503}

// Field says which field broke which rule.
type Field struct {
	Field string    `json:"field"` // dotted path in the request, "query.limit" for parameters
	Rule  string    `json:"rule"`  // stable name of the rule: required, max_length, one_of, in_past, R-014 …
	Text  lang.Text `json:"text"`
}

// Error is an error that a caller may see.
type Error struct {
	Code       Code
	Rule       string // the rule that refused, for Forbidden and Refused; may be a requirement number
	Text       lang.Text
	Fields     []Field
	Version    int64         // the current version, for Stale
	RetryAfter time.Duration // for Unavailable and TooMany
	Cause      error         // for the log, never for the caller
}

// Status gives the HTTP status of the error.
func (e *Error) Status() int {
	if s, ok := statuses[e.Code]; ok {
		return s
	}
	return 500
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Text.En)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Text.En)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// InvalidFields makes the error for fields that break rules; nil if there are none.
func InvalidFields(fields ...Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Text: lang.T("提交的内容有误", "The request has invalid fields"), Fields: fields}
}

// FieldError makes a Field.
func FieldError(field, rule, zh, en string) Field {
	return Field{Field: field, Rule: rule, Text: lang.T(zh, en)}
}

// Required makes the Field for a missing value.
func Required(field string) Field { return FieldError(field, "required", "必填", "is required") }

// Missing makes the error for a thing that does not exist (or may not be known to exist).
func Missing(kindZh, kindEn, id string) error {
	return &Error{Code: NotFound, Text: lang.T(fmt.Sprintf("没有这个%s：%s", kindZh, id), fmt.Sprintf("no such %s: %s", kindEn, id))}
}

// Forbid makes the error for a permission rule that refused.
func Forbid(rule, zh, en string) error {
	return &Error{Code: Forbidden, Rule: rule, Text: lang.T(zh, en)}
}

// Refuse makes the error for a command that the state of the thing forbids.
func Refuse(rule, zh, en string) error {
	return &Error{Code: Refused, Rule: rule, Text: lang.T(zh, en)}
}

// StaleVersion makes the error for an If-Match that no longer matches.
func StaleVersion(current int64) error {
	return &Error{Code: Stale, Version: current, Text: lang.T("已被他人修改，请按最新版本重试", "It was changed meanwhile; take the current version and try again")}
}

// Away makes the error for an engine that cannot make the command durable now.
func Away(cause error) error {
	return &Error{Code: Unavailable, RetryAfter: 2 * time.Second, Cause: cause, Text: lang.T("暂时无法保存，请稍后重试", "It cannot be stored right now; try again shortly")}
}
