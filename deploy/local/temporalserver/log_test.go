package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.temporal.io/server/common/log/tag"
)

func TestRequestsThatWereGivenUpAreNoNews(t *testing.T) {
	for _, c := range []struct {
		err   error
		level string
	}{
		{fmt.Errorf("UpdateWorkflowExecution operation failed. Error: %w", context.Canceled), "DEBUG"},
		{errors.New("GetTasks operation failed. Error: context deadline exceeded"), "DEBUG"},
		{errors.New("disk I/O error"), "WARN"},
	} {
		var out strings.Builder
		l := newLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
		l.With(tag.Service("history")).Error("Update workflow execution operation failed.", tag.Error(c.err))
		if !strings.Contains(out.String(), "level="+c.level) {
			t.Errorf("%v: %s, want level %s", c.err, out.String(), c.level)
		}
	}
}
