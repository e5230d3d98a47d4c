// Command leads runs the leads service by itself.
package main

import (
	"liuke.dev/services/leads"
	"liuke.dev/shared/service"
)

func main() { service.Main("leads", leads.New) }
