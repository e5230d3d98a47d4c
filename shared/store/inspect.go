package store

import "liuke.dev/shared/instant"

// Inspection is what a database says of itself to an operator.
type Inspection struct {
	Engine   string // sqlite or mongodb
	Version  string // of the server or library
	Topology string // file, standalone, replica set, sharded
	// Settings that matter, as the database has them.
	Settings map[string]string
	Bytes    int64
	Newer    bool // its schema is newer than this program's
	Older    bool // this program would bring it forward when it opens it
	// Faults are what a check of its integrity found, or of its members.
	Faults []string
	// Unchecked says why integrity was not checked, empty if it was.
	Unchecked string
	// Clock of the server, zero where it is this machine's.
	Clock instant.Time
}
