package httpx

import (
	"errors"
	"net/http"
	"regexp"
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
			fields = append(fields, problem.FieldError("body", "readable", "无法读取："+err.Error(), "cannot be read: "+err.Error()))
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
	return &problem.Error{Code: problem.Malformed, Text: lang.T("请求无法读取："+msg, "The request cannot be read: "+msg), Fields: fields}
}

type translation struct {
	form *regexp.Regexp
	rule string
	zh   string // $1 stands for what the form captured
}

// translations follow huma's messages (package validation of huma).
var translations = []translation{
	{regexp.MustCompile(`^expected required property (\S+) to be present`), "required", "必填"},
	{regexp.MustCompile(`^required .* parameter is missing`), "required", "必填"},
	{regexp.MustCompile(`^unexpected property`), "unknown_field", "没有这个字段"},
	{regexp.MustCompile(`^unknown query parameter`), "unknown_parameter", "没有这个参数"},
	{regexp.MustCompile(`^expected length >= (\d+)`), "min_length", "至少 $1 个字符"},
	{regexp.MustCompile(`^expected length <= (\d+)`), "max_length", "最多 $1 个字符"},
	{regexp.MustCompile(`^expected array length >= (\d+)`), "min_items", "至少 $1 项"},
	{regexp.MustCompile(`^expected array length <= (\d+)`), "max_items", "最多 $1 项"},
	{regexp.MustCompile(`^expected number >= (\S+)`), "minimum", "不得小于 $1"},
	{regexp.MustCompile(`^expected number <= (\S+)`), "maximum", "不得大于 $1"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"`), "one_of", "只能是：$1"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time`), "date_time", "应为带时区的 RFC 3339 时间"},
	{regexp.MustCompile(`RFC 3339`), "date_time", "应为带时区的 RFC 3339 时间"},
	{regexp.MustCompile(`^time out of range`), "date_time", "时间超出范围"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date`), "date", "应为日期"},
	{regexp.MustCompile(`^expected string to match pattern (.*)`), "pattern", "格式应为 $1"},
	{regexp.MustCompile(`^expected string to be RFC 5322 email`), "email", "应为电子邮箱地址"},
	{regexp.MustCompile(`^expected (string|number|integer|boolean|array|object)`), "type", "类型应为 $1"},
	{regexp.MustCompile(`^expected array items to be unique`), "unique_items", "不得重复"},
	{regexp.MustCompile(`^body is not valid UTF-8`), "utf8", "不是有效的 UTF-8 文本"},
	{regexp.MustCompile(`^body holds a null`), "characters", "含有空字符或不完整的代理对"},
	{regexp.MustCompile(`^invalid (integer|floating value|boolean|value)`), "type", "类型应为 $1"},
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
		zh, en := t.zh, d.Message
		if len(m) > 1 {
			zh = strings.ReplaceAll(zh, "$1", m[1])
		}
		if t.rule == "required" {
			en = "is required"
			if len(m) > 1 {
				field = strings.TrimPrefix(strings.Trim(field+"."+m[1], "."), "body.")
			}
		}
		return problem.FieldError(field, t.rule, zh, en)
	}
	return problem.FieldError(field, "valid", "内容有误："+d.Message, d.Message)
}
