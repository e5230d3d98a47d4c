// Command routes writes the proxy's routes.
package main

import (
	"fmt"
	"os"

	"liuke.dev/deploy/compose"
)

func main() {
	if err := os.WriteFile(compose.RoutesFile(), []byte(compose.Routes()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "routes:", err)
		os.Exit(1)
	}
}
