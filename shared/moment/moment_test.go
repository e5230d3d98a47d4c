package moment

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const childOrders = "LIUKE_TEST_ORDERS"

// TestMain lets the test binary be the process that dies at a moment.
func TestMain(m *testing.M) {
	if orders := os.Getenv(childOrders); orders != "" {
		if err := Arm(orders); err != nil {
			os.Exit(3)
		}
		for range 3 {
			os.Stdout.WriteString("before ")
			_ = Reached(AfterCommit)
			os.Stdout.WriteString("after ")
		}
		return
	}
	os.Exit(m.Run())
}

func child(t *testing.T, orders string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childOrders+"="+orders)
	out := new(strings.Builder)
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, out
}

func TestAProcessDiesAtThePassageThatWasOrderedAndDoesNothingMore(t *testing.T) {
	cmd, out := child(t, "commit.after:kill:2")
	err := cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Errorf("ended with %v, not by SIGKILL", err)
	}
	if out.String() != "before after before " {
		t.Errorf("did %q", out)
	}
}

func TestAProcessStandsStillUntilItIsContinued(t *testing.T) {
	cmd, out := child(t, "commit.after:stop:1")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("went on by itself: %v, %q", err, out)
	case <-time.After(500 * time.Millisecond):
	}
	if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil || strings.Count(out.String(), "after") != 3 {
		t.Errorf("%v, %q", err, out)
	}
}

func TestPassagesFailAndWaitAsOrdered(t *testing.T) {
	t.Cleanup(func() { _ = Arm("") })
	if err := Arm("publish.before:error:2-3,publish.before:sleep=30ms:4-"); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 5; n++ {
		begin := time.Now()
		err := Reached(BeforePublish)
		if failed := errors.Is(err, ErrMade); failed != (n == 2 || n == 3) {
			t.Errorf("passage %d: %v", n, err)
		}
		if waited := time.Since(begin) > 25*time.Millisecond; waited != (n >= 4) {
			t.Errorf("passage %d took %s", n, time.Since(begin))
		}
		if err := Reached(AfterPublish); err != nil {
			t.Errorf("a moment that nothing was ordered for: %v", err)
		}
	}
	if err := Arm(""); err != nil || Reached(BeforePublish) != nil {
		t.Errorf("not disarmed: %v", err)
	}
}

func TestSenselessOrdersAreRefused(t *testing.T) {
	t.Cleanup(func() { _ = Arm("") })
	for _, text := range []string{"commit.after", "never:kill:1", "commit.after:explode:1", "commit.after:sleep:1", "commit.after:sleep=long:1", "commit.after:kill=1s:1",
		"commit.after:kill:0", "commit.after:kill:x", "commit.after:error:5-2", "commit.after:kill:1,"} {
		if Arm(text) == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func BenchmarkUnarmed(b *testing.B) {
	for b.Loop() {
		if Reached(BeforeCommit) != nil {
			b.Fatal("armed")
		}
	}
}
