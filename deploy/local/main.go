// Command liuke is Liuke in one program: everything a small firm needs, or a
// newcomer wants to see, on one machine.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"liuke.dev/deploy/local/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := command.Root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "liuke:", err)
		os.Exit(1)
	}
}
