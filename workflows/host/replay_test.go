package host_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
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

// A version of the host without a recording is not proven to replay; every kind of
// journey must be recorded under it.
func TestPresentVersionIsRecorded(t *testing.T) {
	other := map[string]string{"lead": "forgotten-lead", "deal": "follow-ups"}
	for kind := range host.Types {
		name := other[kind]
		if name == "" {
			name = "story-of-" + kind
		}
		if len(recordings(t, fmt.Sprintf("v%d-%s.json", host.Version, name))) != 1 {
			t.Errorf("host version %d has no recording of %s: run LIUKE_RECORD=1 go test ./deploy/record-histories", host.Version, name)
		}
	}
}
