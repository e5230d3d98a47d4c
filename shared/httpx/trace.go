package httpx

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/shared/effects"
	"liuke.dev/shared/telemetry"
)

var errFailed = errors.New("the request failed")

// begins tells whether a request may be a step. Streams are none. An effect whose
// matter nobody records says so by coming without a trace: it begins none either.
func begins(c *gin.Context) bool {
	if strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		return false
	}
	return c.GetHeader(effects.HeaderCause) == "" || c.GetHeader("Traceparent") != ""
}

// trace begins the step of answering a request, the one at which a trace begins
// unless the caller, who has a token to show, is in one already. The function
// that it gives ends the step, and says at level debug what was answered.
func (s *Server) trace(c *gin.Context) func(*gin.Context) {
	begin := time.Now()
	var step telemetry.Span
	if telemetry.On() && begins(c) {
		ctx := c.Request.Context()
		ctx, step = telemetry.Serve(ctx, c.Request.Header, c.GetHeader("Authorization") != "", c.Request.Method+" "+c.FullPath())
		c.Request = c.Request.WithContext(ctx)
	}
	return func(c *gin.Context) {
		ctx := c.Request.Context()
		if s.config.Log.Enabled(ctx, slog.LevelDebug) {
			s.config.Log.DebugContext(ctx, "answered", "method", c.Request.Method, "route", c.FullPath(), "status", c.Writer.Status(), "took", time.Since(begin))
		}
		if !step.Recording() {
			return
		}
		var err error
		if c.Writer.Status() >= http.StatusInternalServerError {
			err = errFailed
		}
		n := telemetry.NamesOf(ctx)
		step.Note("liuke.service", s.config.Name).Note("http.request.method", c.Request.Method).Note("http.route", c.FullPath()).
			Count("http.response.status_code", c.Writer.Status()).
			Note("liuke.request", n.Request).Note("liuke.person", n.Person).Note("liuke.customer", n.Customer).End(err)
	}
}
