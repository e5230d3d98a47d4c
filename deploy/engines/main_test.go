package main

import (
	"errors"
	"os/exec"
	"testing"

	"liuke.dev/deploy/engines/set"
)

// What a command says by its end is what run says, and engines that do not run
// are not named to it.
func TestACommandRunsWithTheEnginesThatThereAre(t *testing.T) {
	t.Setenv("LIUKE_KAFKA", "")
	if err := with(t.Context(), new(set.Set), []string{"sh", "-c", `test -z "$LIUKE_TEST_STORE$LIUKE_KAFKA"`}); err != nil {
		t.Error(err)
	}
	var ended *exec.ExitError
	if err := with(t.Context(), new(set.Set), []string{"sh", "-c", "exit 3"}); !errors.As(err, &ended) || ended.ExitCode() != 3 {
		t.Errorf("a command that fails: %v", err)
	}
}
