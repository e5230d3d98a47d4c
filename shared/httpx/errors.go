package httpx

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Problem is the body of every error (RFC 9457).
type Problem struct {
	Type    string          `json:"type" doc:"URI of the kind of problem" example:"urn:liuke:problem:invalid"`
	Title   string          `json:"title" doc:"The kind of problem, in the caller's language"`
	Status  int             `json:"status"`
	Code    problem.Code    `json:"code" doc:"Stable name of the kind of problem"`
	Rule    string          `json:"rule,omitempty" doc:"The rule that refused"`
	Detail  string          `json:"detail,omitempty" doc:"Text in the caller's language"`
	Text    lang.Text       `json:"text" doc:"Text in both languages"`
	Errors  []problem.Field `json:"errors,omitempty" doc:"Which field broke which rule"`
	Version int64           `json:"version,omitempty" doc:"Current version, for stale changes"`
	Request string          `json:"request,omitempty" doc:"Id of the request, for support"`

	retryAfter int
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problem details.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders gives Retry-After and the current ETag where they apply.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Version > 0 {
		h.Set("ETag", ETag(p.Version))
	}
	return h
}

// answer turns any error into the problem that the caller sees.
func (s *Server) answer(ctx context.Context, err error) error {
	e := Classify(err)
	if e.Code == problem.Internal {
		s.config.Log.ErrorContext(ctx, "request failed", "error", err)
	}
	return render(ctx, e)
}

// Classify gives the problem of any error.
func Classify(err error) *problem.Error {
	var e *problem.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, store.ErrNotFound):
		return &problem.Error{Code: problem.NotFound, Cause: err, Text: lang.T("没有找到", "Not found")}
	case errors.Is(err, store.ErrBadCursor):
		return invalid(problem.FieldError("query.after", "cursor", "不是本列表的游标", "is not a cursor of this list"))
	case errors.Is(err, store.ErrBadID):
		e = invalid(problem.FieldError("id", "id", "编号应为 1 至 512 字节的文本，不含空字符", "ids are text of 1 to 512 bytes without null characters"))
		e.Cause = err
		return e
	case errors.Is(err, store.ErrTooLarge):
		return &problem.Error{Code: problem.TooLarge, Cause: err, Text: lang.T("内容超过 1 MiB", "Larger than 1 MiB")}
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrExists):
		return &problem.Error{Code: problem.Refused, Rule: "concurrent_change", Cause: err,
			Text: lang.T("同时有其他修改，请重试", "Something else changed it at the same time; try again")}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problem.Away(err).(*problem.Error)
	}
	return &problem.Error{Code: problem.Internal, Cause: err, Text: lang.T("内部错误", "Internal error")}
}

func invalid(f ...problem.Field) *problem.Error {
	return problem.InvalidFields(f...).(*problem.Error)
}

func render(ctx context.Context, e *problem.Error) *Problem {
	language := Language(ctx)
	return &Problem{Type: "urn:liuke:problem:" + string(e.Code), Title: titles[e.Code].In(language), Status: e.Status(), Code: e.Code, Rule: e.Rule,
		Detail: e.Text.In(language), Text: e.Text, Errors: e.Fields, Version: e.Version, Request: requestID(ctx),
		retryAfter: int((e.RetryAfter.Milliseconds() + 999) / 1000)}
}

var titles = map[problem.Code]lang.Text{
	problem.Invalid: lang.T("内容有误", "Invalid"), problem.Malformed: lang.T("无法读取", "Malformed"), problem.Unauthorized: lang.T("未登录", "Not signed in"),
	problem.Forbidden: lang.T("无权限", "Forbidden"), problem.NotFound: lang.T("不存在", "Not found"), problem.Refused: lang.T("被规则拒绝", "Refused"),
	problem.Stale: lang.T("版本已过期", "Stale version"), problem.TooLarge: lang.T("内容过大", "Too large"),
	problem.KeyReused: lang.T("幂等键被重复使用", "Idempotency key reused"), problem.TooMany: lang.T("请求过多", "Too many requests"),
	problem.Internal: lang.T("内部错误", "Internal error"), problem.Unavailable: lang.T("暂不可用", "Unavailable"),
}

// huma reports what it finds itself through these hooks; they are package
// variables of huma, so they are set once for the program.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return render(context.Background(), fromHuma(status, msg, errs))
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		ctx := context.Background()
		if c != nil {
			ctx = c.Context()
		}
		p := render(ctx, fromHuma(status, msg, errs))
		return p
	}
}
