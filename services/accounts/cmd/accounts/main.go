// Command accounts runs the accounts service by itself.
package main

import (
	"liuke.dev/services/accounts"
	"liuke.dev/shared/service"
)

func main() { service.Main("accounts", accounts.New) }
