// Command insights runs the insights service by itself.
package main

import (
	"liuke.dev/services/insights"
	"liuke.dev/shared/service"
)

func main() { service.Main("insights", insights.New) }
