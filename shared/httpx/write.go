package httpx

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

type responseWriter interface {
	set(name, value string)
	status(int)
	body() io.Writer
}

type humaWriter struct{ c huma.Context }

func (w humaWriter) set(n, v string) { w.c.SetHeader(n, v) }
func (w humaWriter) status(code int) { w.c.SetStatus(code) }
func (w humaWriter) body() io.Writer { return w.c.BodyWriter() }

type ginWriter struct{ c *gin.Context }

func (w ginWriter) set(n, v string) { w.c.Header(n, v) }
func (w ginWriter) status(code int) { w.c.Status(code) }
func (w ginWriter) body() io.Writer { return w.c.Writer }

func writeProblem(w responseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.set(name, values[0])
	}
	w.set("Content-Type", "application/problem+json")
	w.status(p.Status)
	_ = json.NewEncoder(w.body()).Encode(p) // the caller has gone: nobody to tell
}

// Abort answers a gin request with an error and stops its chain.
func Abort(c *gin.Context, err error) {
	writeProblem(ginWriter{c}, render(c.Request.Context(), Classify(err)))
	c.Abort()
}

func noRoute(c *gin.Context) {
	Abort(c, &problem.Error{Code: problem.NotFound, Text: lang.T("没有这个地址", "There is nothing at this address")})
}

func noMethod(c *gin.Context) {
	p := render(c.Request.Context(), &problem.Error{Code: problem.Malformed, Text: lang.T("这个地址不支持该方法", "This address does not take this method")})
	p.Status = http.StatusMethodNotAllowed
	writeProblem(ginWriter{c}, p)
	c.Abort()
}
