package httpx

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/oklog/ulid/v2"
	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/courtesy"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

type (
	languageKey struct{}
	tokenErrKey struct{}
)

// Language gives the language the caller asked for.
func Language(ctx context.Context) string {
	if l, _ := ctx.Value(languageKey{}).(string); l != "" {
		return l
	}
	return auth.From(ctx).Language
}

func requestID(ctx context.Context) string { return telemetry.NamesOf(ctx).Request }

// readable refuses addresses that are no text: invalid UTF-8 or a null character,
// in the path or the query, and any control character in the path: it names things,
// and what names a thing is shown, logged and sent back in headers.
func readable() gin.HandlerFunc {
	return func(c *gin.Context) {
		u := c.Request.URL
		query, err := url.QueryUnescape(u.RawQuery)
		if err != nil || !text(u.Path) || strings.ContainsFunc(u.Path, unicode.IsControl) || !text(query) {
			Abort(c, &problem.Error{Code: problem.Malformed, Cause: err, Text: lang.T("地址不是有效的 UTF-8 文本，或路径含有控制字符", "The address is not valid UTF-8 text, or its path holds a control character")})
			return
		}
		c.Next()
	}
}

func text(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// bound gives the request an id, its language and a time limit.
func (s *Server) bound() gin.HandlerFunc {
	return func(c *gin.Context) {
		id := c.GetHeader("X-Request-Id")
		if id == "" || len(id) > 100 {
			id = ulid.Make().String()
		}
		c.Header("X-Request-Id", id)
		ctx, cancel := context.WithTimeout(c.Request.Context(), s.config.Timeout)
		defer cancel()
		if strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
			var end context.CancelFunc
			ctx, end = stream(c.Request.Context()) // lives as long as its reader
			defer end()
		}
		ctx = telemetry.With(ctx, telemetry.Names{Request: id})
		ctx = context.WithValue(ctx, languageKey{}, c.GetHeader("Accept-Language"))
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// identify verifies the bearer token, if there is one, and says who acts and
// why. Whether a token is needed is decided by the operation.
func (s *Server) identify() gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx := c.Request.Context()
		ctx = facts.WithActor(ctx, catalogue.Actor{ID: "public", Kind: catalogue.ActorPublic})
		if token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer "); ok && s.config.Verifier != nil {
			p, err := s.config.Verifier.Verify(ctx, token)
			if err != nil {
				ctx = context.WithValue(ctx, tokenErrKey{}, err)
			} else {
				ctx = auth.With(ctx, p)
				telemetry.Identify(ctx, p.ID)
				ctx = facts.WithActor(ctx, catalogue.Actor{ID: p.ID, Kind: actorKind(p)})
				if p.Is(auth.System) {
					ctx = facts.WithCause(ctx, c.GetHeader(effects.HeaderCause))
				}
			}
		}
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

func actorKind(p auth.Principal) string {
	if p.Is(auth.System) {
		return catalogue.ActorJourney
	}
	return catalogue.ActorPerson
}

// Require gives the principal or the 401 that says what was wrong with the token.
func Require(ctx context.Context) (auth.Principal, error) {
	p := auth.From(ctx)
	if !p.IsZero() {
		return p, nil
	}
	text := lang.T("请先登录", "Sign in first: send Authorization: Bearer <token>")
	err, _ := ctx.Value(tokenErrKey{}).(error)
	if err != nil {
		text = lang.T("登录凭证无效或已过期", "The token is not valid or has expired")
	}
	return p, &problem.Error{Code: problem.Unauthorized, Text: text, Cause: err}
}

func (s *Server) requirePrincipal(c huma.Context, next func(huma.Context)) {
	if public, _ := c.Operation().Metadata[publicMark].(bool); !public {
		if _, err := Require(c.Context()); err != nil {
			c.SetHeader("WWW-Authenticate", `Bearer realm="liuke"`)
			writeProblem(humaWriter{c}, render(c.Context(), Classify(err)))
			return
		}
	}
	next(c)
}

// processCourtesy is how long a request of a process waits at most while
// people wait for the processors.
const processCourtesy = 100 * time.Millisecond

// peopleFirst counts people's requests, and lets those of processes wait a
// little and write in the background while there are many of them.
func peopleFirst(c huma.Context, next func(huma.Context)) {
	if auth.From(c.Context()).Is(auth.System) {
		defer courtesy.Turn(c.Context(), processCourtesy)()
		next(huma.WithContext(c, store.Background(c.Context())))
		return
	}
	answered := courtesy.Person(commands(c.Method()))
	defer answered()
	next(c)
}

func (s *Server) recoverPanics() gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			r := recover()
			if r == nil || r == http.ErrAbortHandler {
				return
			}
			s.config.Log.ErrorContext(c.Request.Context(), "panic in a request", "panic", fmt.Sprint(r), "path", c.FullPath())
			if !c.Writer.Written() {
				Abort(c, &problem.Error{Code: problem.Internal, Text: lang.T("内部错误", "Internal error")})
			}
		}()
		c.Next()
	}
}

func (s *Server) measure() gin.HandlerFunc {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "liuke_http_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"service", "method", "route", "status"})
	if s.config.Metrics != nil {
		if err := s.config.Metrics.Register(seconds); err != nil {
			if already, ok := err.(prometheus.AlreadyRegisteredError); ok {
				seconds = already.ExistingCollector.(*prometheus.HistogramVec)
			}
		}
	}
	return func(c *gin.Context) {
		begin := time.Now()
		traced := s.trace(c)
		c.Next()
		traced(c)
		seconds.WithLabelValues(s.config.Name, c.Request.Method, c.FullPath(), strconv.Itoa(c.Writer.Status())).Observe(time.Since(begin).Seconds())
	}
}
