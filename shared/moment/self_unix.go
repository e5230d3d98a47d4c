//go:build unix

package moment

import (
	"os"
	"syscall"
	"time"
)

func killSelf() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }

// settle is how long the system may take to stop all threads.
const settle = 20 * time.Millisecond

func stopSelf() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	time.Sleep(settle)
}
