package app

import "flag"

// Each check opens a database of its own: 15 of them by default, -rapid.checks for more.
func init() { _ = flag.Set("rapid.checks", "15") }
