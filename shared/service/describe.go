package service

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

const documentTitle = "Liuke"

// describe answers with one service's own part of the interface.
func (h *Host) describe(s *httpx.Server) gin.HandlerFunc {
	return func(c *gin.Context) { h.answerDocument(c, nil, s) }
}

// openapi answers with the whole interface, also where services run by
// themselves: what others describe is asked of them, at the origin.
func (h *Host) openapi(c *gin.Context) {
	here := map[string]bool{}
	for _, s := range h.servers {
		here[s.Name()] = true
	}
	var others [][]byte
	for _, name := range Services {
		if here[name] {
			continue
		}
		text, err := h.askFor(c.Request.Context(), name)
		if err != nil {
			httpx.Abort(c, &problem.Error{Code: problem.Unavailable, RetryAfter: time.Second, Cause: err,
				Text: lang.T(name+" 暂时无法说明自己的接口", name+" cannot describe its part right now")})
			return
		}
		others = append(others, text)
	}
	h.answerDocument(c, others, h.servers...)
}

func (h *Host) answerDocument(c *gin.Context, others [][]byte, servers ...*httpx.Server) {
	document, err := httpx.OpenAPI(documentTitle, Version, servers...)
	if err == nil && len(others) > 0 {
		document, err = join(document, others)
	}
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	c.Data(http.StatusOK, "application/json", document)
}

func (h *Host) askFor(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.Config.InternalOrigin+DescriptionPath(name), nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d", r.URL, answer.StatusCode)
	}
	return text, err
}

// join adds the paths and schemas of other documents to one.
func join(document []byte, others [][]byte) ([]byte, error) {
	type parts struct {
		OpenAPI    string                     `json:"openapi"`
		Info       json.RawMessage            `json:"info"`
		Paths      map[string]json.RawMessage `json:"paths"`
		Components struct {
			Schemas  map[string]json.RawMessage `json:"schemas"`
			Security json.RawMessage            `json:"securitySchemes"`
		} `json:"components"`
	}
	var whole parts
	if err := json.Unmarshal(document, &whole); err != nil {
		return nil, err
	}
	for _, text := range others {
		var one parts
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, err
		}
		maps.Copy(whole.Paths, one.Paths)
		maps.Copy(whole.Components.Schemas, one.Components.Schemas)
	}
	return json.Marshal(whole)
}
