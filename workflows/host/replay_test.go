package host_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/workflows/host"
)

func recordings(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "history", pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every journey that was ever recorded can go on under the present host.
func TestRecordedHistoriesReplay(t *testing.T) {
	files := recordings(t, "*.json")
	if len(files) < 4 {
		t.Fatalf("only %d recordings: the corpus is append-only", len(files))
	}
	r := worker.NewWorkflowReplayer()
	for _, name := range host.Types {
		r.RegisterWorkflowWithOptions(host.Journey, workflow.RegisterOptions{Name: name})
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := r.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file); err != nil {
				t.Error(err)
			}
		})
	}
}

// A version of the host without a recording is not proven to replay; and every
// kind's type must be recorded at least once.
func TestPresentVersionIsRecorded(t *testing.T) {
	files := recordings(t, fmt.Sprintf("v%d-*.json", host.Version))
	if len(files) == 0 {
		t.Errorf("host version %d has no recording: run LIUKE_RECORD=1 go test ./deploy/record-histories", host.Version)
	}
	for _, kind := range []string{"follow-ups", "lead", "transfer"} {
		found := false
		for _, f := range files {
			found = found || strings.Contains(f, kind)
		}
		if !found {
			t.Errorf("version %d has no recording of %s", host.Version, kind)
		}
	}
}
