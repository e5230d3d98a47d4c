//go:build !unix

package moment

import "os"

func killSelf() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
}

// stopSelf does nothing: only Unix can stop and continue a process.
func stopSelf() {}
