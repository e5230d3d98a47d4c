package e2e

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// span is a step as the collector got it.
type span struct {
	Process, Name     string // the process by the name of its service
	Trace, ID, Parent string
	Notes             map[string]string
}

// collector takes traces as an OpenTelemetry collector does, over OTLP and HTTP.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	steps map[string]span // by id
}

func openCollector(t *testing.T) *collector {
	c := &collector{steps: map[string]span{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in collected.ExportTraceServiceRequest
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = proto.Unmarshal(body, &in)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			http.Error(w, "not traces", http.StatusBadRequest)
			return
		}
		c.take(&in)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) take(in *collected.ExportTraceServiceRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, process := range in.ResourceSpans {
		name := notes(process.Resource.GetAttributes())["service.name"]
		for _, scope := range process.ScopeSpans {
			for _, s := range scope.Spans {
				id := hex.EncodeToString(s.SpanId)
				c.steps[id] = span{name, s.Name, hex.EncodeToString(s.TraceId), id, hex.EncodeToString(s.ParentSpanId), notes(s.Attributes)}
			}
		}
	}
}

func notes(attributes []*common.KeyValue) map[string]string {
	out := map[string]string{}
	for _, a := range attributes {
		if v := a.Value.GetStringValue(); v != "" {
			out[a.Key] = v
		}
	}
	return out
}

// find gives the steps that match.
func (c *collector) find(match func(span) bool) (out []span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.steps {
		if match(s) {
			out = append(out, s)
		}
	}
	return out
}

// way gives the steps from the root of a trace to one of its steps.
func (c *collector) way(to span) []span {
	c.mu.Lock()
	defer c.mu.Unlock()
	way := []span{to}
	for to.Parent != "" {
		parent, ok := c.steps[to.Parent]
		if !ok {
			break
		}
		way, to = append(way, parent), parent
	}
	slices.Reverse(way)
	return way
}

func names(steps []span) (out []string) {
	for _, s := range steps {
		out = append(out, s.Name)
	}
	return out
}
