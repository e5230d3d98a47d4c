package process_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"liuke.dev/deploy/engines/process"
)

// childDirectory makes this test program a parent that starts a process there and waits to be killed.
const childDirectory = "LIUKE_TEST_PROCESS"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDirectory); dir != "" {
		p := family(dir, os.Getenv("LIUKE_TEST_DETACHED") != "")
		if err := p.Start(context.Background()); err != nil {
			panic(err)
		}
		fmt.Println("started", p.ID().PID, p.ID().Started)
		select {}
	}
	os.Exit(m.Run())
}

// family is a process with a child in a session of its own, as PostgreSQL has
// them; both write their numbers down and then a dot each, again and again.
func family(dir string, detached bool) *process.Process {
	beat := `echo $$ > $0.pid; while :; do echo . >> $0; sleep 0.02; done`
	script := fmt.Sprintf("setsid sh -c '%s' %s & exec sh -c '%s' %s", beat, filepath.Join(dir, "child"), beat, filepath.Join(dir, "parent"))
	return process.New(process.Command{Name: "family", Path: "sh", Args: []string{"-c", script}, Log: filepath.Join(dir, "log"), Detached: detached,
		Ready: func(context.Context) error { return errors.Join(written(dir, "child.pid"), written(dir, "parent.pid")) }})
}

func written(dir, name string) error {
	_, err := number(filepath.Join(dir, name))
	return err
}

func number(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// beats counts how many of the family write while a moment passes.
func beats(t *testing.T, dir string) int {
	t.Helper()
	size := func() (sizes [2]int64) {
		for i, name := range []string{"parent", "child"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
				sizes[i] = info.Size()
			}
		}
		return sizes
	}
	before := size()
	time.Sleep(300 * time.Millisecond)
	after, living := size(), 0
	for i := range before {
		if after[i] > before[i] {
			living++
		}
	}
	return living
}

func want(t *testing.T, dir string, living int, when string) {
	t.Helper()
	if got := beats(t, dir); got != living {
		t.Errorf("%s: %d of the family of two go on, wanted %d", when, got, living)
	}
}

func TestAFamilyIsPausedContinuedKilledAndStartedAgain(t *testing.T) {
	dir := t.TempDir()
	p := family(dir, false)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Kill() })
	want(t, dir, 2, "started")
	if err := p.Start(t.Context()); !errors.Is(err, process.ErrRuns) {
		t.Errorf("a second start: %v", err)
	}
	must(t, p.Pause())
	want(t, dir, 0, "paused")
	must(t, p.Continue())
	want(t, dir, 2, "continued")
	must(t, p.Kill())
	want(t, dir, 0, "killed")
	must(t, p.Restart(t.Context()))
	want(t, dir, 2, "started again")
	found := process.Attach(process.Command{Name: "found"}, p.ID())
	if !found.Running() {
		t.Error("it is not found by its number")
	}
	if process.Attach(process.Command{}, process.ID{PID: p.ID().PID, Started: "1"}).Running() {
		t.Error("another process with its number is taken for it")
	}
	must(t, found.Kill())
	want(t, dir, 0, "killed by who found it")
	if p.Pause() == nil {
		t.Error("a dead process was paused")
	}
}

func TestAProcessThatEndsWhileItStartsSaysWhy(t *testing.T) {
	p := process.New(process.Command{Name: "engine", Path: "sh", Args: []string{"-c", "echo the disk is full; exit 1"}, Log: filepath.Join(t.TempDir(), "log"),
		Ready: func(context.Context) error { return errors.New("no answer") }})
	if err := p.Start(t.Context()); !errors.Is(err, process.ErrEnded) || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v", err)
	}
}

func TestAProcessThatDoesNotAnswerIsNotLeftBehind(t *testing.T) {
	dir := t.TempDir()
	p := process.New(process.Command{Name: "engine", Path: "sleep", Args: []string{"60"}, Log: filepath.Join(dir, "log"), ReadyWithin: 200 * time.Millisecond,
		Ready: func(context.Context) error { return errors.New("no answer") }})
	if err := p.Start(t.Context()); !errors.Is(err, process.ErrSilent) || p.Running() {
		t.Errorf("got %v, running %v", err, p.Running())
	}
}

// A process dies with its parent, and a detached one does not; neither holds
// files open that its parent was started with.
func TestWhatDiesWithItsParent(t *testing.T) {
	for _, detached := range []string{"", "yes"} {
		dir := t.TempDir()
		inherited, err := os.Create(filepath.Join(dir, "inherited"))
		must(t, err)
		parent := exec.Command(os.Args[0])
		parent.Env = append(os.Environ(), childDirectory+"="+dir, "LIUKE_TEST_DETACHED="+detached)
		parent.ExtraFiles = []*os.File{inherited}
		out, err := parent.StdoutPipe()
		must(t, err)
		must(t, parent.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		must(t, err)
		var id process.ID
		_, err = fmt.Sscan(strings.TrimPrefix(line, "started"), &id.PID, &id.Started)
		must(t, err)
		if target, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/3", id.PID)); err == nil && target == inherited.Name() {
			t.Error("the process holds a file that its parent was started with")
		}
		must(t, parent.Process.Kill())
		_ = parent.Wait()
		time.Sleep(100 * time.Millisecond)
		p := process.Attach(process.Command{Name: "orphan"}, id)
		if p.Running() != (detached != "") {
			t.Errorf("detached %q: running %v", detached, p.Running())
		}
		must(t, p.Kill())
		if child, err := number(filepath.Join(dir, "child.pid")); err == nil {
			_ = syscall.Kill(child, syscall.SIGKILL) // in a session of its own nothing tells it that its parent died
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What a process takes is weighed with those that it started, and what is on the disk
// while it does not run too.
func TestWhatAProcessTakesIsWeighed(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"one": 1000, "deep/two": 234} {
		if err := os.WriteFile(filepath.Join(data, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, make([]byte, 5), 0o600); err != nil {
		t.Fatal(err)
	}
	p := process.New(process.Command{Name: "sleeper", Path: "sh", Args: []string{"-c", "sleep 60 & exec sleep 60"}, Log: filepath.Join(dir, "log"),
		Data: []string{data, file, filepath.Join(dir, "nowhere")}, Ready: func(context.Context) error { return nil }})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w, err := p.Weigh(); err != nil || w.Disk != 1239 || w.Memory < 8<<10 {
		t.Errorf("%+v, %v", w, err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if w, err := p.Weigh(); err != nil || w.Disk != 1239 || w.Memory != 0 {
		t.Errorf("when it has ended: %+v, %v", w, err)
	}
}
