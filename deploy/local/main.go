// Command liuke is Liuke in one program: everything a small firm needs, or a
// newcomer wants to see, on one machine.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"liuke.dev/deploy/local/command"
)

// gcPercent lets the heap grow to three times what lives in it before it is
// swept: everything is in this one process, and half the sweeping costs some
// tens of megabytes. GOGC sets another.
const gcPercent = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// One more than there are processors: the stores' writers are in the disk's hands
	// half of their time, and would each time wait for a place when they come back.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := command.Root().ExecuteContext(ctx); err != nil {
		if code := interface{ ExitCode() int }(nil); errors.As(err, &code) {
			os.Exit(code.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "liuke:", err)
		os.Exit(1)
	}
}
