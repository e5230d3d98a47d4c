package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// ErrFatal is wrapped by what Failed delivers.
var ErrFatal = errors.New("temporal: the server cannot go on")

// logger hands the server's log lines to slog, and keeps a fatal one from
// ending the process without a word.
type logger struct {
	to     *slog.Logger
	with   []any
	failed chan error
	quiet  *atomic.Bool
}

func newLogger(to *slog.Logger) *logger {
	return &logger{to: to, failed: make(chan error, 1), quiet: new(atomic.Bool)}
}

func (l *logger) Debug(string, ...tag.Tag) {}

// Info of the server is about its inner life: detail to whoever runs this program.
func (l *logger) Info(msg string, tags ...tag.Tag) { l.line(slog.LevelDebug, msg, tags) }
func (l *logger) Warn(msg string, tags ...tag.Tag) { l.line(slog.LevelDebug, msg, tags) }

// Error of the server may be nothing but a caller that did not wait: then it is no news.
func (l *logger) Error(msg string, tags ...tag.Tag) {
	level := slog.LevelWarn
	if abandoned(tags) {
		level = slog.LevelDebug
	}
	l.line(level, msg, tags)
}

func (l *logger) DPanic(msg string, tags ...tag.Tag) { l.line(slog.LevelError, msg, tags) }

func (l *logger) Panic(msg string, tags ...tag.Tag) {
	l.line(slog.LevelError, msg, tags)
	panic("temporal: " + msg)
}

// Fatal must not return. It says on Failed what happened, so that the program can
// end in order, and keeps the goroutine it is called in: to end that would run
// what the server put off, of which some ends the process (sync.OnceValue does).
func (l *logger) Fatal(msg string, tags ...tag.Tag) {
	l.line(slog.LevelError, msg, tags)
	var detail strings.Builder
	for _, t := range tags {
		fmt.Fprintf(&detail, ", %s %v", t.Key(), t.Value())
	}
	l.fail(fmt.Errorf("%w: %s%s", ErrFatal, msg, detail.String()))
	select {}
}

// fail says on Failed that the server cannot go on, and returns.
func (l *logger) fail(err error) {
	select {
	case l.failed <- err:
	default: // the first one is the cause
	}
}

// With is how the server adds what all lines of one part have in common.
func (l *logger) With(tags ...tag.Tag) log.Logger {
	more := *l
	more.with = append(append([]any{}, l.with...), attrs(tags)...)
	return &more
}

func (l *logger) line(level slog.Level, msg string, tags []tag.Tag) {
	if l.quiet.Load() {
		level = slog.LevelDebug
	}
	ctx := context.Background()
	if l.to.Enabled(ctx, level) {
		l.to.Log(ctx, level, "temporal: "+msg, append(append([]any{}, l.with...), attrs(tags)...)...)
	}
}

// abandoned tells whether the error in the tags says that a request was given up
// or ran out of time: under load both happen all the time, and are tried again.
func abandoned(tags []tag.Tag) bool {
	for _, t := range tags {
		text := fmt.Sprint(t.Value()) // errors come as their text
		if strings.Contains(text, context.Canceled.Error()) || strings.Contains(text, context.DeadlineExceeded.Error()) {
			return true
		}
	}
	return false
}

func attrs(tags []tag.Tag) []any {
	list := make([]any, 0, len(tags))
	for _, t := range tags {
		list = append(list, slog.Any(t.Key(), t.Value()))
	}
	return list
}
