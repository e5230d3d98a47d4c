// Command notifications runs the notifications service by itself.
package main

import (
	"liuke.dev/services/notifications"
	"liuke.dev/shared/service"
)

func main() { service.Main("notifications", notifications.New) }
