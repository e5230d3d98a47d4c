package httpx

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// fromHuma turns what huma found wrong into a problem whose fields and rules
// are stable and whose text is in both languages.
func fromHuma(status int, msg string, errs []error) *problem.Error {
	fields := make([]problem.Field, 0, len(errs))
	for _, err := range errs {
		var d *huma.ErrorDetail
		switch {
		case err == nil:
		case errors.As(err, &d):
			fields = append(fields, fieldOf(d))
		default:
			fields = append(fields, problem.FieldError("body", "readable", "无法读取", "cannot be read: "+err.Error()))
		}
	}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return &problem.Error{Code: problem.TooLarge, Text: lang.T("请求内容过大", "The request body is too large")}
	case status == http.StatusUnprocessableEntity && len(fields) > 0:
		return invalid(fields...)
	case status == http.StatusRequestTimeout:
		return &problem.Error{Code: problem.Malformed, Text: lang.T("请求内容没有按时送达", "The request body did not arrive in time")}
	case status >= 500:
		return &problem.Error{Code: problem.Internal, Text: lang.T("内部错误", "Internal error"), Cause: errors.Join(errs...)}
	}
	return &problem.Error{Code: problem.Malformed, Text: lang.T(unreadable(msg), "The request cannot be read: "+msg), Fields: fields}
}

func fieldOf(d *huma.ErrorDetail) problem.Field {
	field := strings.TrimPrefix(d.Location, "body.")
	if rest, ok := strings.CutPrefix(d.Message, misplaced); ok {
		place, message, _ := strings.Cut(rest, ": ")
		d = &huma.ErrorDetail{Message: message}
		field = place
	}
	for _, t := range translations {
		m := t.form.FindStringSubmatch(d.Message)
		if m == nil {
			continue
		}
		en := d.Message
		if t.rule == "required" {
			en = "is required"
			if len(m) > 1 {
				field = strings.TrimPrefix(strings.Trim(field+"."+m[1], "."), "body.")
			}
		}
		return problem.FieldError(field, t.rule, t.chinese(m), en)
	}
	return problem.FieldError(field, "valid", "填写的内容不符合要求", d.Message)
}
