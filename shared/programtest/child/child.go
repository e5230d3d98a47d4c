// Package child lets the binary of a package's tests be the program that a test
// starts in a process of its own, and kills.
package child

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"liuke.dev/shared/offspring"
)

// env has the child's configuration; a process without it is the test itself.
const env = "LIUKE_TEST_CHILD"

// What a child says on its first line.
const (
	ready  = "READY"
	failed = "ERROR"
)

// Main is the TestMain of a package whose tests start children. In a child it runs
// the program with the configuration that Start was given; run calls up once it is
// ready, with what the test is to know, and returns why it ended.
func Main[C any](m *testing.M, run func(config C, up func(said ...any)) error) int {
	text := os.Getenv(env)
	if text == "" {
		return m.Run()
	}
	var config C
	err := json.Unmarshal([]byte(text), &config)
	if err == nil {
		err = run(config, func(said ...any) { fmt.Println(append([]any{ready}, said...)...) })
	}
	fmt.Println(failed, err)
	return 1
}

// Process is a running child.
type Process struct {
	// Said is what the child told when it was ready, in words.
	Said []string
	cmd  *exec.Cmd
}

// Start starts this test binary as a child with a configuration that JSON can hold
// and waits until it is ready. It is killed when the test ends.
func Start(t testing.TB, config any) *Process {
	t.Helper()
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{cmd: exec.Command(os.Args[0])} //nolint:gosec // this test binary
	p.cmd.Env = append(os.Environ(), env+"="+string(text))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := offspring.Start(p.cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	words := strings.Fields(line)
	if err != nil || len(words) == 0 || words[0] != ready {
		t.Fatalf("the child did not start: %q %v", strings.TrimSpace(line), err)
	}
	p.Said = words[1:]
	return p
}

// Kill is kill -9; killing what is dead already does nothing.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
