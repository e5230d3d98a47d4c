package offspring_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/offspring"
)

// env tells this test binary to be a parent that is killed.
const env = "OFFSPRING_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(env) == "" {
		os.Exit(m.Run())
	}
	child := exec.Command("sleep", "600")
	if err := offspring.Start(child); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(child.Process.Pid)
	select {}
}

// Whoever kills a test leaves none of its programs behind.
func TestOffspringDiesWithItsParent(t *testing.T) {
	parent := exec.Command(os.Args[0]) //nolint:gosec // this test binary
	parent.Env = append(os.Environ(), env+"=yes")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(said))
	if err != nil || !lives(child) {
		t.Fatalf("the parent started no child: %q", said)
	}
	_ = parent.Process.Kill()
	_ = parent.Wait()
	for end := time.Now().Add(10 * time.Second); lives(child); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the child outlived its parent")
		}
	}
}

func lives(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
