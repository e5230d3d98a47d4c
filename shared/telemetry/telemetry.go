// Package telemetry follows one matter through the whole of Liuke: a trace from
// the request that changed something, through its fact, the journey and its
// effects, to the reminder that reached somebody; and the names (request, person,
// fact, customer, journey) that every log line on the way carries.
//
// A trace begins with an HTTP request and nowhere else; everything after it only
// continues one. So the decision whether to record is made once, at the request,
// and what nobody records costs a look into the context. While tracing is off it
// costs one atomic load. Package otlp sets tracing up.
package telemetry

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// scope names the instrumentation.
const scope = "liuke.dev"

// maxState bounds a tracestate that somebody sent, in bytes: facts keep it for ever.
const maxState = 256

var tracer atomic.Pointer[trace.Tracer] // nil: off

// Use lets spans go to a provider from now on; restore undoes it. Package otlp
// and tests call it.
func Use(p trace.TracerProvider) (restore func()) {
	t := p.Tracer(scope)
	before := tracer.Swap(&t)
	return func() { tracer.Store(before) }
}

// On tells whether tracing is on.
func On() bool { return tracer.Load() != nil }

// Kinds of spans.
const (
	Inside   = trace.SpanKindInternal
	Answers  = trace.SpanKindServer
	Calls    = trace.SpanKindClient
	Sends    = trace.SpanKindProducer
	Receives = trace.SpanKindConsumer
)

// Span is a step of a trace. The zero value records nothing.
type Span struct{ span trace.Span }

// Recording tells whether the span is recorded, for notes that are dear to make.
func (s Span) Recording() bool { return s.span != nil }

// Note adds an attribute; an empty value is left out.
func (s Span) Note(key, value string) Span {
	if s.span != nil && value != "" {
		s.span.SetAttributes(attribute.String(key, value))
	}
	return s
}

// Count adds a number.
func (s Span) Count(key string, n int) Span {
	if s.span != nil {
		s.span.SetAttributes(attribute.Int(key, n))
	}
	return s
}

// Link names another trace that has to do with this step, as Here wrote it.
func (s Span) Link(text string) Span {
	if s.span != nil {
		if c := read(text); c.IsValid() {
			s.span.AddLink(trace.Link{SpanContext: c})
		}
	}
	return s
}

// End ends the step; an error marks it as failed.
func (s Span) End(err error) {
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, err.Error())
	}
	s.span.End()
}

// Begin begins a step called "verb object" of the trace that ctx is in; if it is
// in none, nothing is recorded and ctx stays as it is.
func Begin(ctx context.Context, kind trace.SpanKind, verb, object string) (context.Context, Span) {
	return BeginAt(ctx, kind, verb, object, time.Time{})
}

// BeginAt begins a step that has been under way since an instant; zero: now.
func BeginAt(ctx context.Context, kind trace.SpanKind, verb, object string, at time.Time) (context.Context, Span) {
	t := tracer.Load()
	if t == nil || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, Span{}
	}
	name := verb
	if object != "" {
		name += " " + object
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(kind)}
	if !at.IsZero() {
		options = append(options, trace.WithTimestamp(at))
	}
	ctx, span := (*t).Start(ctx, name, options...)
	return ctx, Span{span}
}

// Serve begins the step of answering a request: in the trace that its headers
// name if the caller is one to believe, otherwise in a new one, which the sampler
// may decide not to record.
func Serve(ctx context.Context, h http.Header, believe bool, name string) (context.Context, Span) {
	t := tracer.Load()
	if t == nil {
		return ctx, Span{}
	}
	if believe && h.Get(headerParent) != "" {
		ctx = Continue(ctx, join(h.Get(headerParent), h.Get(headerState)))
	}
	ctx, span := (*t).Start(ctx, name, trace.WithSpanKind(Answers))
	if !span.SpanContext().IsSampled() {
		return ctx, Span{}
	}
	return ctx, Span{span}
}

// Headers of the W3C trace context.
const (
	headerParent = "Traceparent"
	headerState  = "Tracestate"
)

// Inject lets an outgoing request name the trace that ctx is in.
func Inject(ctx context.Context, h http.Header) {
	parent, state := Split(Here(ctx))
	if parent == "" {
		return
	}
	h.Set(headerParent, parent)
	if state != "" {
		h.Set(headerState, state)
	}
}

// Here writes down where in a trace ctx is, so that it can be continued elsewhere
// and later: the W3C traceparent and, after a blank, the tracestate if there is
// one. Empty where nothing is recorded.
func Here(ctx context.Context) string {
	if !On() {
		return ""
	}
	c := trace.SpanContextFromContext(ctx)
	if !c.IsSampled() {
		return ""
	}
	return join("00-"+c.TraceID().String()+"-"+c.SpanID().String()+"-01", c.TraceState().String())
}

// Continue puts ctx at the place in a trace that Here wrote down. Where the text
// is empty or senseless, ctx is in no trace after it.
func Continue(ctx context.Context, text string) context.Context {
	if !On() {
		return ctx
	}
	if text == "" && !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, read(text))
}

// Split gives the traceparent and the tracestate of what Here wrote.
func Split(text string) (parent, state string) {
	parent, state, _ = strings.Cut(text, " ")
	return parent, state
}

// Join is the reverse of Split, for what comes from outside: a tracestate that is
// too long is left out.
func Join(parent, state string) string { return join(parent, state) }

func join(parent, state string) string {
	if parent == "" || state == "" || len(state) > maxState {
		return parent
	}
	return parent + " " + state
}

// Same tells whether two texts of Here are places in one trace.
func Same(a, b string) bool {
	const id = len("00-") + 32
	return len(a) >= id && len(b) >= id && a[:id] == b[:id]
}

// ID gives the id of the trace that ctx is in, empty where nothing is recorded.
func ID(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); On() && c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}

func read(text string) trace.SpanContext {
	if text == "" {
		return trace.SpanContext{}
	}
	parent, state := Split(text)
	carrier := propagation.MapCarrier{"traceparent": parent, "tracestate": state}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}
