// The worker runs journeys.
package main

import (
	"liuke.dev/shared/service"
	"liuke.dev/workflows"
)

func main() { service.Main("journeys", workflows.New) }
