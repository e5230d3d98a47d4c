package telemetry

import (
	"context"
	"log/slog"
)

// LogHandler adds to every record what its context knows: the names and, where
// the trace is recorded, its id.
func LogHandler(inner slog.Handler) slog.Handler { return logHandler{inner} }

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler. What the record itself says is not said twice.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	n := NamesOf(ctx)
	known := []slog.Attr{slog.String("request", n.Request), slog.String("person", n.Person), slog.String("fact", n.Fact), slog.String("journey", n.Journey),
		slog.String("effect", n.Effect), slog.String("customer", n.Customer), slog.String("trace", ID(ctx))}
	said := map[string]bool{}
	r.Attrs(func(a slog.Attr) bool {
		said[a.Key] = true
		return true
	})
	r = r.Clone()
	for _, a := range known {
		if a.Value.String() != "" && !said[a.Key] {
			r.AddAttrs(a)
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(a []slog.Attr) slog.Handler { return logHandler{h.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
