// Command write writes the dashboard to a file.
package main

import (
	"fmt"
	"os"

	"liuke.dev/deploy/observability"
)

func main() {
	text, err := observability.Dashboard()
	if err == nil {
		err = os.WriteFile(os.Args[1], text, 0o644) //nolint:gosec // a file of the repository
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
