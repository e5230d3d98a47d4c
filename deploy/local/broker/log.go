package broker

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kfake"
)

// logger hands the broker's log lines to slog and counts its complaints.
type logger struct {
	to       *slog.Logger
	warnings atomic.Int64
}

// Logf is kfake's logging interface.
func (l *logger) Logf(level kfake.LogLevel, format string, args ...any) {
	if level == kfake.LogLevelError || level == kfake.LogLevelWarn {
		l.warnings.Add(1)
	}
	at := slog.LevelDebug
	switch level {
	case kfake.LogLevelError:
		at = slog.LevelError
	case kfake.LogLevelWarn:
		at = slog.LevelWarn
	}
	if ctx := context.Background(); l.to.Enabled(ctx, at) {
		l.to.Log(ctx, at, "broker: "+fmt.Sprintf(format, args...))
	}
}
